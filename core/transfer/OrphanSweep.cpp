#include "core/transfer/OrphanSweep.h"

#include "core/base/LogCategories.h"
#include "core/transfer/UploadAbort.h"

#include <memory>
#include <utility>

namespace packmule {

namespace {

constexpr Milliseconds kClockDoubt = std::chrono::minutes(2);  // facts B3, K2
/// Gone, or not to be known with these credentials: leave it. Anything else may go better the next time.
bool isFinalForCandidate(ErrorKind kind)
{
    return kind == ErrorKind::NoSuchUpload || kind == ErrorKind::NoSuchKey || kind == ErrorKind::AccessDenied || kind == ErrorKind::ServiceRefused;
}

constexpr int kMaxPages = 100;  // only uploads of our key are asked for; more is a listing that goes round

struct SweepRun : std::enable_shared_from_this<SweepRun> {
    SweepRun(ObjectStore &theStore, Scheduler &theScheduler) : store(theStore), scheduler(theScheduler) {}

    void list(const QByteArray &keyMarker, const QByteArray &uploadIdMarker);
    void onPage(const Result<UploadPage> &page);
    void nextCandidate();
    void onParts(const QByteArray &uploadId, const Result<PartPage> &page);
    void finish(const Result<void> &result);
    void count()
    {
        if (requests)
            ++*requests;
    }

    ObjectStore &store;
    Scheduler &scheduler;
    ObjectAddress object;
    QByteArray ownUploadId;
    WallTime earliest{};
    int *requests = nullptr;
    Done<void> done;
    QList<QByteArray> candidates;
    int pages = 0;
    CallHandle call;
};

void SweepRun::list(const QByteArray &keyMarker, const QByteArray &uploadIdMarker)
{
    count();
    call = store.listMultipartUploads(object.bucket, object.key, keyMarker, uploadIdMarker,
                                      [this](const Result<UploadPage> &page) { onPage(page); });
}

void SweepRun::onPage(const Result<UploadPage> &page)
{
    if (!page) {
        finish(std::unexpected(page.error()));
        return;
    }
    for (const UnfinishedUpload &upload : page->uploads) {
        const bool isOfOurKey = upload.object.key == object.key;  // the prefix is only a prefix
        if (isOfOurKey && upload.uploadId != ownUploadId && upload.initiated >= earliest)
            candidates.append(upload.uploadId);
    }
    const bool hasMore = !page->nextKeyMarker.isEmpty() || !page->nextUploadIdMarker.isEmpty();
    if (hasMore && ++pages < kMaxPages)
        list(page->nextKeyMarker, page->nextUploadIdMarker);
    else
        nextCandidate();
}

void SweepRun::nextCandidate()
{
    if (candidates.isEmpty()) {
        finish({});
        return;
    }
    const QByteArray uploadId = candidates.takeFirst();
    count();
    call = store.listParts(object, uploadId, 0, 1, [this, uploadId](const Result<PartPage> &page) { onParts(uploadId, page); });
}

void SweepRun::onParts(const QByteArray &uploadId, const Result<PartPage> &page)
{
    if (!page && !isFinalForCandidate(page.error().kind)) {
        finish(std::unexpected(page.error()));
        return;
    }
    if (!page || !page->parts.isEmpty()) {
        nextCandidate();  // somebody's work, or not to be known
        return;
    }
    qCInfo(lcTransfer) << "aborting the empty upload" << uploadId << "that an interrupted Create of ours left behind";
    call = abortUntilGone(store, scheduler, object, uploadId, requests, [this](const Result<void> &aborted) {
        if (!aborted && !isFinalForCandidate(aborted.error().kind))
            finish(aborted);
        else
            nextCandidate();
    });
}

void SweepRun::finish(const Result<void> &result)
{
    const auto self = shared_from_this();
    const auto run = std::exchange(done, nullptr);
    run(result);
}

}  // namespace

CallHandle sweepOrphans(ObjectStore &store, Scheduler &scheduler, const ObjectAddress &object, const QByteArray &ownUploadId,
                        WallTime createStarted, int *requests, Done<void> done)
{
    auto run = std::make_shared<SweepRun>(store, scheduler);
    run->object = object;
    run->ownUploadId = ownUploadId;
    run->earliest = createStarted - kClockDoubt;
    run->requests = requests;
    run->done = std::move(done);
    run->list({}, {});
    return CallHandle([run] { run->call.cancel(); });
}

}  // namespace packmule
