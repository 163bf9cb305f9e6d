#include "core/localstore/ObjectHeaders.h"

#include "core/localstore/ChecksumHeaders.h"
#include "core/localstore/StoreTime.h"

#include <algorithm>
#include <array>

namespace packmule {

namespace {

constexpr std::array kKept{"content-type", "cache-control", "content-disposition", "content-encoding", "content-language", "expires"};
constexpr std::array kStorageClasses{"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
                                     "DEEP_ARCHIVE", "GLACIER_IR", "EXPRESS_ONEZONE"};
constexpr qsizetype kMetadataLimit = 2048;  // bytes; S3 user guide, "Working with object metadata"

QByteArray unquoted(QByteArray eTag)
{
    eTag = eTag.trimmed();
    if (eTag.size() >= 2 && eTag.startsWith('"') && eTag.endsWith('"'))
        eTag = eTag.sliced(1, eTag.size() - 2);
    return eTag;
}

bool matchesAny(const QByteArray &list, const QByteArray &eTag)
{
    const QByteArrayList items = list.split(',');
    return std::any_of(items.begin(), items.end(), [&eTag](const QByteArray &item) { return item.trimmed() == "*" || unquoted(item) == eTag; });
}

S3Outcome<void> judgeStorage(const StoreRequest &request)
{
    const QByteArray storageClass = request.header("x-amz-storage-class");
    const bool isKnown = storageClass.isEmpty()
                         || std::any_of(kStorageClasses.begin(), kStorageClasses.end(), [&](const char *name) { return storageClass == name; });
    if (!isKnown)
        return refusal("InvalidStorageClass", "The storage class you specified is not valid");
    const QByteArray encryption = request.header("x-amz-server-side-encryption");
    const bool namesCustomerKey = request.call.head.headers.contains("x-amz-server-side-encryption-customer-algorithm");
    if (namesCustomerKey || (!encryption.isEmpty() && encryption != "AES256"))
        return refusal("NotImplemented", "This store has no keys to encrypt with; leave x-amz-server-side-encryption away or say AES256.");
    return {};
}

/// A presigned GET may name the fields of its answer (S3 API reference, GetObject).
void overrideFields(HttpHeaders &headers, const StoreRequest &request)
{
    for (const char *name : kKept) {
        const QByteArray parameter = QByteArray("response-") + name;
        if (request.hasParameter(parameter) && isHeaderValue(request.parameter(parameter)))
            headers.set(name, request.parameter(parameter));
    }
}

}  // namespace

S3Outcome<HttpHeaders> headersToKeep(const StoreRequest &request)
{
    if (const auto judged = judgeStorage(request); !judged)
        return std::unexpected(judged.error());
    HttpHeaders kept;
    qsizetype metadataBytes = 0;
    for (const auto &[name, value] : request.call.head.headers.fields()) {
        const QByteArray lower = name.toLower();
        const bool isMetadata = lower.startsWith("x-amz-meta-");
        if (isMetadata)
            metadataBytes += lower.size() - qsizetype(sizeof("x-amz-meta-") - 1) + value.size();
        const bool isKept = std::any_of(kKept.begin(), kKept.end(), [&lower](const char *known) { return lower == known; });
        if (isMetadata || isKept || lower == "x-amz-server-side-encryption")
            kept.append(lower, value);
        if (lower == "x-amz-storage-class" && value != "STANDARD")
            kept.append(lower, value);
        if (lower == "x-amz-tagging" && !value.isEmpty())
            kept.append("x-amz-tagging-count", QByteArray::number(value.count('&') + 1));
    }
    if (metadataBytes > kMetadataLimit)
        return refusal("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
    if (!kept.contains("content-type"))
        kept.append("content-type", "binary/octet-stream");
    return kept;
}

HttpHeaders headersToTell(const ObjectRecord &record, const StoreRequest &request, bool tellsChecksum)
{
    HttpHeaders headers = record.headers;
    headers.append("ETag", '"' + record.eTag + '"');
    headers.append("Last-Modified", httpTime(record.modified));
    headers.append("Accept-Ranges", "bytes");
    overrideFields(headers, request);
    const bool isAsked = request.header("x-amz-checksum-mode").compare("ENABLED", Qt::CaseInsensitive) == 0;
    if (isAsked && tellsChecksum && !record.checksum.isEmpty()) {
        headers.append(storeChecksumHeader(record.checksum.algorithm), checksumText(record.checksum, int(record.extents.size())));
        headers.append("x-amz-checksum-type", checksumTypeName(record.checksum));
    }
    return headers;
}

S3Outcome<void> judgeWriteConditions(const StoreRequest &request, const QByteArray &eTag)
{
    const HttpHeaders &headers = request.call.head.headers;
    if (headers.contains("If-None-Match")) {
        if (headers.value("If-None-Match") != "*")
            return refusal("NotImplemented", "If-None-Match of a write can only be *.", {{"Header", "If-None-Match"}});
        if (!eTag.isEmpty())
            return refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {{"Condition", "If-None-Match"}});
    }
    if (!headers.contains("If-Match"))
        return {};
    if (eTag.isEmpty())
        return refusal("NoSuchKey", "The specified key does not exist.", {{"Key", request.call.key}});
    if (!matchesAny(headers.value("If-Match"), eTag))
        return refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {{"Condition", "If-Match"}});
    return {};
}

S3Outcome<void> judgeReadConditions(const StoreRequest &request, const ObjectRecord &record)
{
    const HttpHeaders &headers = request.call.head.headers;
    const WallTime modified = std::chrono::floor<std::chrono::seconds>(record.modified);
    const auto unmodifiedSince = timeFromHttp(headers.value("If-Unmodified-Since"));
    const auto modifiedSince = timeFromHttp(headers.value("If-Modified-Since"));
    const bool fails = headers.contains("If-Match") ? !matchesAny(headers.value("If-Match"), record.eTag)
                                                    : unmodifiedSince && modified > *unmodifiedSince;
    if (fails)
        return refusal("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {{"Condition", "If-Match"}});
    const bool isKnown = headers.contains("If-None-Match") ? matchesAny(headers.value("If-None-Match"), record.eTag)
                                                           : modifiedSince && modified <= *modifiedSince;
    if (isKnown)
        return refusal("NotModified", "Not Modified");
    return {};
}

S3Outcome<std::optional<ByteRange>> askedRange(const StoreRequest &request, qint64 size)
{
    const QByteArray text = request.header("Range");
    if (!text.startsWith("bytes=") || text.contains(','))
        return std::nullopt;
    const QByteArray range = text.mid(6).trimmed();
    const qsizetype dash = range.indexOf('-');
    if (dash < 0)
        return std::nullopt;
    bool hasFirst = false;
    bool hasLast = false;
    const qint64 first = range.left(dash).toLongLong(&hasFirst);
    const qint64 last = range.mid(dash + 1).toLongLong(&hasLast);
    const bool isOpen = range.endsWith('-');
    if ((!hasFirst && dash > 0) || (!hasLast && !isOpen) || (!hasFirst && !hasLast) || (hasFirst && hasLast && last < first))
        return std::nullopt;
    const ByteRange asked = hasFirst ? ByteRange{first, isOpen ? size - 1 : std::min(last, size - 1)}
                                     : ByteRange{std::max<qint64>(size - last, 0), size - 1};
    const bool isEmptySuffix = !hasFirst && last == 0;
    if (asked.first >= size || isEmptySuffix) {
        return refusal("InvalidRange", "The requested range is not satisfiable",
                       {{"RangeRequested", text}, {"ActualObjectSize", QByteArray::number(size)}});
    }
    return asked;
}

}  // namespace packmule
