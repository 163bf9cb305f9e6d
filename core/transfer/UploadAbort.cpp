#include "core/transfer/UploadAbort.h"

#include <memory>
#include <utility>

namespace packmule {

namespace {

constexpr int kMaxRounds = 5;
constexpr Milliseconds kFirstPause{500};

/// Gone as it should be, or nobody will tell us.
bool isEnough(ErrorKind kind)
{
    return kind == ErrorKind::NoSuchUpload || kind == ErrorKind::NoSuchKey || kind == ErrorKind::AccessDenied || kind == ErrorKind::ServiceRefused;
}

struct AbortRun : std::enable_shared_from_this<AbortRun> {
    AbortRun(ObjectStore &theStore, Scheduler &theScheduler) : store(theStore), scheduler(theScheduler) {}

    void abort();
    void look();
    void onLook(const Result<PartPage> &page);
    void finish(const Result<void> &result);
    void count()
    {
        if (requests)
            ++*requests;
    }

    ObjectStore &store;
    Scheduler &scheduler;
    ObjectAddress object;
    QByteArray uploadId;
    int *requests = nullptr;
    Done<void> done;
    int round = 0;
    CallHandle call;
};

void AbortRun::abort()
{
    count();
    call = store.abortMultipartUpload(object, uploadId, [this](const Result<void> &aborted) {
        if (aborted)
            look();
        else
            finish(aborted);
    });
}

void AbortRun::look()
{
    count();
    call = store.listParts(object, uploadId, 0, 1, [this](const Result<PartPage> &page) { onLook(page); });
}

void AbortRun::onLook(const Result<PartPage> &page)
{
    if (!page && isEnough(page.error().kind)) {
        finish({});
    } else if (!page) {
        finish(std::unexpected(page.error()));
    } else if (++round >= kMaxRounds) {
        finish(failure(ErrorKind::ServerFault, QStringLiteral("the store lists the upload although it was aborted")));
    } else {
        call = scheduler.after(kFirstPause * (1 << (round - 1)), [this] { abort(); });
    }
}

void AbortRun::finish(const Result<void> &result)
{
    const auto self = shared_from_this();  // `done` may drop the handle, and with it us
    const auto run = std::exchange(done, nullptr);
    run(result);
}

}  // namespace

CallHandle abortUntilGone(ObjectStore &store, Scheduler &scheduler, const ObjectAddress &object, const QByteArray &uploadId,
                          int *requests, Done<void> done)
{
    auto run = std::make_shared<AbortRun>(store, scheduler);
    run->object = object;
    run->uploadId = uploadId;
    run->requests = requests;
    run->done = std::move(done);
    run->abort();
    return CallHandle([run] { run->call.cancel(); });
}

}  // namespace packmule
