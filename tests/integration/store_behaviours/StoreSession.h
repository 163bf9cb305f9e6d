#pragma once

#include "core/net/direct/DirectTransport.h"
#include "core/s3/S3ObjectStore.h"
#include "core/signing/LocalSigner.h"
#include "core/signing/StaticCredentials.h"

#include <QBuffer>
#include <QEventLoop>
#include <QTimer>

#include <optional>

namespace packmule {

/// Where a store is and who we are there.
struct StoreAccess {
    QByteArray endpoint, accessKeyId, secretAccessKey, bucket;
};

/// How a body is proved to the store, and which of the proofs is a lie.
struct BodyProof {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    bool isChecksumWrong = false;
    bool isPayloadHashWrong = false;
};

struct FetchedObject {
    ObjectHead head;
    QByteArray bytes;
};

/// @param metadata names without x-amz-meta-.
ObjectSettings settingsWith(const QByteArray &contentType, const QList<std::pair<QByteArray, QByteArray>> &metadata = {});
QByteArray digestOf(ChecksumAlgorithm algorithm, QByteArrayView bytes);
/// "noSuchKey 404 NoSuchKey": our kind, the status, the store's code; what there is of them.
QByteArray refusalOf(const Error &error);

template<typename T>
QByteArray answerOf(const Result<T> &result)
{
    return result ? QByteArray("ok") : refusalOf(result.error());
}

/// The product's own S3ObjectStore over real HTTP, put together as the composition does, each call waited for.
/// Where ObjectStore has no parameter for what a test asks (page sizes, answers of Abort and Delete as they came), the
/// product's request goes with that one change through an S3Sender of its own, and is read by the product's reader.
/// Thread: the test's.
class StoreSession
{
public:
    explicit StoreSession(const StoreAccess &access);

    Result<StoredObject> put(const QByteArray &key, const QByteArray &bytes, const BodyProof &proof = {},
                             const ObjectSettings &settings = {}, bool ifNoneMatch = false);
    Result<ObjectHead> head(const QByteArray &key);
    Result<FetchedObject> get(const QByteArray &key, std::optional<ByteRange> range = {});
    /// The bytes, or the refusal.
    QByteArray contentOf(const QByteArray &key);
    /// "nothing there" or "an object there"; else the refusal.
    QByteArray presenceOf(const QByteArray &key);
    /// As the store answers; the product takes a 404 for success.
    Result<void> remove(const QByteArray &key);

    Result<CreatedUpload> create(const QByteArray &key, const ObjectSettings &settings, const IntegrityPlan &integrity);
    Result<PartReceipt> sendPart(const PartAddress &part, const QByteArray &bytes, const BodyProof &proof);
    Result<PartPage> parts(const QByteArray &key, const QByteArray &uploadId, int marker = 0, int pageSize = 1000);
    Result<StoredObject> complete(const QByteArray &key, const QByteArray &uploadId, const CompleteRequest &request);
    /// As the store answers; the product takes a 404 for success.
    Result<void> abort(const QByteArray &key, const QByteArray &uploadId);

    /// @param pageSize 0: the store's own.
    Result<ObjectPage> objects(const QByteArray &prefix, const QByteArray &delimiter = {}, const QByteArray &token = {},
                               int pageSize = 0);
    Result<UploadPage> uploads(const QByteArray &prefix, const QByteArray &keyMarker = {},
                               const QByteArray &uploadIdMarker = {}, int pageSize = 0);

    /// A request as it stands.
    Result<HttpResponse> ask(const Result<S3Request> &request);

    ObjectAddress address(const QByteArray &key) const { return {.bucket = m_access.bucket, .key = key}; }
    const StoreAccess &access() const { return m_access; }

private:
    /// Starts a call and runs the event loop until its `done`.
    template<typename T, typename Start>
    Result<T> wait(Start start);

    const StoreAccess m_access;
    SystemClock m_clock;
    QtScheduler m_scheduler;
    DirectTransport m_transport;
    StaticCredentials m_credentials;
    LocalSigner m_signer;
    S3ObjectStore m_store;
    S3Sender m_sender;
};

}  // namespace packmule
