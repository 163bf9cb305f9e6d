#include "core/s3/CanonicalRequest.h"

#include "core/s3/UriEncoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace packmule {

namespace {

bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/// Trimmed, with every run of blanks made one space, quotes or not (vector get-header-value-trim).
QByteArray canonicalValue(const QByteArray &value)
{
    QByteArray out;
    out.reserve(value.size());
    bool isBlankPending = false;
    for (const char c : value) {
        if (isBlank(c)) {
            isBlankPending = !out.isEmpty();
            continue;
        }
        if (isBlankPending)
            out.append(' ');
        isBlankPending = false;
        out.append(c);
    }
    return out;
}

/// All values of one header joined by commas, in the order in which they are sent.
QByteArray joinedValues(const HttpHeaders &headers, const QByteArray &lowerName)
{
    QByteArray out;
    bool isFirst = true;
    for (const auto &[name, value] : headers.fields()) {
        if (name.compare(lowerName, Qt::CaseInsensitive) != 0)
            continue;
        if (!isFirst)
            out.append(',');
        isFirst = false;
        out.append(canonicalValue(value));
    }
    return out;
}

QByteArray reencoded(QByteArrayView encoded, SlashEncoding slashes)
{
    const auto decoded = uriDecoded(encoded);
    return decoded ? uriEncoded(*decoded, slashes) : encoded.toByteArray();
}

}  // namespace

QByteArray canonicalPath(QByteArrayView path)
{
    return path.isEmpty() ? QByteArray("/") : reencoded(path, SlashEncoding::Keep);
}

QByteArray canonicalQuery(QByteArrayView query, QByteArrayView leftOut)
{
    QList<std::pair<QByteArray, QByteArray>> items;
    while (!query.isEmpty()) {
        const qsizetype end = query.indexOf('&');
        const QByteArrayView item = end < 0 ? query : query.first(end);
        query = end < 0 ? QByteArrayView() : query.sliced(end + 1);
        if (item.isEmpty())
            continue;
        const qsizetype equals = item.indexOf('=');
        const QByteArray name = reencoded(equals < 0 ? item : item.first(equals), SlashEncoding::Encode);
        const QByteArray value =
            equals < 0 ? QByteArray() : reencoded(item.sliced(equals + 1), SlashEncoding::Encode);
        if (leftOut.isEmpty() || name != leftOut)
            items.emplaceBack(name, value);
    }
    std::ranges::sort(items);
    QByteArray out;
    for (const auto &[name, value] : items) {
        if (!out.isEmpty())
            out.append('&');
        out.append(name).append('=').append(value);
    }
    return out;
}

bool isSignableHeader(const QByteArray &name)
{
    // The first eleven are botocore's auth.py; Google's endpoint rewrites accept-encoding; the last are our transport's.
    static constexpr std::array<QByteArrayView, 18> kNeverSigned = {
        "connection", "expect",          "keep-alive",        "proxy-authenticate", "proxy-authorization",
        "te",         "trailer",         "transfer-encoding", "upgrade",            "user-agent",
        "x-amzn-trace-id", "proxy-connection", "via", "accept-encoding", "accept-language", "content-length",
        "authorization", "x-forwarded-for"};
    return std::ranges::none_of(kNeverSigned, [&](QByteArrayView never) {
        return name.size() == never.size() && name.compare(never, Qt::CaseInsensitive) == 0;
    });
}

QList<QByteArray> signableHeaderNames(const HttpHeaders &headers)
{
    QList<QByteArray> names;
    for (const auto &[name, value] : headers.fields()) {
        if (isSignableHeader(name))
            names.append(name.toLower());
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

QByteArray canonicalRequest(const QByteArray &method, const QByteArray &target, const HttpHeaders &headers,
                            const QList<QByteArray> &signedHeaders, const QByteArray &payloadHash,
                            QByteArrayView queryNameLeftOut)
{
    const qsizetype question = target.indexOf('?');
    const QByteArrayView path = QByteArrayView(target).first(question < 0 ? target.size() : question);
    const QByteArrayView query = question < 0 ? QByteArrayView() : QByteArrayView(target).sliced(question + 1);

    QByteArray out = method;
    out.append('\n').append(canonicalPath(path));
    out.append('\n').append(canonicalQuery(query, queryNameLeftOut)).append('\n');
    for (const QByteArray &name : signedHeaders)
        out.append(name).append(':').append(joinedValues(headers, name)).append('\n');
    out.append('\n').append(signedHeaders.join(';'));
    out.append('\n').append(payloadHash);
    return out;
}

}  // namespace packmule
