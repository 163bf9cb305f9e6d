#include "core/s3/UriEncoding.h"

#include <array>

namespace packmule {

namespace {

constexpr std::array<bool, 256> unreservedTable()
{
    std::array<bool, 256> table{};
    for (const char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
        table[static_cast<unsigned char>(c)] = c != '\0';
    return table;
}

constexpr std::array<bool, 256> kUnreserved = unreservedTable();
constexpr char kHexDigits[] = "0123456789ABCDEF";

int hexValue(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

}  // namespace

QByteArray uriEncoded(QByteArrayView bytes, SlashEncoding slashes)
{
    QByteArray out;
    out.reserve(bytes.size() + bytes.size() / 4);
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (kUnreserved[byte] || (c == '/' && slashes == SlashEncoding::Keep)) {
            out.append(c);
            continue;
        }
        out.append('%');
        out.append(kHexDigits[byte >> 4]);
        out.append(kHexDigits[byte & 0x0F]);
    }
    return out;
}

std::optional<QByteArray> uriDecoded(QByteArrayView encoded)
{
    QByteArray out;
    out.reserve(encoded.size());
    for (qsizetype at = 0; at < encoded.size(); ++at) {
        if (encoded[at] != '%') {
            out.append(encoded[at]);
            continue;
        }
        if (at + 2 >= encoded.size())
            return std::nullopt;
        const int high = hexValue(encoded[at + 1]);
        const int low = hexValue(encoded[at + 2]);
        if (high < 0 || low < 0)
            return std::nullopt;
        out.append(static_cast<char>(high * 16 + low));
        at += 2;
    }
    return out;
}

QByteArray queryString(const QueryItems &items)
{
    QByteArray out;
    for (const auto &[name, value] : items) {
        if (!out.isEmpty())
            out.append('&');
        out.append(uriEncoded(name, SlashEncoding::Encode));
        if (!value.isEmpty())
            out.append('=').append(uriEncoded(value, SlashEncoding::Encode));
    }
    return out;
}

std::optional<QueryItems> queryItems(QByteArrayView query)
{
    QueryItems items;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView item = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        const auto name = uriDecoded(equals < 0 ? item : item.first(equals));
        const auto value = uriDecoded(equals < 0 ? QByteArrayView() : item.sliced(equals + 1));
        if (!name || !value)
            return std::nullopt;
        items.emplaceBack(*name, *value);
    }
    return items;
}

}  // namespace packmule
