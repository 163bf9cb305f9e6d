#include "core/transfer/DirectStoreClient.h"

#include "core/transfer/ConnectionTest.h"
#include "core/transfer/RepeatedCall.h"

#include <utility>

namespace packmule {

namespace {

constexpr int kPartsOfAPage = 1000;   // the most that ListParts gives

/// The objects of one remove(), one after the other; owned by its handle.
struct Removal : std::enable_shared_from_this<Removal> {
    std::shared_ptr<ObjectStore> store;
    Scheduler &scheduler;
    QList<ObjectAddress> objects;
    std::function<void(int)> progress;
    std::function<void(Result<void>)> done;
    int removed = 0;
    CallHandle call;

    Removal(std::shared_ptr<ObjectStore> theStore, Scheduler &theScheduler) : store(std::move(theStore)), scheduler(theScheduler) {}

    void removeNext()
    {
        const ObjectAddress object = objects.at(removed);
        call = RepeatedCall<void>::make(scheduler, [this, object](Done<void> answer) { return store->deleteObject(object, std::move(answer)); },
                                        [weak = weak_from_this()](const Result<void> &result) {
                                            if (const auto removal = weak.lock())
                                                removal->take(result);
                                        });
    }

    void take(const Result<void> &result)
    {
        if (!result) {
            std::exchange(done, nullptr)(result);
            return;
        }
        ++removed;
        if (progress)
            progress(removed);
        if (!done)   // dropped by whoever looked at the progress
            return;
        if (removed < objects.size())
            removeNext();
        else
            std::exchange(done, nullptr)(Result<void>());
    }
};

}  // namespace

struct DirectStoreClient::Test {
    explicit Test(OpenStore open, const ObjectAddress &place, Clock &clock, Scheduler &scheduler) : test(std::move(open), place, clock, scheduler) {}

    ConnectionTest test;
    std::function<void()> done;
    std::list<std::shared_ptr<Test>>::iterator where;
};

DirectStoreClient::DirectStoreClient(StoreProvider &provider, Clock &clock, Scheduler &scheduler)
    : m_provider(provider), m_clock(clock), m_scheduler(scheduler)
{
}

DirectStoreClient::~DirectStoreClient() = default;

template<typename T>
CallHandle DirectStoreClient::refuse(const Error &error, std::function<void(Result<T>)> done)
{
    return m_scheduler.after(Milliseconds(0), [error, done = std::move(done)] { done(std::unexpected(error)); });
}

template<typename T>
CallHandle DirectStoreClient::ask(const ConnectionRecord &connection, std::function<CallHandle(ObjectStore &, std::function<void(Result<T>)>)> begin,
                                  std::function<void(Result<T>)> done)
{
    const auto open = m_provider.open(connection);
    if (!open)
        return refuse<T>(open.error(), std::move(done));
    return RepeatedCall<T>::make(
        m_scheduler, [store = open->store, begin = std::move(begin)](Done<T> answer) { return begin(*store, std::move(answer)); }, std::move(done));
}

CallHandle DirectStoreClient::buckets(const ConnectionRecord &connection, std::function<void(Result<QList<BucketSummary>>)> done)
{
    return ask<QList<BucketSummary>>(connection, [](ObjectStore &store, auto answer) { return store.listBuckets(std::move(answer)); }, std::move(done));
}

CallHandle DirectStoreClient::page(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &token,
                                   std::function<void(Result<ObjectPage>)> done)
{
    return ask<ObjectPage>(connection, [prefix, token](ObjectStore &store, auto answer) {
        return store.listObjects(prefix.bucket, prefix.key, QByteArrayLiteral("/"), token, std::move(answer));
    }, std::move(done));
}

CallHandle DirectStoreClient::head(const ConnectionRecord &connection, const ObjectAddress &object, std::function<void(Result<ObjectHead>)> done)
{
    return ask<ObjectHead>(connection, [object](ObjectStore &store, auto answer) { return store.headObject(object, std::move(answer)); }, std::move(done));
}

CallHandle DirectStoreClient::remove(const ConnectionRecord &connection, const QList<ObjectAddress> &objects,
                                     std::function<void(int removed)> progress, std::function<void(Result<void>)> done)
{
    const auto open = m_provider.open(connection);
    if (!open)
        return refuse<void>(open.error(), std::move(done));
    if (objects.isEmpty())
        return m_scheduler.after(Milliseconds(0), [done = std::move(done)] { done({}); });
    const auto removal = std::make_shared<Removal>(open->store, m_scheduler);
    removal->objects = objects;
    removal->progress = std::move(progress);
    removal->done = std::move(done);
    removal->removeNext();
    return CallHandle([removal] {
        removal->done = nullptr;
        removal->call.cancel();
    });
}

CallHandle DirectStoreClient::unfinishedUploads(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &keyMarker,
                                                const QByteArray &uploadIdMarker, std::function<void(Result<UploadPage>)> done)
{
    return ask<UploadPage>(connection, [prefix, keyMarker, uploadIdMarker](ObjectStore &store, auto answer) {
        return store.listMultipartUploads(prefix.bucket, prefix.key, keyMarker, uploadIdMarker, std::move(answer));
    }, std::move(done));
}

CallHandle DirectStoreClient::uploadedParts(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId, int marker,
                                            std::function<void(Result<PartPage>)> done)
{
    return ask<PartPage>(connection, [object, uploadId, marker](ObjectStore &store, auto answer) {
        return store.listParts(object, uploadId, marker, kPartsOfAPage, std::move(answer));
    }, std::move(done));
}

CallHandle DirectStoreClient::abortUpload(const ConnectionRecord &connection, const ObjectAddress &object, const QByteArray &uploadId,
                                          std::function<void(Result<void>)> done)
{
    return ask<void>(connection, [object, uploadId](ObjectStore &store, auto answer) {
        return store.abortMultipartUpload(object, uploadId, std::move(answer));
    }, std::move(done));
}

CallHandle DirectStoreClient::abortRules(const ConnectionRecord &connection, const QByteArray &bucket,
                                         std::function<void(Result<QList<AbortRule>>)> done)
{
    return ask<QByteArray>(connection, [bucket](ObjectStore &store, auto answer) {
        return store.bucketConfiguration(bucket, QByteArrayLiteral("lifecycle"), std::move(answer));
    }, [done = std::move(done)](const Result<QByteArray> &xml) {
        if (xml)
            done(abortRulesFrom(*xml));
        else if (xml.error().httpStatus == 404 && xml.error().kind != ErrorKind::NoSuchBucket)
            done(QList<AbortRule>());
        else
            done(std::unexpected(xml.error()));
    });
}

CallHandle DirectStoreClient::createBucket(const ConnectionRecord &connection, const QByteArray &bucket, std::function<void(Result<void>)> done)
{
    return ask<void>(connection, [bucket](ObjectStore &store, auto answer) { return store.createBucket(bucket, std::move(answer)); }, std::move(done));
}

CallHandle DirectStoreClient::testConnection(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                             std::function<void(const ConnectionFinding &)> found, std::function<void()> done)
{
    auto open = m_provider.open(connection);
    if (!open) {
        const ConnectionFinding refusal{.check = ConnectionFinding::Check::Reachable, .outcome = ConnectionFinding::Outcome::Failed,
                                        .isLast = true, .object = {prefix.bucket, {}}, .error = open.error()};
        const auto later = std::make_shared<CallHandle>();
        *later = m_scheduler.after(Milliseconds(0), [this, later = std::weak_ptr(later), refusal, found = std::move(found), done = std::move(done)] {
            if (const auto alive = later.lock())
                *alive = m_scheduler.after(Milliseconds(0), done);
            found(refusal);
        });
        return CallHandle([later] { later->cancel(); });
    }
    const auto test = std::make_shared<Test>(std::move(*open), prefix, m_clock, m_scheduler);
    test->done = std::move(done);
    test->where = m_tests.insert(m_tests.end(), test);
    test->test.start(std::move(found), [this, weak = std::weak_ptr(test)] {
        const auto ended = weak.lock();
        const auto told = std::exchange(ended->done, nullptr);
        forget(*ended);
        if (told)
            told();
    });
    return CallHandle([weak = std::weak_ptr(test)] {
        const auto dropped = weak.lock();
        if (dropped && dropped->done) {
            dropped->done = nullptr;
            dropped->test.giveUp();
        }
    });
}

void DirectStoreClient::forget(Test &test)
{
    m_tests.erase(test.where);
}

}  // namespace packmule
