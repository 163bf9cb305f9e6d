#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/transfer/StoreClient.h"
#include "core/transfer/StoreProvider.h"

#include <list>
#include <memory>

namespace packmule {

class ConnectionTest;

/// StoreClient over the stores that transfers use too: one request a call, tried again twice after faults of the way.
/// Ownership: provider, clock and scheduler outlive it; it may go before its handles. Thread: the stores'.
class DirectStoreClient final : public StoreClient
{
    Q_OBJECT

public:
    DirectStoreClient(StoreProvider &provider, Clock &clock, Scheduler &scheduler);
    ~DirectStoreClient() override;

    [[nodiscard]] CallHandle buckets(const ConnectionRecord &connection, std::function<void(Result<QList<BucketSummary>>)> done) override;
    [[nodiscard]] CallHandle page(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &token,
                                  std::function<void(Result<ObjectPage>)> done) override;
    [[nodiscard]] CallHandle head(const ConnectionRecord &connection, const ObjectAddress &object,
                                  std::function<void(Result<ObjectHead>)> done) override;
    [[nodiscard]] CallHandle remove(const ConnectionRecord &connection, const QList<ObjectAddress> &objects,
                                    std::function<void(int removed)> progress, std::function<void(Result<void>)> done) override;
    [[nodiscard]] CallHandle unfinishedUploads(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                               const QByteArray &keyMarker, const QByteArray &uploadIdMarker,
                                               std::function<void(Result<UploadPage>)> done) override;
    [[nodiscard]] CallHandle uploadedParts(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId,
                                           int marker, std::function<void(Result<PartPage>)> done) override;
    [[nodiscard]] CallHandle abortUpload(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId,
                                         std::function<void(Result<void>)> done) override;
    [[nodiscard]] CallHandle abortRules(const ConnectionRecord &connection, const QByteArray &bucket,
                                        std::function<void(Result<QList<AbortRule>>)> done) override;
    [[nodiscard]] CallHandle createBucket(const ConnectionRecord &connection, const QByteArray &bucket,
                                          std::function<void(Result<void>)> done) override;
    [[nodiscard]] CallHandle testConnection(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                            std::function<void(const ConnectionFinding &)> found, std::function<void()> done) override;

private:
    struct Test;

    template<typename T>
    CallHandle ask(const ConnectionRecord &connection, std::function<CallHandle(ObjectStore &, std::function<void(Result<T>)>)> begin,
                   std::function<void(Result<T>)> done);
    template<typename T>
    CallHandle refuse(const Error &error, std::function<void(Result<T>)> done);
    void forget(Test &test);

    StoreProvider &m_provider;
    Clock &m_clock;
    Scheduler &m_scheduler;
    std::list<std::shared_ptr<Test>> m_tests;   ///< also those that only clean up behind themselves
};

}  // namespace packmule
