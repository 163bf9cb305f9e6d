// The second part of TransferEngine: whose turn it is, and when a command has ended.
#include "core/transfer/TransferEngine.h"

#include "core/transfer/KeyNaming.h"

#include <utility>

namespace packmule {

using Phase = QueuedTransfer::Phase;

bool TransferEngine::isWanted(const OpenRun &run) const
{
    return run.isWanted || run.asked > 0 || run.walk;
}

/// Once per turn of the event loop, however many ask.
void TransferEngine::scheduleFill()
{
    if (std::exchange(m_isFillScheduled, true))
        return;
    m_nextFill = m_scheduler.after(Milliseconds{0}, [this] {
        m_isFillScheduled = false;
        fill();
    });
}

void TransferEngine::fill()
{
    if (m_isShuttingDown)
        return;
    const auto mayGo = [this](const QueuedTransfer &transfer) { return m_running.hasRoomFor(transfer.source.size); };
    while (QueuedTransfer *next = m_book.queue().takeNext(mayGo))
        startUpload(*next);
    m_intake.resumeWalks();
}

void TransferEngine::startUpload(QueuedTransfer &transfer)
{
    OpenRun &run = *m_book.findRun(transfer.run);
    TransferRecord record = m_book.recordOf(transfer);
    if (record.state == TransferState::NeedsAttention || record.state == TransferState::Paused) {
        // Where it was before a person was needed; the server says how far it really is.
        record.state = record.uploadId.isEmpty() ? (record.createStarted ? TransferState::Creating : TransferState::Queued)
                                                 : TransferState::Sending;
    }
    record.error.reset();
    m_running.start({.record = std::move(record), .store = run.store, .options = &optionsFor(run, transfer), .cancelKeepingUpload = {}});
}

/// An uploader only to abort: the row is on the server, but nobody wants the object any more.
Result<void> TransferEngine::startRemoval(QueuedTransfer &transfer)
{
    OpenRun &run = *m_book.findRun(transfer.run);
    if (const Result<void> opened = openStoreOf(run); !opened) {
        Q_EMIT eventOccurred({.time = m_clock.wallNow(), .run = run.record.id, .transfer = transfer.id,
                              .source = transfer.sourcePath, .object = {run.command.bucket, transfer.key},
                              .body = FailedEvent{.error = opened.error(), .advice = {}, .isResumable = true}});
        return opened;
    }
    transfer.phase = Phase::Running;
    m_running.start({.record = m_book.recordOf(transfer), .store = run.store, .options = &optionsFor(run, transfer),
                     .cancelKeepingUpload = false});
    return {};
}

const PutOptions &TransferEngine::optionsFor(const OpenRun &run, const QueuedTransfer &transfer) const
{
    return run.sources.contains(transfer.sourcePath) ? run.namedSourceOptions : run.command.options;
}

void TransferEngine::onUploadEnded(const UploadOutcome &outcome, StopReason reason, const std::optional<Error> &stopError)
{
    const TransferId id = outcome.record.id;
    QueuedTransfer *transfer = m_book.queue().find(id);
    if (!transfer)
        return;
    const RunId run = transfer->run;
    bool isLive = false;
    switch (outcome.end) {
    case UploadOutcome::End::Done:
        tally(run, id, [&](RunTally &sum) { sum.addCompleted(outcome.record.source.size); });
        break;
    case UploadOutcome::End::Skipped:
        tally(run, id, [](RunTally &sum) { sum.addSkipped(); });
        break;
    case UploadOutcome::End::NeedsAttention:
    case UploadOutcome::End::Failed:
        isLive = true;
        tally(run, id, [&](RunTally &sum) { sum.addFailed(outcome.error.value_or(Error{})); });
        break;
    case UploadOutcome::End::Cancelled:
        break;
    case UploadOutcome::End::Stopped:
        isLive = true;
        if (reason == StopReason::GaveUp)
            tally(run, id, [&](RunTally &sum) { sum.addFailed(stopError.value_or(Error{})); });
        break;
    }
    m_book.queue().rest(*transfer);
    leave(*transfer);
    if (isLive) {
        m_book.keep(*transfer, outcome.record);
        if (transfer->isPaused)
            m_journal.record({SaveTransfer{m_book.recordOf(*transfer)}});
    } else {
        m_book.drop(*transfer);
    }
    m_changes.onEnded(id, outcome.end == UploadOutcome::End::Cancelled);
    OpenRun *open = m_book.findRun(run);
    if (open && open->tally.isHopeless())
        abandonLine(*open);
    scheduleFill();
    checkEnd(run);
    if (m_isShuttingDown && m_running.isEmpty())
        finishShutdown();
}

/// It was asked for, and has come to some end in this process.
void TransferEngine::leave(QueuedTransfer &transfer)
{
    OpenRun &run = *m_book.findRun(transfer.run);
    if (run.asked > 0 && std::exchange(transfer.isAsked, false))
        --run.asked;
    for (Resumption &resumption : m_resumptions)
        resumption.transfers.remove(transfer.id);
}

void TransferEngine::tally(RunId run, TransferId transfer, const std::function<void(RunTally &)> &add)
{
    if (OpenRun *open = m_book.findRun(run))
        add(open->tally);
    for (Resumption &resumption : m_resumptions) {
        if (resumption.runs.contains(run) || resumption.transfers.contains(transfer))
            add(resumption.tally);
    }
}

/// The limits on waiting (cli.md, "When a command ends"): two for the network, one for credentials.
void TransferEngine::checkPatience()
{
    const MonotonicTime now = m_clock.now();
    QList<RunId> ended;
    for (const auto &[connection, store] : m_stores.opened()) {
        const bool hasRoute = !m_options.canReach || m_options.canReach(store.host);
        store.patience->look(*store.health, hasRoute, now);
        const bool isNeverReached = store.patience->isNeverReached(*store.health);
        for (auto &[id, run] : m_book.runs()) {
            if (run.store != &store || run.hasGivenUp || !run.isBusy())
                continue;
            if (const auto tooLong = reasonToGiveUp(run, now))
                giveUp(run, *tooLong, false);
            else if (isNeverReached)
                giveUp(run, store.patience->lastFault.value_or(Error{}), true);
            else
                continue;
            ended.append(id);
        }
    }
    for (const RunId id : std::as_const(ended))
        checkEnd(id);
}

/// What was waited for long enough. Credentials do not come while the network is away.
std::optional<Error> TransferEngine::reasonToGiveUp(const OpenRun &run, MonotonicTime now) const
{
    const EndpointPatience &patience = *run.store->patience;
    const Outage &credentials = *run.store->credentials;
    const std::optional<Milliseconds> maxWait = run.command.options.maxWait;
    if (maxWait && patience.lostSince && patience.lostFor(now) >= *maxWait)
        return patience.lastFault;
    // Expired ones may be renewed while a command waits; those that were never there take a person (cli.md).
    const bool isMissing = m_options.credentialsPatience && credentials.isOn() && credentials.error()->kind == ErrorKind::CredentialsMissing;
    const auto limit = isMissing ? Milliseconds{0} : maxWait ? maxWait : m_options.credentialsPatience;
    if (limit && credentials.isOn() && run.store->health->isReachable() && now - *credentials.began() >= *limit)
        return credentials.error();
    return std::nullopt;
}

/// @param isNeverReached a transfer that already has an upload id waits on all the same: the host was there once.
void TransferEngine::giveUp(OpenRun &run, const Error &error, bool isNeverReached)
{
    bool isAnyLeft = false;
    for (const RunningUploads::View &view : m_running.views()) {
        if (view.uploader->record().run != run.record.id)
            continue;
        if (isNeverReached && !view.uploader->record().uploadId.isEmpty())
            isAnyLeft = true;
        else
            m_running.stop(view.transfer, StopReason::GaveUp, error);
    }
    if (isNeverReached && !isAnyLeft)
        tally(run.record.id, 0, [](RunTally &sum) { sum.noteNeverReachable(); });
    run.hasGivenUp = !isAnyLeft;  // else --max-wait is still to come
    abandonLine(run);
}

/// What is still in line stays in the journal, resumable; nobody waits for it any more.
void TransferEngine::abandonLine(OpenRun &run)
{
    const RunId id = run.record.id;
    if (run.walk)
        m_intake.stop(id);
    QList<TransferId> left;
    m_book.queue().forEach([&](const QueuedTransfer &transfer) {
        if (transfer.run == id && (transfer.phase == Phase::Ready || transfer.phase == Phase::Saving))
            left.append(transfer.id);
    });
    for (const TransferId transferId : std::as_const(left)) {
        QueuedTransfer &transfer = *m_book.queue().find(transferId);
        tally(id, transferId, [](RunTally &sum) { sum.addUntried(1); });
        m_book.queue().rest(transfer);
        leave(transfer);
    }
    if (!left.isEmpty()) {
        Q_EMIT eventOccurred({.time = m_clock.wallNow(), .run = id, .source = {}, .object = {},
                              .body = NoticeEvent{QStringLiteral("%1 more files were not tried; they stay in the queue").arg(left.size())}});
    }
}

void TransferEngine::checkEnd(RunId id)
{
    OpenRun *run = m_book.findRun(id);
    if (!run || m_isShuttingDown)
        return;
    if (run->isBusy()) {
        checkResumptions();  // one of a single transfer ends before its run does
        return;
    }
    if (run->live == 0 && run->record.scanComplete && !run->hasRefusals && !run->record.ended)
        closeRun(*run);
    else if (std::exchange(run->isWanted, false))
        finishRun(id);
    checkResumptions();
}

/// The run's end is durable before anybody is told (K11).
void TransferEngine::closeRun(OpenRun &run)
{
    run.record.ended = m_clock.wallNow();
    ++run.savingBatches;
    m_calls.keep([&](std::function<void()> forget) {
        return m_journal.commit({SaveRun{run.record}}, [this, id = run.record.id, forget = std::move(forget)](const Result<void> &) {
            forget();
            OpenRun &ended = *m_book.findRun(id);
            --ended.savingBatches;
            if (std::exchange(ended.isWanted, false))
                finishRun(id);
            checkResumptions();
        });
    });
}

/// Waits a little for uploads given up on the way, so that nothing of ours stays on the server, then tells the end.
void TransferEngine::finishRun(RunId id)
{
    const auto tell = [this, id] {
        OpenRun *run = m_book.findRun(id);
        if (!run)
            return;
        const RunOutcome outcome = run->tally.outcome(m_isShuttingDown);
        if (run->record.ended)
            m_book.removeRun(id);
        else
            run->hasGivenUp = false;
        tellEnd(id, outcome);
    };
    whenOrphansAreGone(tell);
}

void TransferEngine::whenOrphansAreGone(const std::function<void()> &then)
{
    if (m_orphans.isBusy() && !m_isShuttingDown) {
        m_ends.push_back(then);
        if (m_ends.size() == 1)
            m_orphanWait = m_scheduler.after(kOrphanPatience, [this] { runEnds(); });
        return;
    }
    then();
}

void TransferEngine::runEnds()
{
    m_orphanWait.cancel();
    for (const auto &end : std::exchange(m_ends, {}))
        end();
}

void TransferEngine::tellEnd(RunId run, const RunOutcome &outcome)
{
    Q_EMIT eventOccurred({.time = m_clock.wallNow(), .run = run, .source = {}, .object = {}, .body = outcome.summary});
    Q_EMIT runEnded(run, outcome);
}

}  // namespace packmule
