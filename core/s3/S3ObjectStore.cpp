#include "core/s3/S3ObjectStore.h"

#include "core/s3/S3Answers.h"
#include "core/s3/S3Listings.h"
#include "core/s3/S3Requests.h"

#include <utility>

namespace packmule {

namespace {

/// Below this the body is out before a word could come back (aws-sdk-java and the S3 guide: 1 MiB and 2 MiB).
constexpr ByteCount kWorthAsking{1LL << 20};

}  // namespace

S3ObjectStore::S3ObjectStore(HttpTransport &transport, Signer &signer, const Clock &clock,
                             const S3StoreSettings &settings)
    : m_profile(settings.profile),
      m_sender(transport, signer, clock, settings.endpoint,
               settings.addressing == AddressingStyle::Auto ? settings.profile.addressing : settings.addressing)
{
}

template<typename T, typename Read>
CallHandle S3ObjectStore::ask(Result<S3Request> request, Read read, Done<T> done)
{
    return m_sender.send(std::move(request), [read = std::move(read), done = std::move(done)](const Result<HttpResponse> &answer) {
        if (answer)
            done(read(*answer));
        else
            done(std::unexpected(answer.error()));
    });
}

CallHandle S3ObjectStore::tell(Result<S3Request> request, Done<void> done, std::optional<ErrorKind> isFine)
{
    return m_sender.send(std::move(request), [done = std::move(done), isFine](const Result<HttpResponse> &answer) {
        if (answer || answer.error().kind == isFine)
            done({});
        else
            done(std::unexpected(answer.error()));
    });
}

Result<S3Request> S3ObjectStore::askingFirst(Result<S3Request> request) const
{
    if (request)
        request->asksBeforeBody = m_profile.asksBeforeBody && request->deviceSize > kWorthAsking;
    return request;
}

CallHandle S3ObjectStore::createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings,
                                                const IntegrityPlan &integrity, Done<CreatedUpload> done)
{
    return ask<CreatedUpload>(
        createMultipartUploadRequest(object, settings, integrity),
        [this, algorithm = integrity.algorithm](const HttpResponse &answer) {
            return createdUpload(answer, algorithm, serverNow());
        },
        std::move(done));
}

CallHandle S3ObjectStore::uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                                     ByteProgress progress, Done<PartReceipt> done)
{
    const Checksum sent = body.digests.checksum;
    return ask<PartReceipt>(
        askingFirst(uploadPartRequest(part, integrity, std::move(body), std::move(progress))),
        [this, sent](const HttpResponse &answer) { return partReceipt(answer, sent, m_profile); }, std::move(done));
}

CallHandle S3ObjectStore::listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize,
                                    Done<PartPage> done)
{
    return ask<PartPage>(
        listPartsRequest(object, uploadId, marker, pageSize),
        [marker](const HttpResponse &answer) { return partPage(answer, marker); }, std::move(done));
}

CallHandle S3ObjectStore::completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                                  const CompleteRequest &request, Done<StoredObject> done)
{
    return ask<StoredObject>(
        completeMultipartUploadRequest(object, uploadId, request, m_profile),
        [sent = request.objectChecksum](const HttpResponse &answer) { return completedObject(answer, sent); },
        std::move(done));
}

CallHandle S3ObjectStore::abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, Done<void> done)
{
    return tell(abortMultipartUploadRequest(object, uploadId), std::move(done), ErrorKind::NoSuchUpload);
}

CallHandle S3ObjectStore::listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix,
                                               const QByteArray &keyMarker, const QByteArray &uploadIdMarker,
                                               Done<UploadPage> done)
{
    return ask<UploadPage>(
        listMultipartUploadsRequest(bucket, prefix, keyMarker, uploadIdMarker, m_profile),
        [bucket, keyMarker, uploadIdMarker](const HttpResponse &answer) {
            return uploadPage(answer, bucket, keyMarker, uploadIdMarker);
        },
        std::move(done));
}

CallHandle S3ObjectStore::putObject(const ObjectAddress &object, const ObjectSettings &settings,
                                    const IntegrityPlan &integrity, ObjectBody body, bool ifNoneMatch,
                                    ByteProgress progress, Done<StoredObject> done)
{
    const Checksum sent = body.digests.checksum;
    return ask<StoredObject>(
        askingFirst(putObjectRequest(object, settings, integrity, std::move(body), ifNoneMatch, std::move(progress))),
        [sent](const HttpResponse &answer) { return storedObject(answer, sent); }, std::move(done));
}

CallHandle S3ObjectStore::headObject(const ObjectAddress &object, Done<ObjectHead> done)
{
    return ask<ObjectHead>(
        headObjectRequest(object, m_profile), [](const HttpResponse &answer) { return objectHead(answer, {}); },
        std::move(done));
}

CallHandle S3ObjectStore::getObject(const ObjectAddress &object, std::optional<ByteRange> range,
                                    std::function<void(const QByteArray &)> sink, Done<ObjectHead> done)
{
    return ask<ObjectHead>(
        getObjectRequest(object, range, std::move(sink), m_profile),
        [range](const HttpResponse &answer) { return objectHead(answer, range); }, std::move(done));
}

CallHandle S3ObjectStore::deleteObject(const ObjectAddress &object, Done<void> done)
{
    return tell(deleteObjectRequest(object), std::move(done), ErrorKind::NoSuchKey);
}

CallHandle S3ObjectStore::listObjects(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter,
                                      const QByteArray &token, Done<ObjectPage> done)
{
    return ask<ObjectPage>(
        listObjectsRequest(bucket, prefix, delimiter, token, m_profile),
        [this, token](const HttpResponse &answer) { return objectPage(answer, token, m_profile); }, std::move(done));
}

CallHandle S3ObjectStore::listBuckets(Done<QList<BucketSummary>> done)
{
    return ask<QList<BucketSummary>>(listBucketsRequest(), bucketList, std::move(done));
}

CallHandle S3ObjectStore::headBucket(const QByteArray &bucket, Done<void> done)
{
    return tell(headBucketRequest(bucket), std::move(done));
}

CallHandle S3ObjectStore::createBucket(const QByteArray &bucket, Done<void> done)
{
    return tell(createBucketRequest(bucket, m_sender.endpoint().region(), m_profile), std::move(done));
}

CallHandle S3ObjectStore::deleteBucket(const QByteArray &bucket, Done<void> done)
{
    return tell(deleteBucketRequest(bucket), std::move(done));
}

CallHandle S3ObjectStore::bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource,
                                              Done<QByteArray> done)
{
    return ask<QByteArray>(
        bucketConfigurationRequest(bucket, subresource),
        [](const HttpResponse &answer) -> Result<QByteArray> { return answer.body; }, std::move(done));
}

}  // namespace packmule
