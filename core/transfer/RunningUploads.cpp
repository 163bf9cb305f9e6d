#include "core/transfer/RunningUploads.h"

#include <utility>

namespace packmule {

namespace {

constexpr Milliseconds kQuietProgress{1'000};  // nothing moves: the rate still falls, and people see it

bool isEnd(const TransferEventBody &body)
{
    return std::holds_alternative<CompletedEvent>(body) || std::holds_alternative<SkippedEvent>(body)
        || std::holds_alternative<FailedEvent>(body) || std::holds_alternative<CancelledEvent>(body)
        || std::holds_alternative<PausedEvent>(body);
}

}  // namespace

struct RunningUploads::Upload {
    TransferId id = 0;
    RunId run = 0;
    QByteArray source;
    ObjectAddress object;
    OpenedStore *store = nullptr;
    bool isLarge = false, isEndTold = false;
    StopReason stopReason = StopReason::None;
    std::optional<Error> stopError;
    MonotonicTime started{}, lastProgress{};
    ProgressMeter meter;
    ByteCount toldSent, toldConfirmed;
    std::optional<WaitingEvent> waiting;
    std::unique_ptr<Uploader> uploader;
};

RunningUploads::RunningUploads(Journal &journal, PartHasher &hasher, Clock &clock, Scheduler &scheduler, PartSlots &slots,
                               UploaderFactory makeUploader, Observer observer)
    : m_journal(journal), m_hasher(hasher), m_clock(clock), m_scheduler(scheduler), m_slots(slots),
      m_makeUploader(std::move(makeUploader)), m_observer(std::move(observer))
{
}

RunningUploads::~RunningUploads() = default;

bool RunningUploads::hasRoomFor(ByteCount size) const
{
    const int large = 2 * m_slots.count();
    if (size > kSmallSize)
        return m_large < large;
    return static_cast<int>(m_uploads.size()) < large + kSmallWindow;
}

void RunningUploads::start(Start start)
{
    auto upload = std::make_unique<Upload>();
    const TransferId id = start.record.id;
    upload->id = id;
    upload->run = start.record.run;
    upload->source = start.record.sourcePath;
    upload->object = start.record.object;
    upload->store = start.store;
    upload->isLarge = start.record.source.size > kSmallSize;
    upload->started = m_clock.now();
    upload->lastProgress = upload->started;
    upload->meter = ProgressMeter(start.record.source.size, ByteCount{}, upload->started);
    start.store->patience->begin(upload->started);
    UploadContext context{.store = *start.store->open.store, .limits = start.store->open.limits, .journal = m_journal,
                          .slots = m_slots, .hasher = m_hasher, .health = *start.store->health, .credentials = *start.store->credentials, .clock = m_clock,
                          .scheduler = m_scheduler, .newOrphanId = newOrphanId, .openSource = openSource};
    Uploader::Observer observer{.onEvent = [this, id](TransferEventBody body) { onUploaderEvent(id, std::move(body)); },
                                .onFinished = [this, id](const UploadOutcome &outcome) { onUploaderFinished(id, outcome); }};
    upload->uploader = m_makeUploader(std::move(context), std::move(start.record), *start.options, std::move(observer));
    Uploader &uploader = *upload->uploader;
    m_large += upload->isLarge ? 1 : 0;
    m_uploads[id] = std::move(upload);
    startTicking();
    if (start.cancelKeepingUpload)
        uploader.cancel(*start.cancelKeepingUpload);
    else
        uploader.start();
}

void RunningUploads::stop(TransferId transfer, StopReason reason, const std::optional<Error> &error)
{
    const auto found = m_uploads.find(transfer);
    if (found == m_uploads.end() || found->second->stopReason != StopReason::None)
        return;
    found->second->stopReason = reason;
    found->second->stopError = error;
    found->second->uploader->stop();
}

void RunningUploads::stopAll(StopReason reason)
{
    std::vector<TransferId> ids;
    for (const auto &[id, upload] : m_uploads)
        ids.push_back(id);
    for (const TransferId id : ids)
        stop(id, reason);
}

void RunningUploads::cancel(TransferId transfer, bool keepUpload)
{
    if (const auto found = m_uploads.find(transfer); found != m_uploads.end())
        found->second->uploader->cancel(keepUpload);
}

void RunningUploads::wakeAll()
{
    for (const auto &[id, upload] : m_uploads)
        upload->uploader->wake();
}

void RunningUploads::destroyAll()
{
    m_tick.cancel();
    m_sweep.cancel();
    m_uploads.clear();
    m_ended.clear();
    m_large = 0;
    m_isTicking = false;
}

std::optional<RunningUploads::View> RunningUploads::view(TransferId transfer) const
{
    const auto found = m_uploads.find(transfer);
    if (found == m_uploads.end())
        return std::nullopt;
    const Upload &upload = *found->second;
    return View{upload.id, upload.store, upload.uploader.get(), &upload.meter, &upload.waiting};
}

std::vector<RunningUploads::View> RunningUploads::views() const
{
    std::vector<View> all;
    for (const auto &[id, upload] : m_uploads)
        all.push_back({id, upload->store, upload->uploader.get(), &upload->meter, &upload->waiting});
    return all;
}

void RunningUploads::onUploaderEvent(TransferId transfer, TransferEventBody body)
{
    const auto found = m_uploads.find(transfer);
    if (found == m_uploads.end())
        return;
    Upload &upload = *found->second;
    if (isEnd(body)) {
        if (std::exchange(upload.isEndTold, true))
            return;
    }
    if (const auto *waiting = std::get_if<WaitingEvent>(&body))
        upload.waiting = *waiting;
    else if (!std::holds_alternative<NoticeEvent>(body))
        upload.waiting.reset();
    if (const auto *begun = std::get_if<StartedEvent>(&body)) {
        // Only now is the file's size known for certain, and what earlier attempts have stored.
        upload.meter = ProgressMeter(begun->size, upload.uploader->bytesConfirmed(), m_clock.now());
    }
    emitEvent(upload, std::move(body));
}

void RunningUploads::onUploaderFinished(TransferId transfer, const UploadOutcome &outcome)
{
    auto node = m_uploads.extract(transfer);
    if (node.empty())
        return;
    m_ended.push_back(std::move(node.mapped()));
    Upload &upload = *m_ended.back();
    m_large -= upload.isLarge ? 1 : 0;
    if (m_ended.size() == 1)
        m_sweep = m_scheduler.after(Milliseconds{0}, [this] { std::exchange(m_ended, {}); });
    if (!upload.isEndTold)
        tellEnd(upload, outcome);
    m_observer.onEnded(outcome, upload.stopReason, upload.stopError);
}

/// The uploader may have told its end itself; this is for those it leaves to us.
void RunningUploads::tellEnd(Upload &upload, const UploadOutcome &outcome)
{
    const TransferRecord &record = outcome.record;
    switch (outcome.end) {
    case UploadOutcome::End::Done:
        emitEvent(upload, CompletedEvent{.size = record.source.size, .eTag = record.eTag, .checksum = record.checksum,
                                         .seconds = m_clock.now() - upload.started, .bytesSent = upload.uploader->bytesSent(),
                                         .requests = upload.uploader->requests(), .isVerified = record.isVerified});
        break;
    case UploadOutcome::End::Skipped:
        emitEvent(upload, SkippedEvent{SkipReason::ObjectExists});
        break;
    case UploadOutcome::End::NeedsAttention:
    case UploadOutcome::End::Failed:
        emitEvent(upload, FailedEvent{.error = outcome.error.value_or(Error{}), .advice = {},
                                      .isResumable = outcome.end == UploadOutcome::End::NeedsAttention});
        break;
    case UploadOutcome::End::Cancelled:
        emitEvent(upload, CancelledEvent{});
        break;
    case UploadOutcome::End::Stopped:
        if (upload.stopReason == StopReason::Paused)
            emitEvent(upload, PausedEvent{});
        else if (upload.stopReason == StopReason::GaveUp)
            emitEvent(upload, FailedEvent{.error = upload.stopError.value_or(Error{}), .advice = {}, .isResumable = true});
        break;
    }
}

void RunningUploads::emitEvent(const Upload &upload, TransferEventBody body)
{
    m_observer.onEvent({.time = m_clock.wallNow(), .run = upload.run, .transfer = upload.id, .source = upload.source,
                        .object = upload.object, .body = std::move(body)});
}

void RunningUploads::startTicking()
{
    if (!std::exchange(m_isTicking, true))
        m_tick = m_scheduler.after(kTick, [this] { tick(); });
}

void RunningUploads::tick()
{
    m_isTicking = !m_uploads.empty();
    if (!m_isTicking)
        return;
    m_tick = m_scheduler.after(kTick, [this] { tick(); });
    const MonotonicTime now = m_clock.now();
    for (const auto &[id, upload] : m_uploads) {
        const ByteCount sent = upload->uploader->bytesSent(), confirmed = upload->uploader->bytesConfirmed();
        upload->meter.update(sent, confirmed, now);
        const bool hasMoved = upload->meter.sent() != upload->toldSent || upload->meter.confirmed() != upload->toldConfirmed;
        const bool isDue = !upload->waiting && upload->meter.bytesPerSecond() >= 1 && now - upload->lastProgress >= kQuietProgress;
        if (!hasMoved && !isDue)
            continue;
        upload->toldSent = upload->meter.sent();
        upload->toldConfirmed = upload->meter.confirmed();
        upload->lastProgress = now;
        emitEvent(*upload, ProgressEvent{.sent = upload->toldSent, .confirmed = upload->toldConfirmed, .size = upload->meter.size(),
                                         .rate = upload->meter.bytesPerSecond(), .eta = upload->meter.timeLeft()});
    }
    m_observer.onTick();
}

}  // namespace packmule
