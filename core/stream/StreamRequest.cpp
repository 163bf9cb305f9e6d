#include "core/stream/StreamRequest.h"

#include "core/stream/WebSocketHandshake.h"

#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace packmule {

namespace {

/// The first value of that name in a query; null if it is not there.
std::optional<QByteArray> queryValue(const QByteArray &query, const QByteArray &name)
{
    for (const QByteArray &pair : query.split('&')) {
        const qsizetype sign = pair.indexOf('=');
        if (QByteArray::fromPercentEncoding(sign < 0 ? pair : pair.left(sign)) == name)
            return sign < 0 ? QByteArray() : QByteArray::fromPercentEncoding(pair.mid(sign + 1));
    }
    return std::nullopt;
}

std::optional<qint64> number(const QByteArray &text)
{
    bool ok = false;
    const qint64 value = text.toLongLong(&ok);
    const bool isPlain = !text.isEmpty() && text.front() >= '0' && text.front() <= '9';
    return ok && isPlain ? std::optional(value) : std::nullopt;
}

}  // namespace

StreamRequest streamRequest(HttpHead head, const QByteArray &prefix)
{
    StreamRequest request;
    const qsizetype mark = head.target.indexOf('?');
    const QByteArray path = mark < 0 ? head.target : head.target.left(mark);
    request.query = mark < 0 ? QByteArray() : head.target.mid(mark + 1);
    const bool isRoot = prefix == "/";
    request.isBelowPrefix = isRoot || path == prefix || path.startsWith(QByteArray(prefix + '/'));
    if (request.isBelowPrefix)
        request.path = judgedPath(isRoot ? path : path == prefix ? QByteArray("/") : path.mid(prefix.size()));

    QByteArray verb = head.headers.value("X-Verb");
    if (verb.isEmpty())
        verb = queryValue(request.query, "verb").value_or(QByteArray());
    request.verb = verb == "APPEND" ? StreamRequest::Verb::Append : StreamRequest::Verb::Follow;
    request.isOurs = head.headers.value(StreamFields::kStream) == "1";
    request.leaseId = head.headers.value(StreamFields::kLease);
    request.offset = number(head.headers.value(StreamFields::kOffset));
    if (!request.offset)
        request.offset = number(queryValue(request.query, "offset").value_or(QByteArray()));
    request.wantsLive = queryValue(request.query, "follow") == "1";
    request.wantsJson = queryValue(request.query, "format") == "json" || hasToken(head.headers, "Accept", "application/json");
    request.webSocketKey = webSocketKey(head);
    request.head = std::move(head);
    return request;
}

AskedRange askedRange(const QByteArray &value, qint64 size)
{
    if (!value.startsWith("bytes=") || value.contains(','))
        return {};
    const QByteArray range = value.mid(6).trimmed();
    const qsizetype dash = range.indexOf('-');
    if (dash < 0)
        return {};
    const auto first = number(range.left(dash));
    const auto last = number(range.mid(dash + 1));
    if (!first && !last)
        return {};
    if (!first) {
        if (*last == 0 || size == 0)
            return {.kind = AskedRange::Kind::Unsatisfiable};
        return {.kind = AskedRange::Kind::Part, .first = std::max<qint64>(0, size - *last), .last = size - 1};
    }
    if (*first >= size)
        return {.kind = AskedRange::Kind::Unsatisfiable};
    if (last && *last < *first)
        return {};
    return {.kind = AskedRange::Kind::Part, .first = *first, .last = std::min(last.value_or(size - 1), size - 1)};
}

QByteArray httpDate(qint64 secondsSince1970)
{
    const QDateTime time = QDateTime::fromSecsSinceEpoch(secondsSince1970, QTimeZone::UTC);
    return QLocale::c().toString(time, QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'")).toLatin1();
}

std::optional<qint64> secondsFromHttpDate(const QByteArray &text)
{
    QDateTime time = QLocale::c().toDateTime(QString::fromLatin1(text), QStringLiteral("ddd, dd MMM yyyy hh:mm:ss 'GMT'"));
    if (!time.isValid())
        return std::nullopt;
    time.setTimeZone(QTimeZone::UTC);
    return time.toSecsSinceEpoch();
}

}  // namespace packmule
