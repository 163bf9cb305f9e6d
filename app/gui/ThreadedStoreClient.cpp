#include "app/gui/ThreadedStoreClient.h"

#include <variant>

namespace packmule {

template<typename T>
CallHandle ThreadedStoreClient::ask(std::function<CallHandle(StoreClient &, std::function<void(Result<T>)>)> begin, std::function<void(Result<T>)> done)
{
    return m_thread.call<Result<T>>([begin = std::move(begin)](EngineHost &host, std::function<void(Result<T>)> answer) {
        return begin(host.stores(), std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedStoreClient::buckets(const ConnectionRecord &connection, std::function<void(Result<QList<BucketSummary>>)> done)
{
    return ask<QList<BucketSummary>>([connection](StoreClient &stores, auto answer) { return stores.buckets(connection, std::move(answer)); }, std::move(done));
}

CallHandle ThreadedStoreClient::page(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &token,
                                     std::function<void(Result<ObjectPage>)> done)
{
    return ask<ObjectPage>([connection, prefix, token](StoreClient &stores, auto answer) { return stores.page(connection, prefix, token, std::move(answer)); },
                           std::move(done));
}

CallHandle ThreadedStoreClient::head(const ConnectionRecord &connection, const ObjectAddress &object, std::function<void(Result<ObjectHead>)> done)
{
    return ask<ObjectHead>([connection, object](StoreClient &stores, auto answer) { return stores.head(connection, object, std::move(answer)); }, std::move(done));
}

CallHandle ThreadedStoreClient::remove(const ConnectionRecord &connection, const QList<ObjectAddress> &objects,
                                       std::function<void(int removed)> progress, std::function<void(Result<void>)> done)
{
    return m_thread.callWithNews<int, Result<void>>(
        [connection, objects](EngineHost &host, std::function<void(int)> tell, std::function<void(Result<void>)> answer) {
            return host.stores().remove(connection, objects, std::move(tell), std::move(answer));
        },
        std::move(progress), std::move(done));
}

CallHandle ThreadedStoreClient::unfinishedUploads(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &keyMarker,
                                                  const QByteArray &uploadIdMarker, std::function<void(Result<UploadPage>)> done)
{
    return ask<UploadPage>([connection, prefix, keyMarker, uploadIdMarker](StoreClient &stores, auto answer) {
        return stores.unfinishedUploads(connection, prefix, keyMarker, uploadIdMarker, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedStoreClient::uploadedParts(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId, int marker,
                                              std::function<void(Result<PartPage>)> done)
{
    return ask<PartPage>([connection, object, uploadId, marker](StoreClient &stores, auto answer) {
        return stores.uploadedParts(connection, object, uploadId, marker, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedStoreClient::abortUpload(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId,
                                            std::function<void(Result<void>)> done)
{
    return ask<void>([connection, object, uploadId](StoreClient &stores, auto answer) {
        return stores.abortUpload(connection, object, uploadId, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedStoreClient::abortRules(const ConnectionRecord &connection, const QByteArray &bucket,
                                           std::function<void(Result<QList<AbortRule>>)> done)
{
    return ask<QList<AbortRule>>([connection, bucket](StoreClient &stores, auto answer) { return stores.abortRules(connection, bucket, std::move(answer)); },
                                 std::move(done));
}

CallHandle ThreadedStoreClient::createBucket(const ConnectionRecord &connection, const QByteArray &bucket, std::function<void(Result<void>)> done)
{
    return ask<void>([connection, bucket](StoreClient &stores, auto answer) { return stores.createBucket(connection, bucket, std::move(answer)); }, std::move(done));
}

CallHandle ThreadedStoreClient::testConnection(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                               std::function<void(const ConnectionFinding &)> found, std::function<void()> done)
{
    return m_thread.callWithNews<ConnectionFinding, std::monostate>(
        [connection, prefix](EngineHost &host, std::function<void(ConnectionFinding)> tell, std::function<void(std::monostate)> answer) {
            return host.stores().testConnection(connection, prefix, std::move(tell), [answer = std::move(answer)] { answer({}); });
        },
        std::move(found), [done = std::move(done)](std::monostate) { done(); });
}

}  // namespace packmule
