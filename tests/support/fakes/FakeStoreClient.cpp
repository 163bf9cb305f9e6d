#include "tests/support/fakes/FakeStoreClient.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace packmule {

void FakeStoreClient::add(const QByteArray &bucket, const QByteArray &key, qint64 size, WallTime modified)
{
    stored[bucket][key] = {.key = key, .eTag = "etag", .storageClass = "STANDARD", .size = ByteCount(size), .lastModified = modified};
}

qsizetype FakeStoreClient::count(const char *call) const
{
    const QString name = QString::fromLatin1(call) + QLatin1Char(' ');
    return std::ranges::count_if(calls, [&name](const QString &made) { return made.startsWith(name); });
}

template<typename T>
CallHandle FakeStoreClient::answer(const char *name, const ObjectAddress &object, std::function<Result<T>()> effect,
                                   std::function<void(Result<T>)> done, const QByteArray &uploadId)
{
    calls.append(QStringLiteral("%1 %2 %3 %4").arg(QString::fromLatin1(name), QString::fromUtf8(object.bucket), QString::fromUtf8(object.key), QString::fromUtf8(uploadId)).trimmed());
    return m_scheduler.after(latency, [this, key = QByteArray(name), effect = std::move(effect), done = std::move(done)] {
        const auto error = errors.find(key);
        done(error == errors.end() ? effect() : std::unexpected(error->second));
    });
}

CallHandle FakeStoreClient::buckets(const ConnectionRecord &, std::function<void(Result<QList<BucketSummary>>)> done)
{
    return answer<QList<BucketSummary>>("buckets", {"*", {}}, [this]() -> Result<QList<BucketSummary>> {
        QList<BucketSummary> all;
        for (const auto &[name, objects] : stored)
            all.append({.name = name, .created = {}});
        return all;
    }, std::move(done));
}

ObjectPage FakeStoreClient::pageOf(const std::map<QByteArray, ObjectSummary> &objects, const QByteArray &prefix, const QByteArray &token) const
{
    ObjectPage page;
    QByteArray last;
    for (auto at = objects.lower_bound(prefix); at != objects.end() && at->first.startsWith(prefix); ++at) {
        const qsizetype slash = at->first.indexOf('/', prefix.size());
        const QByteArray entry = slash < 0 ? at->first : at->first.left(slash + 1);
        if (entry == last || (!token.isEmpty() && entry <= token))
            continue;
        if (page.objects.size() + page.commonPrefixes.size() == pageSize) {
            page.nextToken = last;
            break;
        }
        if (slash < 0)
            page.objects.append(at->second);
        else
            page.commonPrefixes.append(entry);
        last = entry;
    }
    return page;
}

CallHandle FakeStoreClient::page(const ConnectionRecord &, const ObjectAddress &prefix, const QByteArray &token, std::function<void(Result<ObjectPage>)> done)
{
    return answer<ObjectPage>("page", prefix, [this, prefix, token]() -> Result<ObjectPage> {
        const auto bucket = stored.find(prefix.bucket);
        if (bucket == stored.end())
            return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
        return pageOf(bucket->second, prefix.key, token);
    }, std::move(done));
}

CallHandle FakeStoreClient::head(const ConnectionRecord &, const ObjectAddress &object, std::function<void(Result<ObjectHead>)> done)
{
    return answer<ObjectHead>("head", object, [this, object]() -> Result<ObjectHead> {
        if (const auto known = heads.find(object.key); known != heads.end())
            return known->second;
        const auto found = stored[object.bucket].find(object.key);
        if (found == stored[object.bucket].end())
            return failure(ErrorKind::NoSuchKey, QStringLiteral("no such key"));
        ObjectHead head;
        head.size = found->second.size;
        head.eTag = found->second.eTag;
        head.lastModified = found->second.lastModified;
        return head;
    }, std::move(done));
}

CallHandle FakeStoreClient::remove(const ConnectionRecord &, const QList<ObjectAddress> &objects, std::function<void(int)> progress,
                                   std::function<void(Result<void>)> done)
{
    // One turn for each object, as the real one.
    struct Turn { CallHandle call; int removed = 0; std::function<void()> next; };
    const auto turn = std::make_shared<Turn>();
    turn->next = [this, weak = std::weak_ptr(turn), objects, progress, done] {
        const auto alive = weak.lock();
        if (!alive)
            return;
        if (alive->removed == objects.size()) {
            done({});
            return;
        }
        const ObjectAddress object = objects.at(alive->removed);
        alive->call = answer<void>("remove", object, [this, object]() -> Result<void> {
            stored[object.bucket].erase(object.key);
            return {};
        }, [weak, progress, done](const Result<void> &result) {
            const auto still = weak.lock();
            if (!result) {
                done(result);
                return;
            }
            progress(++still->removed);
            if (still->next)
                still->next();
        });
    };
    turn->call = m_scheduler.after(Milliseconds(0), [weak = std::weak_ptr(turn)] {
        if (const auto alive = weak.lock())
            alive->next();
    });
    return CallHandle([turn] {
        turn->call.cancel();
        turn->next = nullptr;
    });
}

CallHandle FakeStoreClient::unfinishedUploads(const ConnectionRecord &, const ObjectAddress &prefix, const QByteArray &, const QByteArray &uploadIdMarker,
                                              std::function<void(Result<UploadPage>)> done)
{
    return answer<UploadPage>("unfinishedUploads", prefix, [this, prefix, uploadIdMarker]() -> Result<UploadPage> {
        UploadPage page;
        bool isBehind = uploadIdMarker.isEmpty();
        for (const UnfinishedUpload &upload : std::as_const(uploads)) {
            if (isBehind && upload.object.bucket == prefix.bucket) {
                if (page.uploads.size() == pageSize) {
                    page.nextKeyMarker = page.uploads.last().object.key;
                    page.nextUploadIdMarker = page.uploads.last().uploadId;
                    break;
                }
                page.uploads.append(upload);
            }
            isBehind = isBehind || upload.uploadId == uploadIdMarker;
        }
        return page;
    }, std::move(done));
}

CallHandle FakeStoreClient::uploadedParts(const ConnectionRecord &, const ObjectAddress &object, const QByteArray &uploadId, int marker,
                                          std::function<void(Result<PartPage>)> done)
{
    return answer<PartPage>("uploadedParts", object, [this, uploadId, marker]() -> Result<PartPage> {
        PartPage page;
        for (const StoredPart &part : std::as_const(parts[uploadId])) {
            if (part.partNumber.value() <= marker)
                continue;
            if (page.parts.size() == pageSize) {
                page.nextMarker = page.parts.last().partNumber.value();
                break;
            }
            page.parts.append(part);
        }
        return page;
    }, std::move(done), uploadId);
}

CallHandle FakeStoreClient::abortUpload(const ConnectionRecord &, const ObjectAddress &object, const QByteArray &uploadId,
                                        std::function<void(Result<void>)> done)
{
    return answer<void>("abortUpload", object, [this, uploadId]() -> Result<void> {
        uploads.removeIf([&uploadId](const UnfinishedUpload &upload) { return upload.uploadId == uploadId; });
        return {};
    }, std::move(done), uploadId);
}

CallHandle FakeStoreClient::abortRules(const ConnectionRecord &, const QByteArray &bucket, std::function<void(Result<QList<AbortRule>>)> done)
{
    return answer<QList<AbortRule>>("abortRules", {bucket, {}}, [this]() -> Result<QList<AbortRule>> { return rules; }, std::move(done));
}

CallHandle FakeStoreClient::createBucket(const ConnectionRecord &, const QByteArray &bucket, std::function<void(Result<void>)> done)
{
    return answer<void>("createBucket", {bucket, {}}, [this, bucket]() -> Result<void> {
        stored[bucket];
        return {};
    }, std::move(done));
}

CallHandle FakeStoreClient::testConnection(const ConnectionRecord &, const ObjectAddress &prefix, std::function<void(const ConnectionFinding &)> found,
                                           std::function<void()> done)
{
    return answer<void>("testConnection", prefix, []() -> Result<void> { return {}; }, [this, found = std::move(found), done = std::move(done)](const Result<void> &) {
        for (const ConnectionFinding &finding : std::as_const(findings))
            found(finding);
        done();
    });
}

}  // namespace packmule
