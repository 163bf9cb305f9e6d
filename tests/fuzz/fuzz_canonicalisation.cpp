#include "core/s3/CanonicalRequest.h"
#include "core/s3/UriEncoding.h"

#include "tests/fuzz/Promise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace packmule;

// What we sign and what the local store verifies, over any target and headers. Beyond "no crash": encoding can be undone,
// canonical forms are fixed points, and a header cannot add a line to the canonical request.
// Input: the request target on the first line, then "name:value" lines.

namespace {

void checkEncoding(const QByteArray &bytes)
{
    for (const auto slashes : {SlashEncoding::Keep, SlashEncoding::Encode}) {
        const QByteArray encoded = uriEncoded(bytes, slashes);
        PACKMULE_PROMISE(uriDecoded(encoded) == bytes);
        PACKMULE_PROMISE(std::ranges::all_of(encoded, [](char c) { return c > ' ' && c < 0x7f; }));
    }
}

void checkFixedPoints(QByteArrayView path, QByteArrayView query)
{
    const QByteArray canonical = canonicalPath(path);
    PACKMULE_PROMISE(canonicalPath(canonical) == canonical);
    const QByteArray sorted = canonicalQuery(query);
    PACKMULE_PROMISE(canonicalQuery(sorted) == sorted);

    if (auto items = queryItems(query)) {
        items->removeIf([](const auto &item) { return item.first.isEmpty() && item.second.isEmpty(); });
        PACKMULE_PROMISE(queryItems(queryString(*items)) == items);
        PACKMULE_PROMISE(canonicalQuery(queryString(*items)) == sorted || query.contains('&') || items->isEmpty());
    }
}

void checkRequest(const QByteArray &target, const HttpHeaders &headers)
{
    const QList<QByteArray> names = signableHeaderNames(headers);
    PACKMULE_PROMISE(std::ranges::is_sorted(names));
    PACKMULE_PROMISE(std::ranges::adjacent_find(names) == names.end());
    for (const QByteArray &name : names)
        PACKMULE_PROMISE(headers.contains(name) && name == name.toLower());

    const QByteArray request = canonicalRequest("PUT", target, headers, names, "UNSIGNED-PAYLOAD");
    PACKMULE_PROMISE(request.count('\n') == 5 + names.size());
    PACKMULE_PROMISE(request.startsWith("PUT\n") && request.endsWith("\nUNSIGNED-PAYLOAD"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const QByteArray bytes(reinterpret_cast<const char *>(data), static_cast<qsizetype>(size));
    checkEncoding(bytes);

    QList<QByteArray> lines = bytes.split('\n');
    const QByteArray target = lines.takeFirst();
    HttpHeaders headers;
    headers.append("Host", "example.org");
    for (const QByteArray &line : std::as_const(lines)) {
        const qsizetype colon = line.indexOf(':');
        const QByteArray name = line.left(std::max<qsizetype>(colon, 0));
        if (isHeaderName(name))
            headers.append(name, line.sliced(colon + 1));
    }
    const qsizetype question = target.indexOf('?');
    const QByteArrayView view(target);
    checkFixedPoints(view.first(question < 0 ? view.size() : question), question < 0 ? QByteArrayView() : view.sliced(question + 1));
    checkRequest(target, headers);
    return 0;
}
