#pragma once

#include "app/gui/EngineThread.h"
#include "core/transfer/StoreClient.h"

namespace packmule {

/// The stores, asked on the engine's thread, as a StoreClient of the GUI's thread. Works before the journal is open.
/// Thread: the GUI's. The EngineThread outlives it.
class ThreadedStoreClient final : public StoreClient
{
    Q_OBJECT

public:
    explicit ThreadedStoreClient(EngineThread &thread) : m_thread(thread) {}

    [[nodiscard]] CallHandle buckets(const ConnectionRecord &connection, std::function<void(Result<QList<BucketSummary>>)> done) override;
    [[nodiscard]] CallHandle page(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &token,
                                  std::function<void(Result<ObjectPage>)> done) override;
    [[nodiscard]] CallHandle head(const ConnectionRecord &connection, const ObjectAddress &object,
                                  std::function<void(Result<ObjectHead>)> done) override;
    [[nodiscard]] CallHandle remove(const ConnectionRecord &connection, const QList<ObjectAddress> &objects,
                                    std::function<void(int removed)> progress, std::function<void(Result<void>)> done) override;
    [[nodiscard]] CallHandle unfinishedUploads(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &keyMarker,
                                               const QByteArray &uploadIdMarker, std::function<void(Result<UploadPage>)> done) override;
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
    template<typename T>
    CallHandle ask(std::function<CallHandle(StoreClient &, std::function<void(Result<T>)>)> begin, std::function<void(Result<T>)> done);

    EngineThread &m_thread;
};

}  // namespace packmule
