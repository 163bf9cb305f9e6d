#include "core/stream/StreamPath.h"

#include <optional>

namespace packmule {

namespace {

constexpr qsizetype kLongestName = 255;  // NAME_MAX
constexpr qsizetype kLongestPath = 4000; // PATH_MAX less room for the root

std::optional<int> hexDigit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    const char lower = static_cast<char>(digit | 0x20);
    if (lower >= 'a' && lower <= 'f')
        return lower - 'a' + 10;
    return std::nullopt;
}

/// One name of the path, decoded once. Null if it cannot be a name: a bad escape, NUL, or a separator that hid in an escape.
std::optional<QByteArray> decodedName(QByteArrayView raw)
{
    QByteArray name;
    for (qsizetype i = 0; i < raw.size(); ++i) {
        char byte = raw.at(i);
        if (byte == '%') {
            const auto high = i + 2 < raw.size() ? hexDigit(raw.at(i + 1)) : std::nullopt;
            const auto low = high ? hexDigit(raw.at(i + 2)) : std::nullopt;
            if (!low)
                return std::nullopt;
            byte = static_cast<char>(*high * 16 + *low);
            i += 2;
            if (byte == '/')
                return std::nullopt;
        }
        if (byte == '\0')
            return std::nullopt;
        name += byte;
    }
    return name;
}

}  // namespace

QByteArray StreamPath::encoded() const
{
    QByteArray text;
    for (const QByteArray &name : names)
        text += '/' + name.toPercentEncoding();
    return text.isEmpty() || isFolder ? text + '/' : text;
}

JudgedPath judgedPath(QByteArrayView rawPath)
{
    JudgedPath judged;
    if (!rawPath.startsWith('/') || rawPath.size() > 3 * kLongestPath)
        return judged;
    bool isClean = true;
    qsizetype size = 0;
    const QList<QByteArray> raws = rawPath.sliced(1).toByteArray().split('/');
    for (qsizetype i = 0; i < raws.size(); ++i) {
        const bool isLast = i + 1 == raws.size();
        const auto name = decodedName(raws.at(i));
        if (!name || name->size() > kLongestName)
            return {};
        judged.path.isFolder = isLast && (name->isEmpty() || *name == "." || *name == "..");
        if (name->isEmpty() && isLast)
            break;
        if (name->isEmpty() || *name == "." || *name == "..") {
            isClean = false;
            if (*name == ".." && !judged.path.names.isEmpty())
                judged.path.names.removeLast();
            continue;
        }
        judged.path.names.append(*name);
        size += name->size() + 1;
    }
    const bool isOurs = !judged.path.names.isEmpty() && judged.path.names.first() == kRecordFolder;
    if (isOurs || size > kLongestPath)
        return {};
    judged.kind = isClean ? JudgedPath::Kind::Good : JudgedPath::Kind::Unclean;
    return judged;
}

}  // namespace packmule
