#include "core/stream/StreamEnding.h"

namespace packmule {

std::optional<StreamEnding> streamEnding(const QByteArray &text)
{
    const QByteArrayList words = text.split(' ');
    const auto how = streamStateFromName(words.first());
    bool isNumber = false;
    const qint64 length = words.value(1).toLongLong(&isNumber);
    if (!how || *how == StreamState::Open || !isNumber || length < 0 || words.size() > 3)
        return std::nullopt;
    return StreamEnding{.how = *how, .length = length, .crc64Nvme = QByteArray::fromHex(words.value(2))};
}

std::optional<ContentRange> contentRange(const HttpHeaders &headers)
{
    const QByteArray text = headers.value("Content-Range");
    const qsizetype slash = text.indexOf('/');
    if (!text.startsWith("bytes ") || slash < 0)
        return std::nullopt;
    bool isNumber = false;
    ContentRange range;
    range.total = text.mid(slash + 1).toLongLong(&isNumber);
    if (!isNumber || range.total < 0)
        return std::nullopt;
    const QByteArray span = text.mid(6, slash - 6).trimmed();
    if (span == "*")
        return range;
    range.first = span.left(span.indexOf('-')).toLongLong(&isNumber);
    return isNumber && range.first >= 0 ? std::optional(range) : std::nullopt;
}

}  // namespace packmule
