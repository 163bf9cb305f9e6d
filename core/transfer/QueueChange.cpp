#include "core/transfer/QueueChange.h"

#include <utility>

namespace packmule {

using Phase = QueuedTransfer::Phase;

QueueChange::QueueChange(TransferBook &book, RunningUploads &running, Journal &journal, Clock &clock, Observer observer)
    : m_book(book), m_running(running), m_journal(journal), m_clock(clock), m_observer(std::move(observer))
{
}

void QueueChange::apply(QueueVerb verb, QList<TransferId> transfers, std::function<void(Result<int>)> done)
{
    for (const TransferId id : std::as_const(transfers)) {
        if (!m_book.wasGiven(id)) {
            done(failure(ErrorKind::NoSuchKey, QStringLiteral("there is no transfer with the number %1").arg(id)));
            return;
        }
    }
    if (transfers.isEmpty())
        m_book.queue().forEach([&transfers](const QueuedTransfer &transfer) { transfers.append(transfer.id); });
    if (verb == QueueVerb::Remove || verb == QueueVerb::RemoveKeepingUpload) {
        remove(std::move(transfers), verb == QueueVerb::RemoveKeepingUpload, std::move(done));
        return;
    }
    if (verb == QueueVerb::Pause) {
        pause(transfers, std::move(done));
        return;
    }
    JournalBatch batch;
    int changed = 0;
    for (const TransferId id : std::as_const(transfers)) {
        if (QueuedTransfer *transfer = m_book.queue().find(id))
            changed += resume(*transfer, batch) ? 1 : 0;
    }
    commit(std::move(batch), [changed, done = std::move(done)](const Result<void> &saved) {
        done(saved ? Result<int>(changed) : std::unexpected(saved.error()));
    });
}

void QueueChange::move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    JournalBatch batch;
    const QSet<TransferId> wanted(transfers.begin(), transfers.end());
    int moved = 0;
    for (const TransferId id : m_book.queue().reorder(move, wanted)) {
        batch.append(SaveTransfer{m_book.recordOf(*m_book.queue().find(id))});
        moved += wanted.contains(id) ? 1 : 0;
    }
    commit(std::move(batch), [moved, done = std::move(done)](const Result<void> &saved) {
        done(saved ? Result<int>(moved) : std::unexpected(saved.error()));
    });
}

/// Who is told "paused" may pull the plug: so not before the rows say it. What runs has its row when it has stopped.
void QueueChange::pause(const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    m_pending.push_back({.left = {0}, .paused = {}, .changed = 0, .done = std::move(done)});
    const auto place = std::prev(m_pending.end());
    JournalBatch batch;
    for (const TransferId id : transfers) {
        QueuedTransfer *transfer = m_book.queue().find(id);
        if (!transfer || transfer->isPaused || (transfer->begun && transfer->begun->state == TransferState::Cancelling))
            continue;
        ++place->changed;
        transfer->isPaused = true;
        if (transfer->phase == Phase::Running) {
            place->left.insert(id);
            place->paused.append(id);
            m_running.stop(id, StopReason::Paused);
        } else {
            pauseResting(*transfer, batch);
        }
    }
    commit(std::move(batch), [this, place](const Result<void> &saved) {
        place->left.erase(0);
        if (!saved) {
            const auto refused = std::move(place->done);
            m_pending.erase(place);
            refused(std::unexpected(saved.error()));
        }
        settle();
    });
}

void QueueChange::pauseResting(QueuedTransfer &transfer, JournalBatch &batch)
{
    batch.append(SaveTransfer{m_book.recordOf(transfer)});
    if (transfer.phase != Phase::Resting) {
        m_book.queue().rest(transfer);
        m_observer.onLeft(transfer);
    }
    tell(transfer, PausedEvent{});
}

bool QueueChange::resume(QueuedTransfer &transfer, JournalBatch &batch)
{
    if (transfer.phase != Phase::Resting || (transfer.begun && transfer.begun->state == TransferState::Cancelling))
        return false;
    transfer.isPaused = false;
    TransferRecord record = m_book.recordOf(transfer);
    if (record.state == TransferState::NeedsAttention || record.state == TransferState::Paused) {
        record.state = record.uploadId.isEmpty() ? (record.createStarted ? TransferState::Creating : TransferState::Queued)
                                                 : TransferState::Sending;
    }
    record.error.reset();
    m_book.keep(transfer, record);
    batch.append(SaveTransfer{record});
    if (m_observer.mayRun(transfer))
        m_observer.onWanted(transfer);
    return true;
}

bool QueueChange::mustAbort(const QueuedTransfer &transfer, bool keepUpload) const
{
    return !keepUpload && transfer.begun && (!transfer.begun->uploadId.isEmpty() || transfer.begun->createStarted);
}

void QueueChange::remove(QList<TransferId> transfers, bool keepUpload, std::function<void(Result<int>)> done)
{
    m_pending.push_back({.left = {}, .paused = {}, .changed = 0, .done = std::move(done)});
    Pending &removal = m_pending.back();
    JournalBatch batch;
    QList<RunId> touched;
    for (const TransferId id : std::as_const(transfers)) {
        QueuedTransfer *transfer = m_book.queue().find(id);
        if (!transfer)
            continue;
        touched.append(transfer->run);
        if (transfer->phase == Phase::Running) {
            removal.left.insert(id);
            m_running.cancel(id, keepUpload);
            continue;
        }
        if (mustAbort(*transfer, keepUpload)) {
            const bool wasInLine = transfer->phase != Phase::Resting;
            m_book.queue().rest(*transfer);
            if (wasInLine)
                m_observer.onLeft(*transfer);
            if (m_observer.startRemoval(*transfer))
                removal.left.insert(id);
            continue;
        }
        cancelRow(*transfer, batch);
        ++removal.changed;
    }
    const auto place = std::prev(m_pending.end());
    removal.left.insert(0);  // the commit below
    commit(std::move(batch), [this, place, touched](const Result<void> &) {
        for (const RunId run : touched)
            m_observer.onProgressed(run);
        place->left.erase(0);
        settle();
    });
}

void QueueChange::cancelRow(QueuedTransfer &transfer, JournalBatch &batch)
{
    TransferRecord record = m_book.recordOf(transfer);
    record.state = TransferState::Cancelled;
    record.ended = m_clock.wallNow();
    batch.append(RemoveParts{record.id});
    batch.append(SaveTransfer{record});
    if (transfer.phase != Phase::Resting) {
        m_book.queue().rest(transfer);
        m_observer.onLeft(transfer);
    }
    tell(transfer, CancelledEvent{});
    m_book.drop(transfer);
}

void QueueChange::onEnded(TransferId transfer, bool isCancelled)
{
    for (Pending &pending : m_pending) {
        const bool isPause = pending.paused.contains(transfer);
        if (pending.left.erase(transfer) > 0 && isCancelled && !isPause)
            ++pending.changed;
    }
    settle();
}

void QueueChange::settle()
{
    for (auto pending = m_pending.begin(); pending != m_pending.end();) {
        if (!pending->left.empty()) {
            ++pending;
            continue;
        }
        const Pending ended = std::move(*pending);
        pending = m_pending.erase(pending);
        JournalBatch batch;
        for (const TransferId id : ended.paused) {
            if (const QueuedTransfer *transfer = m_book.queue().find(id); transfer && transfer->phase == Phase::Resting)
                batch.append(SaveTransfer{m_book.recordOf(*transfer)});
        }
        if (batch.isEmpty()) {
            ended.done(ended.changed);  // only posts: nothing of ours is called back from inside
            continue;
        }
        commit(std::move(batch), [ended](const Result<void> &saved) {
            ended.done(saved ? Result<int>(ended.changed) : std::unexpected(saved.error()));
        });
    }
}

void QueueChange::commit(JournalBatch batch, std::function<void(Result<void>)> done)
{
    m_calls.keep([&](std::function<void()> forget) {
        return m_journal.commit(std::move(batch), [forget = std::move(forget), done = std::move(done)](const Result<void> &saved) {
            forget();
            done(saved);
        });
    });
}

void QueueChange::tell(const QueuedTransfer &transfer, TransferEventBody body)
{
    const TransferRecord record = m_book.recordOf(transfer);
    m_observer.onEvent({.time = m_clock.wallNow(), .run = transfer.run, .transfer = transfer.id, .source = transfer.sourcePath,
                        .object = record.object, .body = std::move(body)});
}

}  // namespace packmule
