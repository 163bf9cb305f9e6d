#pragma once

#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeStoreModel.h"

#include <QMap>

namespace packmule {

enum class FakeOperation {
    Create, UploadPart, ListParts, Complete, Abort, ListUploads, Put, Head, Get, Delete, ListObjects,
    ListBuckets, HeadBucket, CreateBucket, DeleteBucket, Configuration
};

/// How one request is answered instead of by the model.
struct FakeAnswer {
    std::optional<Error> error;      ///< empty: the model's own answer
    bool isExecuted = false;         ///< with an error: done all the same, only the answer is lost
    bool isNever = false;            ///< hangs until dropped
    Milliseconds delay{0};           ///< on top of `latency`
    bool landsWhenDropped = false;   ///< the effect comes although the caller hung up
    bool isSentTwice = false;        ///< Create: the transport resent it, and the store carried out both
};

/// One request as it was made.
struct FakeRequest {
    FakeOperation operation = FakeOperation::Create;
    ObjectAddress object{};
    QByteArray uploadId{};
    int partNumber = 0;    ///< UploadPart; ListParts: the marker
    int attempt = 1;       ///< counted per operation, key and part number
    IntegrityPlan integrity{};
    ByteCount bodySize{};
    BodyDigests digests{};
    CompleteRequest complete{};
    ObjectSettings settings{};
    bool ifNoneMatch = false;
    MonotonicTime at{};
};

/// A store with a true model behind and scripted faults before it. Answers through the scheduler, `latency` later.
/// Thread: that of the scheduler.
class FakeObjectStore final : public ObjectStore
{
public:
    explicit FakeObjectStore(FakeScheduler &scheduler, const QByteArray &bucket = "b");

    FakeStoreModel model;
    QList<FakeRequest> requests;
    Milliseconds latency{0};
    bool encrypted = true;
    QMap<QByteArray, QByteArray> configurations;   ///< by sub-resource: XML
    Milliseconds knownOffset{0};   ///< of its clock: learnt, or assumed by the caller
    /// Runs as each request is made: the place to change the source, the model or the script.
    std::function<void(const FakeRequest &)> onRequest;

    /// @param partNumber 0 = any. @param attempt 1-based, 0 = every one. The latest matching script wins.
    void script(FakeOperation operation, int partNumber, int attempt, const FakeAnswer &answer);
    /// Every attempt of the operation.
    void always(FakeOperation operation, ErrorKind kind);
    /// The n-th request of the operation over all keys and parts, 1-based.
    void scriptNth(FakeOperation operation, int nth, const FakeAnswer &answer);
    void clearScript() { m_script.clear(); }
    /// Anything goes: asked first, for property tests.
    std::function<std::optional<FakeAnswer>(const FakeRequest &)> answerer;
    int count(FakeOperation operation) const;
    int inFlight() const { return *m_inFlight; }
    int mostPartsInFlight() const { return m_mostParts; }

    CallHandle createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings,
                                     const IntegrityPlan &integrity, Done<CreatedUpload> done) override;
    CallHandle uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body, ByteProgress progress,
                          Done<PartReceipt> done) override;
    CallHandle listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize,
                         Done<PartPage> done) override;
    CallHandle completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                       const CompleteRequest &request, Done<StoredObject> done) override;
    CallHandle abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, Done<void> done) override;
    CallHandle listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &keyMarker,
                                    const QByteArray &uploadIdMarker, Done<UploadPage> done) override;
    CallHandle putObject(const ObjectAddress &object, const ObjectSettings &settings, const IntegrityPlan &integrity,
                         ObjectBody body, bool ifNoneMatch, ByteProgress progress, Done<StoredObject> done) override;
    CallHandle headObject(const ObjectAddress &object, Done<ObjectHead> done) override;
    CallHandle getObject(const ObjectAddress &object, std::optional<ByteRange> range,
                         std::function<void(const QByteArray &)> sink, Done<ObjectHead> done) override;
    CallHandle deleteObject(const ObjectAddress &object, Done<void> done) override;
    CallHandle listObjects(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &delimiter,
                           const QByteArray &token, Done<ObjectPage> done) override;
    CallHandle listBuckets(Done<QList<BucketSummary>> done) override;
    CallHandle headBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle createBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle deleteBucket(const QByteArray &bucket, Done<void> done) override;
    CallHandle bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource, Done<QByteArray> done) override;

    WallTime serverNow() const override { return m_scheduler.clock().wallNow() + knownOffset; }
    Milliseconds clockOffset() const override { return knownOffset; }
    void assumeClockOffset(Milliseconds offset) override { knownOffset = offset; }
    bool isEncrypted() const override { return encrypted; }
    QByteArray regionOf(const QByteArray &) const override { return "us-east-1"; }
    AddressingStyle addressingOf(const QByteArray &) const override { return AddressingStyle::Path; }
    int requestCount() const override { return static_cast<int>(requests.size()); }

private:
    struct Script { FakeOperation operation; int partNumber, attempt, nth; FakeAnswer answer; };

    FakeAnswer answerTo(FakeRequest &request);
    template<typename T>
    CallHandle answer(FakeRequest request, std::function<Result<T>()> effect, Done<T> done, std::function<void()> onBodySent = {},
                      const std::shared_ptr<bool> &isSentTwice = {});

    FakeScheduler &m_scheduler;
    QList<Script> m_script;
    std::shared_ptr<int> m_inFlight = std::make_shared<int>(0);
    std::shared_ptr<int> m_partsInFlight = std::make_shared<int>(0);
    int m_mostParts = 0;
    std::map<std::tuple<int, QByteArray, int>, int> m_attempts;
    QList<std::shared_ptr<CallHandle>> m_landings;
};

}  // namespace packmule
