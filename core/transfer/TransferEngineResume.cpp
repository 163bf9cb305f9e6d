// The third part of TransferEngine: carrying on what earlier processes began, and when that has ended.
#include "core/transfer/TransferEngine.h"

#include <algorithm>
#include <map>
#include <utility>

namespace packmule {

using Phase = QueuedTransfer::Phase;

CallHandle TransferEngine::resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted)
{
    return whenLoaded([this, transfer, accepted = std::move(accepted)](const std::optional<Error> &error) {
        if (error) {
            accepted(std::unexpected(*error));
            return;
        }
        if (transfer != 0 && !m_book.queue().find(transfer)) {
            accepted(failure(ErrorKind::NoSuchKey, m_book.wasGiven(transfer)
                                 ? QStringLiteral("transfer %1 has ended; there is nothing to carry on").arg(transfer)
                                 : QStringLiteral("there is no transfer with the number %1").arg(transfer)));
            return;
        }
        m_orphans.start();
        accepted(beginResume(transfer));
        scheduleFill();
        checkResumptions();
    });
}

ResumeAnswer TransferEngine::beginResume(TransferId only)
{
    Resumption resumption{--m_lastResumption, {}, {}, {}};
    QList<TransferId> wanted;
    m_book.queue().forEach([&](QueuedTransfer &transfer) {
        const bool isBeingRemoved = transfer.begun && transfer.begun->state == TransferState::Cancelling;
        if (only != 0 ? transfer.id == only : !transfer.isPaused && !isBeingRemoved)
            wanted.append(transfer.id);
    });
    std::ranges::sort(wanted);
    int slots = m_slots.count();
    for (const TransferId id : std::as_const(wanted)) {
        QueuedTransfer &transfer = *m_book.queue().find(id);
        OpenRun &run = *m_book.findRun(transfer.run);
        if (const Result<void> opened = openStoreOf(run); !opened) {
            resumption.tally.addFailed(opened.error());
            Q_EMIT eventOccurred({.time = m_clock.wallNow(), .run = run.record.id, .transfer = id, .source = transfer.sourcePath,
                                  .object = {run.command.bucket, transfer.key},
                                  .body = FailedEvent{.error = opened.error(), .advice = {}, .isResumable = true}});
            continue;
        }
        slots = std::max(slots, m_limits ? 1 : run.command.options.concurrency);
        if (!m_limits && !run.command.options.bandwidth.isUnlimited())
            m_bandwidth.setSchedule(run.command.options.bandwidth);
        transfer.isPaused = false;
        resumption.transfers.insert(id);
        if (transfer.begun && transfer.begun->state == TransferState::Cancelling) {
            if (!startRemoval(transfer))
                resumption.transfers.remove(id);
            continue;
        }
        m_intake.ask(transfer);
    }
    for (auto &[id, run] : m_book.runs()) {
        const bool mustWalk = only == 0 && !run.record.scanComplete && !run.walk && !run.isWanted && !run.record.ended;
        if (!mustWalk || !openStoreOf(run))
            continue;
        resumption.runs.insert(id);
        m_orphans.addConnection(run.command.connection);
        m_intake.begin(id, false);
    }
    m_slots.setCount(slots);
    const int walks = static_cast<int>(resumption.runs.size());
    m_resumptions.push_back(std::move(resumption));
    return {m_lastResumption, static_cast<int>(wanted.size()), walks};
}

CallHandle TransferEngine::connections(const QList<TransferId> &transfers, std::function<void(Result<QList<ConnectionRecord>>)> done)
{
    return whenLoaded([this, transfers, done = std::move(done)](const std::optional<Error> &error) {
        if (error)
            done(std::unexpected(*error));
        else
            done(connectionsOf(transfers));
    });
}

QList<ConnectionRecord> TransferEngine::connectionsOf(const QList<TransferId> &transfers)
{
    QSet<RunId> runs;
    m_book.queue().forEach([&](const QueuedTransfer &transfer) {
        if (transfers.isEmpty() ? transfer.phase == Phase::Resting : transfers.contains(transfer.id))
            runs.insert(transfer.run);
    });
    std::map<QByteArray, ConnectionRecord> found;
    for (const auto &[id, run] : m_book.runs()) {
        const bool mustWalk = transfers.isEmpty() && !run.record.scanComplete && !run.walk && !run.record.ended;
        if (mustWalk || runs.contains(id))
            found.emplace(run.command.connection.id, run.command.connection);
    }
    QList<ConnectionRecord> list;
    for (const auto &[id, connection] : found)
        list.append(connection);
    return list;
}

Result<void> TransferEngine::openStoreOf(OpenRun &run)
{
    if (run.store && isWanted(run))
        return {};
    const Result<OpenedStore *> store = m_stores.open(run.command.connection);
    if (!store)
        return std::unexpected(store.error());
    run.store = *store;
    run.hasGivenUp = false;
    run.store->patience->restart();
    m_orphans.addConnection(run.command.connection);
    return {};
}

void TransferEngine::checkResumptions()
{
    if (m_isShuttingDown)
        return;
    const auto isOver = [this](const Resumption &resumption) {
        const bool isRunBusy = std::ranges::any_of(resumption.runs, [this](RunId id) {
            const OpenRun *run = m_book.findRun(id);
            return run && run->isBusy();
        });
        return resumption.transfers.isEmpty() && !isRunBusy;
    };
    for (auto resumption = m_resumptions.begin(); resumption != m_resumptions.end();) {
        if (!isOver(*resumption)) {
            ++resumption;
            continue;
        }
        const RunOutcome outcome = resumption->tally.outcome(false);
        const RunId id = resumption->id;
        resumption = m_resumptions.erase(resumption);
        whenOrphansAreGone([this, id, outcome] {
            m_calls.keep([&](std::function<void()> forget) {
                return m_scheduler.after(Milliseconds{0}, [this, id, outcome, forget = std::move(forget)] {
                    forget();
                    tellEnd(id, outcome);
                });
            });
        });
    }
}

}  // namespace packmule
