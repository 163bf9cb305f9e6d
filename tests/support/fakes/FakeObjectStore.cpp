#include "tests/support/fakes/FakeObjectStore.h"

#include <utility>

namespace packmule {

namespace {

QByteArray readBody(const ObjectBody &body)
{
    return body.device ? body.device->readAll() : QByteArray();
}

std::function<void()> bodySent(const ByteProgress &progress, ByteCount size)
{
    return [progress, size] {
        if (progress)
            progress(size, size);
    };
}

/// What the transport says when the body device ends early.
template<typename T>
Result<T> shortBody()
{
    return failure(ErrorKind::LocalIo, QStringLiteral("the body ended early"));
}

}  // namespace

FakeObjectStore::FakeObjectStore(FakeScheduler &scheduler, const QByteArray &bucket) : m_scheduler(scheduler)
{
    model.buckets[bucket];
}

void FakeObjectStore::script(FakeOperation operation, int partNumber, int attempt, const FakeAnswer &answer)
{
    m_script.prepend({operation, partNumber, attempt, 0, answer});
}

void FakeObjectStore::always(FakeOperation operation, ErrorKind kind)
{
    FakeAnswer answer;
    answer.error = Error::make(kind, QStringLiteral("scripted"));
    script(operation, 0, 0, answer);
}

void FakeObjectStore::scriptNth(FakeOperation operation, int nth, const FakeAnswer &answer)
{
    m_script.prepend({operation, 0, 0, nth, answer});
}

int FakeObjectStore::count(FakeOperation operation) const
{
    return static_cast<int>(std::ranges::count(requests, operation, &FakeRequest::operation));
}

/// Numbers and remembers the request, then finds how it is answered.
FakeAnswer FakeObjectStore::answerTo(FakeRequest &request)
{
    request.at = m_scheduler.clock().now();
    request.attempt = ++m_attempts[{static_cast<int>(request.operation), request.object.key, request.partNumber}];
    const int nth = count(request.operation) + 1;
    requests.append(request);
    if (onRequest)
        onRequest(request);
    if (answerer) {
        if (const std::optional<FakeAnswer> given = answerer(request))
            return *given;
    }
    for (const Script &script : std::as_const(m_script)) {
        if (script.operation == request.operation && (script.partNumber == 0 || script.partNumber == request.partNumber)
            && (script.attempt == 0 || script.attempt == request.attempt) && (script.nth == 0 || script.nth == nth))
            return script.answer;
    }
    return {};
}

template<typename T>
CallHandle FakeObjectStore::answer(FakeRequest request, std::function<Result<T>()> effect, Done<T> done, std::function<void()> onBodySent,
                                   const std::shared_ptr<bool> &isSentTwice)
{
    const FakeAnswer how = answerTo(request);
    if (isSentTwice)
        *isSentTwice = how.isSentTwice;
    if (how.isNever)
        return CallHandle([] {});
    const bool isPart = request.operation == FakeOperation::UploadPart || request.operation == FakeOperation::Put;
    ++*m_inFlight;
    *m_partsInFlight += isPart ? 1 : 0;
    m_mostParts = std::max(m_mostParts, *m_partsInFlight);
    auto isOpen = std::make_shared<bool>(true);
    const auto leave = [isOpen, isPart, calls = m_inFlight, parts = m_partsInFlight] {
        if (std::exchange(*isOpen, false)) {
            --*calls;
            *parts -= isPart ? 1 : 0;
        }
    };
    const auto run = [how, leave, isOpen, effect = std::move(effect), done = std::move(done), onBodySent = std::move(onBodySent)] {
        const bool isHeard = *isOpen;
        if (isHeard && onBodySent && (!how.error || how.isExecuted))  // a dropped call is silent, although its effect may come
            onBodySent();
        leave();
        Result<T> result = !how.error || how.isExecuted ? effect() : Result<T>(std::unexpected(*how.error));
        if (how.error)
            result = std::unexpected(*how.error);
        if (isHeard)
            done(std::move(result));
    };
    auto timer = std::make_shared<CallHandle>(m_scheduler.after(latency + how.delay, run));
    if (how.landsWhenDropped) {
        m_landings.append(timer);
        return CallHandle(leave);
    }
    return CallHandle([timer, leave] {
        timer->cancel();
        leave();
    });
}

CallHandle FakeObjectStore::createMultipartUpload(const ObjectAddress &object, const ObjectSettings &settings,
                                                  const IntegrityPlan &integrity, Done<CreatedUpload> done)
{
    FakeRequest request{.operation = FakeOperation::Create, .object = object, .integrity = integrity, .settings = settings};
    const auto isSentTwice = std::make_shared<bool>(false);
    const auto effect = [=, this] {
        if (*isSentTwice)
            (void)model.create(object, settings, integrity, serverNow());
        Result<CreatedUpload> created = model.create(object, settings, integrity, serverNow());
        if (created)
            created->mayHaveTwin = *isSentTwice;
        return created;
    };
    return answer<CreatedUpload>(request, effect, std::move(done), {}, isSentTwice);
}

CallHandle FakeObjectStore::uploadPart(const PartAddress &part, const IntegrityPlan &integrity, ObjectBody body,
                                       ByteProgress progress, Done<PartReceipt> done)
{
    FakeRequest request{.operation = FakeOperation::UploadPart, .object = part.object, .uploadId = part.uploadId,
                        .partNumber = part.partNumber.value(), .integrity = integrity, .bodySize = body.size, .digests = body.digests};
    auto shared = std::make_shared<ObjectBody>(std::move(body));
    const auto effect = [=, this]() -> Result<PartReceipt> {
        const QByteArray content = readBody(*shared);
        if (ByteCount(content.size()) != shared->size)
            return shortBody<PartReceipt>();
        return model.uploadPart(part, integrity, content, shared->digests);
    };
    return answer<PartReceipt>(request, effect, std::move(done), bodySent(progress, shared->size));
}

CallHandle FakeObjectStore::listParts(const ObjectAddress &object, const QByteArray &uploadId, int marker, int pageSize,
                                      Done<PartPage> done)
{
    FakeRequest request{.operation = FakeOperation::ListParts, .object = object, .uploadId = uploadId, .partNumber = marker};
    return answer<PartPage>(request, [=, this] { return model.listParts(uploadId, marker, pageSize); }, std::move(done));
}

CallHandle FakeObjectStore::completeMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId,
                                                    const CompleteRequest &complete, Done<StoredObject> done)
{
    FakeRequest request{.operation = FakeOperation::Complete, .object = object, .uploadId = uploadId, .complete = complete,
                        .ifNoneMatch = complete.ifNoneMatch};
    return answer<StoredObject>(request, [=, this] { return model.complete(object, uploadId, complete, serverNow()); }, std::move(done));
}

CallHandle FakeObjectStore::abortMultipartUpload(const ObjectAddress &object, const QByteArray &uploadId, Done<void> done)
{
    FakeRequest request{.operation = FakeOperation::Abort, .object = object, .uploadId = uploadId};
    return answer<void>(request, [=, this] { return model.abort(uploadId); }, std::move(done));
}

CallHandle FakeObjectStore::listMultipartUploads(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &,
                                                 const QByteArray &, Done<UploadPage> done)
{
    FakeRequest request{.operation = FakeOperation::ListUploads, .object = {bucket, prefix}};
    return answer<UploadPage>(request, [=, this] { return model.listUploads(bucket, prefix); }, std::move(done));
}

CallHandle FakeObjectStore::putObject(const ObjectAddress &object, const ObjectSettings &settings,
                                      const IntegrityPlan &integrity, ObjectBody body, bool ifNoneMatch,
                                      ByteProgress progress, Done<StoredObject> done)
{
    FakeRequest request{.operation = FakeOperation::Put, .object = object, .integrity = integrity, .bodySize = body.size,
                        .digests = body.digests, .settings = settings, .ifNoneMatch = ifNoneMatch};
    auto shared = std::make_shared<ObjectBody>(std::move(body));
    const auto effect = [=, this]() -> Result<StoredObject> {
        const QByteArray content = readBody(*shared);
        if (ByteCount(content.size()) != shared->size)
            return shortBody<StoredObject>();
        return model.put(object, settings, integrity, content, shared->digests, ifNoneMatch, serverNow());
    };
    return answer<StoredObject>(request, effect, std::move(done), bodySent(progress, shared->size));
}

CallHandle FakeObjectStore::headObject(const ObjectAddress &object, Done<ObjectHead> done)
{
    return answer<ObjectHead>({.operation = FakeOperation::Head, .object = object}, [=, this] { return model.head(object); }, std::move(done));
}

CallHandle FakeObjectStore::getObject(const ObjectAddress &object, std::optional<ByteRange> range,
                                      std::function<void(const QByteArray &)> sink, Done<ObjectHead> done)
{
    const auto effect = [=, this] {
        Result<ObjectHead> head = model.head(object);
        if (head && sink) {
            const QByteArray content = model.object(object)->content;
            sink(range ? content.mid(range->first, range->last - range->first + 1) : content);
        }
        return head;
    };
    return answer<ObjectHead>({.operation = FakeOperation::Get, .object = object}, effect, std::move(done));
}

CallHandle FakeObjectStore::deleteObject(const ObjectAddress &object, Done<void> done)
{
    const auto effect = [=, this]() -> Result<void> {
        model.buckets[object.bucket].erase(object.key);
        return {};
    };
    return answer<void>({.operation = FakeOperation::Delete, .object = object}, effect, std::move(done));
}

CallHandle FakeObjectStore::listObjects(const QByteArray &bucket, const QByteArray &prefix, const QByteArray &,
                                        const QByteArray &, Done<ObjectPage> done)
{
    return answer<ObjectPage>({.operation = FakeOperation::ListObjects, .object = {bucket, prefix}}, [=, this] { return model.list(bucket, prefix); }, std::move(done));
}

CallHandle FakeObjectStore::listBuckets(Done<QList<BucketSummary>> done)
{
    const auto effect = [this]() -> Result<QList<BucketSummary>> {
        QList<BucketSummary> all;
        for (const auto &[name, objects] : model.buckets)
            all.append({.name = name, .created = {}});
        return all;
    };
    return answer<QList<BucketSummary>>({.operation = FakeOperation::ListBuckets}, effect, std::move(done));
}

CallHandle FakeObjectStore::headBucket(const QByteArray &bucket, Done<void> done)
{
    const auto effect = [=, this]() -> Result<void> {
        if (!model.buckets.contains(bucket))
            return failure(ErrorKind::NoSuchBucket, QStringLiteral("no such bucket"));
        return {};
    };
    return answer<void>({.operation = FakeOperation::HeadBucket, .object = {bucket, {}}}, effect, std::move(done));
}

CallHandle FakeObjectStore::createBucket(const QByteArray &bucket, Done<void> done)
{
    const auto effect = [=, this]() -> Result<void> {
        model.buckets[bucket];
        return {};
    };
    return answer<void>({.operation = FakeOperation::CreateBucket, .object = {bucket, {}}}, effect, std::move(done));
}

CallHandle FakeObjectStore::deleteBucket(const QByteArray &bucket, Done<void> done)
{
    const auto effect = [=, this]() -> Result<void> {
        model.buckets.erase(bucket);
        return {};
    };
    return answer<void>({.operation = FakeOperation::DeleteBucket, .object = {bucket, {}}}, effect, std::move(done));
}

CallHandle FakeObjectStore::bucketConfiguration(const QByteArray &bucket, const QByteArray &subresource, Done<QByteArray> done)
{
    return answer<QByteArray>({.operation = FakeOperation::Configuration, .object = {bucket, {}}}, [this, subresource]() -> Result<QByteArray> { return configurations.value(subresource); }, std::move(done));
}

}  // namespace packmule
