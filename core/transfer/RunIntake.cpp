#include "core/transfer/RunIntake.h"

#include "core/base/CrashPoint.h"
#include "core/base/Redaction.h"

#include <utility>

namespace packmule {

using Phase = QueuedTransfer::Phase;

RunIntake::RunIntake(TransferBook &book, Journal &journal, Clock &clock, Scheduler &scheduler, FolderScannerFactory makeScanner,
                     Observer observer)
    : m_book(book), m_journal(journal), m_clock(clock), m_scheduler(scheduler), m_makeScanner(std::move(makeScanner)),
      m_observer(std::move(observer))
{
}

void RunIntake::begin(RunId id, bool isNew)
{
    OpenRun *run = m_book.findRun(id);
    run->walk = makeWalk(*run);
    if (isNew)
        startWalk(*run);
    else
        loadFinished(id, 0);
}

void RunIntake::stop(RunId id)
{
    OpenRun *run = m_book.findRun(id);
    run->walk.reset();
    run->isWalkResting = false;
    run->unmet.clear();
}

std::unique_ptr<PutRun> RunIntake::makeWalk(OpenRun &run)
{
    const RunId id = run.record.id;
    PutRun::Observer observer;
    observer.onFiles = [this, id](const QList<PlannedFile> &files) { takeFiles(id, files); };
    observer.onAlreadyCompleted = [this, id](const PlannedFile &file, TransferId transfer) {
        tell(*m_book.findRun(id), transfer, file.sourcePath, file.key, SkippedEvent{SkipReason::AlreadyCompleted});
        m_observer.onSkipped(id);
    };
    observer.onRefused = [this, id](const QByteArray &path, const QByteArray &key, const Error &error) {
        refuse(*m_book.findRun(id), path, key, error);
    };
    observer.onNotice = [this, id](const QByteArray &path, const QString &text) {
        tell(*m_book.findRun(id), 0, path, {}, NoticeEvent{text});
    };
    observer.onWalked = [this, id] { onWalked(id); };
    return std::make_unique<PutRun>(run.command, m_makeScanner, m_scheduler, std::move(observer));
}

/// The whole memory of what is done comes before the walk: a file must not be sent again because its row came late.
void RunIntake::loadFinished(RunId id, TransferId after)
{
    m_calls.keep([&](std::function<void()> forget) {
        return m_journal.loadFinished(id, after, kFinishedPage,
                                      [this, id, forget = std::move(forget)](const Result<QList<TransferRecord>> &rows) {
            forget();
            OpenRun *run = m_book.findRun(id);
            if (!run || !run->walk)
                return;
            if (!rows) {
                refuse(*run, run->command.sources.value(0), run->command.destinationKey, rows.error());
                stop(id);
                m_observer.onProgressed(id);
                return;
            }
            for (const TransferRecord &row : *rows)
                run->walk->noteFinished(row);
            if (rows->size() == kFinishedPage)
                loadFinished(id, rows->last().id);
            else
                startWalk(*run);
        });
    });
}

void RunIntake::startWalk(OpenRun &run)
{
    run.unmet.clear();
    if (run.live > 0) {
        m_book.queue().forEach([&run](const QueuedTransfer &transfer) {
            if (transfer.run == run.record.id && transfer.phase == Phase::Resting)
                run.unmet.insert(transfer.id);
        });
    }
    run.walk->start();
}

void RunIntake::takeFiles(RunId id, const QList<PlannedFile> &files)
{
    OpenRun &run = *m_book.findRun(id);
    JournalBatch batch;
    QList<TransferId> added;
    QList<OrphanRecord> orphans;
    for (const PlannedFile &file : files)
        takeFile(run, file, batch, added, orphans);
    if (!batch.isEmpty())
        save(run, std::move(batch), std::move(added), std::move(orphans));
    proceedOrRest(run);
    m_observer.onReady();
}

void RunIntake::takeFile(OpenRun &run, const PlannedFile &file, JournalBatch &batch, QList<TransferId> &added,
                         QList<OrphanRecord> &orphans)
{
    if (QueuedTransfer *live = m_book.findByKey(run, file.key)) {
        if (live->run == run.record.id && live->sourcePath == file.sourcePath) {
            carryOn(run, *live, file);
            return;
        }
        const bool isBeingRemoved = live->begun && live->begun->state == TransferState::Cancelling;
        if (live->phase != Phase::Resting || isBeingRemoved) {
            refuse(run, file.sourcePath, file.key, Error::make(ErrorKind::InvalidRequest,
                   QStringLiteral("another transfer, number %1, is on its way to this key").arg(live->id)));
            return;
        }
        replace(run, *live, batch, orphans);
    }
    QueuedTransfer &transfer = m_book.addTransfer(run, file);
    batch.append(SaveTransfer{m_book.recordOf(transfer)});
    added.append(transfer.id);
    transfer.isAsked = true;
    ++run.asked;
}

void RunIntake::carryOn(OpenRun &run, QueuedTransfer &transfer, const PlannedFile &file)
{
    run.unmet.remove(transfer.id);
    if (transfer.phase != Phase::Resting)
        return;
    if (transfer.begun && transfer.begun->state == TransferState::Cancelling) {
        refuse(run, file.sourcePath, file.key, Error::make(ErrorKind::InvalidRequest,
               QStringLiteral("its transfer, number %1, is being removed; give the command again afterwards").arg(transfer.id)));
        return;
    }
    if (transfer.isPaused && !run.isWanted)
        return;  // `resume --all` leaves it paused
    transfer.isPaused = false;  // a put asks for it by name
    if (!transfer.begun)
        transfer.source = file.identity;
    ask(transfer);
}

/// An unfinished transfer of an earlier, other command to the same key gives way: two would overwrite each other.
void RunIntake::replace(OpenRun &run, QueuedTransfer &old, JournalBatch &batch, QList<OrphanRecord> &orphans)
{
    TransferRecord record = m_book.recordOf(old);
    if (!record.uploadId.isEmpty()) {
        const OrphanRecord orphan{m_book.newOrphanId(), record.connectionId, record.object, record.uploadId};
        batch.append(SaveOrphan{orphan});
        orphans.append(orphan);
    }
    batch.append(RemoveParts{record.id});
    record.state = TransferState::Cancelled;
    record.ended = m_clock.wallNow();
    record.uploadId.clear();
    batch.append(SaveTransfer{record});
    const RunId oldRun = old.run;
    run.unmet.remove(old.id);
    tell(run, old.id, old.sourcePath, old.key, NoticeEvent{QStringLiteral("transfer %1, unfinished, gives way to this command: %2")
                                                               .arg(QString::number(old.id), displayName(old.key))});
    tell(run, old.id, old.sourcePath, old.key, CancelledEvent{});
    m_book.drop(old);
    if (oldRun != run.record.id)
        m_observer.onProgressed(oldRun);
}

void RunIntake::save(OpenRun &run, JournalBatch batch, QList<TransferId> added, QList<OrphanRecord> orphans)
{
    PACKMULE_CRASH_POINT("K0");
    ++run.savingBatches;
    m_calls.keep([&](std::function<void()> forget) {
        return m_journal.commit(std::move(batch), [this, id = run.record.id, added = std::move(added), orphans = std::move(orphans),
                                                   forget = std::move(forget)](const Result<void> &saved) {
            forget();
            PACKMULE_CRASH_POINT("K1");
            for (const OrphanRecord &orphan : orphans)
                m_observer.onOrphan(orphan);
            onSaved(id, added, saved);
        });
    });
}

void RunIntake::onSaved(RunId id, const QList<TransferId> &added, const Result<void> &saved)
{
    OpenRun &run = *m_book.findRun(id);
    --run.savingBatches;
    for (const TransferId transfer : added) {
        QueuedTransfer *saving = m_book.queue().find(transfer);
        if (!saving || saving->phase != Phase::Saving)
            continue;  // removed or paused meanwhile
        if (!saved) {
            --run.asked;
            tell(run, 0, saving->sourcePath, saving->key, FailedEvent{.error = saved.error(), .advice = {}, .isResumable = false});
            m_observer.onFailed(id, saved.error());
            m_book.drop(*saving);
            continue;
        }
        tell(run, transfer, saving->sourcePath, saving->key, QueuedEvent{saving->source.size});
        m_book.queue().makeReady(*saving);
    }
    if (run.isWalkResting)
        proceedOrRest(run);
    m_observer.onReady();
    m_observer.onProgressed(id);
}

void RunIntake::proceedOrRest(OpenRun &run)
{
    run.isWalkResting = run.savingBatches >= kGroupsOnTheirWay || m_book.queue().readyCount() >= kEnoughInLine;
    if (!run.isWalkResting && run.walk)
        run.walk->proceed();
}

void RunIntake::resumeWalks()
{
    for (auto &[id, run] : m_book.runs()) {
        // A little hysteresis, so that the scanner is not woken for every file.
        if (run.isWalkResting && run.savingBatches < kGroupsOnTheirWay && m_book.queue().readyCount() < kEnoughInLine * 3 / 4)
            proceedOrRest(run);
    }
}

void RunIntake::ask(QueuedTransfer &transfer)
{
    if (transfer.phase != Phase::Resting)
        return;
    OpenRun &run = *m_book.findRun(transfer.run);
    ++run.asked;
    transfer.isAsked = true;
    m_book.queue().makeReady(transfer);
    tell(run, transfer.id, transfer.sourcePath, transfer.key, QueuedEvent{transfer.source.size});
}

/// Rows of earlier attempts whose files the walk has not met: they have vanished (which the uploader will say), or the
/// patterns of this call leave them out.
void RunIntake::onWalked(RunId id)
{
    OpenRun &run = *m_book.findRun(id);
    for (const TransferId left : std::exchange(run.unmet, {})) {
        QueuedTransfer *transfer = m_book.queue().find(left);
        const bool isBeingRemoved = transfer && transfer->begun && transfer->begun->state == TransferState::Cancelling;
        const bool staysPaused = transfer && transfer->isPaused && !run.isWanted;
        if (!transfer || isBeingRemoved || staysPaused || !run.walk->admits(transfer->sourcePath))
            continue;
        transfer->isPaused = false;
        ask(*transfer);
    }
    run.walk.reset();
    run.isWalkResting = false;
    run.record.scanComplete = true;
    m_journal.record({SaveRun{run.record}});
    m_observer.onReady();
    m_observer.onProgressed(id);
}

void RunIntake::refuse(OpenRun &run, const QByteArray &sourcePath, const QByteArray &key, const Error &error)
{
    run.hasRefusals = true;
    tell(run, 0, sourcePath, key, FailedEvent{.error = error, .advice = {}, .isResumable = false});
    m_observer.onFailed(run.record.id, error);
}

void RunIntake::tell(const OpenRun &run, TransferId transfer, const QByteArray &sourcePath, const QByteArray &key, TransferEventBody body)
{
    m_observer.onEvent({.time = m_clock.wallNow(), .run = run.record.id, .transfer = transfer, .source = sourcePath,
                        .object = {run.command.bucket, key}, .body = std::move(body)});
}

}  // namespace packmule
