#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/StoreClient.h"

#include <QStringList>

#include <map>

namespace packmule {

/// Stores as the window sees them, in memory. Answers through the scheduler and remembers what it was asked.
/// Thread: that of the scheduler.
class FakeStoreClient final : public StoreClient
{
public:
    explicit FakeStoreClient(Scheduler &scheduler) : m_scheduler(scheduler) {}

    // What a test may prepare
    std::map<QByteArray, std::map<QByteArray, ObjectSummary>> stored;   ///< by bucket and key
    std::map<QByteArray, ObjectHead> heads;              ///< by key; others are made from the summary
    QList<UnfinishedUpload> uploads;
    std::map<QByteArray, QList<StoredPart>> parts;       ///< by upload id
    QList<AbortRule> rules;
    QList<ConnectionFinding> findings;
    int pageSize = 1000;
    Milliseconds latency{0};
    /// Answers every call whose name it is ("page", "buckets", "remove", …) until it is taken out.
    std::map<QByteArray, Error> errors;
    // What a test may read
    QStringList calls;   ///< "page b a/", "abortUpload b key id", …

    void add(const QByteArray &bucket, const QByteArray &key, qint64 size = 1, WallTime modified = {});
    void refuse(const char *call, ErrorKind kind) { errors[call] = Error::make(kind, QStringLiteral("scripted")); }
    qsizetype count(const char *call) const;

    CallHandle buckets(const ConnectionRecord &, std::function<void(Result<QList<BucketSummary>>)> done) override;
    CallHandle page(const ConnectionRecord &, const ObjectAddress &prefix, const QByteArray &token,
                    std::function<void(Result<ObjectPage>)> done) override;
    CallHandle head(const ConnectionRecord &, const ObjectAddress &object, std::function<void(Result<ObjectHead>)> done) override;
    CallHandle remove(const ConnectionRecord &, const QList<ObjectAddress> &objects, std::function<void(int)> progress,
                      std::function<void(Result<void>)> done) override;
    CallHandle unfinishedUploads(const ConnectionRecord &, const ObjectAddress &prefix, const QByteArray &keyMarker,
                                 const QByteArray &uploadIdMarker, std::function<void(Result<UploadPage>)> done) override;
    CallHandle uploadedParts(const ConnectionRecord &, const ObjectAddress &object, const QByteArray &uploadId, int marker,
                             std::function<void(Result<PartPage>)> done) override;
    CallHandle abortUpload(const ConnectionRecord &, const ObjectAddress &object, const QByteArray &uploadId,
                           std::function<void(Result<void>)> done) override;
    CallHandle abortRules(const ConnectionRecord &, const QByteArray &bucket, std::function<void(Result<QList<AbortRule>>)> done) override;
    CallHandle createBucket(const ConnectionRecord &, const QByteArray &bucket, std::function<void(Result<void>)> done) override;
    CallHandle testConnection(const ConnectionRecord &, const ObjectAddress &prefix, std::function<void(const ConnectionFinding &)> found,
                              std::function<void()> done) override;

private:
    template<typename T>
    CallHandle answer(const char *name, const ObjectAddress &object, std::function<Result<T>()> effect, std::function<void(Result<T>)> done,
                      const QByteArray &uploadId = {});
    ObjectPage pageOf(const std::map<QByteArray, ObjectSummary> &objects, const QByteArray &prefix, const QByteArray &token) const;

    Scheduler &m_scheduler;
};

}  // namespace packmule
