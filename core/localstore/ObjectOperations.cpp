#include "core/localstore/ObjectOperations.h"

#include "core/integrity/Digest.h"
#include "core/localstore/BucketOperations.h"
#include "core/localstore/ChecksumHeaders.h"
#include "core/localstore/ObjectHeaders.h"

namespace packmule {

namespace {

/// Bodies up to this size lie in the file of their record: one file to make for a small object.
constexpr qint64 kInlineLimit = 64 * 1024;
constexpr qint64 kLargestBody = qint64(5) << 30;  // S3 user guide, "Multipart upload limits": 5 GiB for a PUT or a part
constexpr qsizetype kLongestKey = 1024;           // S3 user guide, "Naming objects"

}  // namespace

void planDigests(BodyPlan &plan, const LocalStoreOptions &options)
{
    plan.needsMd5 = options.checkDigests;
    if (options.discardBodies)
        plan.keep = BodyPlan::Keep::Nothing;
    if (!options.checkDigests || !options.knowsChecksums)
        plan.algorithm = ChecksumAlgorithm::None;
}

QByteArray eTagBytes(const ReceivedBody &body)
{
    return body.md5.isEmpty() ? randomBytes(16) : body.md5;
}

Checksum deliveredChecksum(const StoreRequest &request, const ReceivedBody &body)
{
    return claimedChecksum(body.trailers.fields().isEmpty() ? request.call.head.headers : body.trailers).value_or(Checksum());
}

S3Outcome<void> judgeObjectBody(const StoreRequest &request)
{
    const auto size = request.objectBytes();
    if (request.call.key.size() > kLongestKey)
        return refusal("KeyTooLongError", "Your key is too long", {{"MaxSizeAllowed", QByteArray::number(kLongestKey)}});
    if (!size)
        return refusal("MissingContentLength", "You must provide the Content-Length HTTP header.");
    if (size->value() > kLargestBody) {
        return refusal("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
                       {{"ProposedSize", QByteArray::number(size->value())}, {"MaxSizeAllowed", QByteArray::number(kLargestBody)}});
    }
    return {};
}

QList<FileSlice> bodySlices(const BucketFolder::Found &found, const QByteArray &root, ByteRange range)
{
    QList<FileSlice> slices;
    qint64 begin = 0;
    for (const BodyExtent &extent : found.record.extents) {
        const qint64 first = std::max(range.first, begin);
        const qint64 last = std::min(range.last, begin + extent.length - 1);
        if (first <= last) {
            const bool isInline = found.record.bodyPath.isEmpty();
            QByteArray path = isInline ? found.recordPath : QByteArray(root + '/' + found.record.bodyPath);
            if (!extent.name.isEmpty())
                path += '/' + extent.name;
            slices.append({path, first - begin + (isInline ? found.bodyOffset : 0), last - first + 1});
        }
        begin += extent.length;
    }
    return slices;
}

S3Outcome<void> ObjectOperations::judgePut(const StoreRequest &request) const
{
    const auto bucket = namedBucket(m_context, request);
    if (!bucket)
        return std::unexpected(bucket.error());
    if (const auto judged = judgeObjectBody(request); !judged)
        return judged;
    const ObjectEntry *earlier = (*bucket)->find(request.call.key);
    return judgeWriteConditions(request, earlier == nullptr ? QByteArray() : earlier->eTag);
}

S3Outcome<BodyPlan> ObjectOperations::planPut(const StoreRequest &request)
{
    if (const auto judged = judgePut(request); !judged)
        return std::unexpected(judged.error());
    if (const auto kept = headersToKeep(request); !kept)
        return std::unexpected(kept.error());
    const auto claimed = claimedChecksum(request.call.head.headers);
    if (m_context.options.knowsChecksums && !claimed)
        return std::unexpected(claimed.error());

    BodyPlan plan;
    plan.algorithm = claimed ? claimed->algorithm : ChecksumAlgorithm::None;
    plan.keep = BodyPlan::Keep::Memory;
    if (request.objectBytes()->value() > kInlineLimit) {
        plan.keep = BodyPlan::Keep::File;
        BucketFolder *bucket = m_context.root.bucket(request.call.bucket);
        plan.filePath = m_context.root.path() + '/' + bucket->newBodyPath(m_context.root.newId());
    }
    planDigests(plan, m_context.options);
    return plan;
}

S3Outcome<StoreAnswer> ObjectOperations::put(const StoreRequest &request, ReceivedBody body)
{
    if (const auto judged = judgePut(request); !judged)  // again: the world may have changed while the body came
        return std::unexpected(judged.error());
    ObjectRecord record;
    record.key = request.call.key;
    record.eTag = eTagBytes(body).toHex();
    record.size = body.size;
    record.modified = m_context.clock.wallNow();
    record.headers = headersToKeep(request).value_or(HttpHeaders());
    record.isDiscarded = m_context.options.discardBodies;
    if (m_context.options.knowsChecksums)
        record.checksum = deliveredChecksum(request, body);
    if (body.size > 0)
        record.extents.append({{}, body.size});
    if (!body.file.path().isEmpty())
        record.bodyPath = body.file.path().mid(m_context.root.path().size() + 1);
    if (const auto stored = m_context.root.storeObject(request.call.bucket, record, body.bytes); !stored)
        return std::unexpected(refusalFromError(stored.error()));
    body.file.keep();

    StoreAnswer answer;
    answer.headers.append("ETag", '"' + record.eTag + '"');
    if (!record.checksum.isEmpty()) {
        answer.headers.append(storeChecksumHeader(record.checksum.algorithm), checksumText(record.checksum));
        answer.headers.append("x-amz-checksum-type", "FULL_OBJECT");
    }
    if (record.headers.contains("x-amz-server-side-encryption"))
        answer.headers.append("x-amz-server-side-encryption", "AES256");
    return answer;
}

S3Outcome<StoreAnswer> ObjectOperations::get(const StoreRequest &request) const
{
    const auto bucket = namedBucket(m_context, request);
    if (!bucket)
        return std::unexpected(bucket.error());
    const auto found = (*bucket)->record(request.call.key);
    if (!found && found.error().kind == ErrorKind::NoSuchKey)
        return refusal("NoSuchKey", "The specified key does not exist.", {{"Key", request.call.key}});
    if (!found)
        return std::unexpected(refusalFromError(found.error()));
    const ObjectRecord &record = found->record;
    if (const auto judged = judgeReadConditions(request, record); !judged)
        return std::unexpected(judged.error());
    const auto range = askedRange(request, record.size);
    if (!range)
        return std::unexpected(range.error());

    StoreAnswer answer;
    answer.headers = headersToTell(record, request, !range->has_value());
    const ByteRange sent = range->value_or(ByteRange{0, record.size - 1});
    if (*range) {
        answer.status = 206;
        answer.headers.append("Content-Range", "bytes " + QByteArray::number(sent.first) + '-' + QByteArray::number(sent.last) + '/'
                                                   + QByteArray::number(record.size));
    }
    if (request.call.operation == LocalStoreCall::Operation::HeadObject) {
        answer.headers.append("Content-Length", QByteArray::number(sent.last - sent.first + 1));
        return answer;
    }
    if (record.isDiscarded)
        return refusal("InvalidObjectState", "This store was told to discard the bodies of objects.");
    answer.slices = bodySlices(*found, m_context.root.path(), sent);
    return answer;
}

S3Outcome<StoreAnswer> ObjectOperations::remove(const StoreRequest &request)
{
    if (const auto bucket = namedBucket(m_context, request); !bucket)
        return std::unexpected(bucket.error());
    m_context.root.removeObject(request.call.bucket, request.call.key);
    StoreAnswer answer;
    answer.status = 204;
    return answer;
}

}  // namespace packmule
