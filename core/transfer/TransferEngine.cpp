#include "core/transfer/TransferEngine.h"

#include "core/base/Redaction.h"
#include "core/transfer/JournalTransferList.h"
#include "core/transfer/ThrottledFile.h"
#include "core/transfer/TransferSnapshots.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace packmule {

using Phase = QueuedTransfer::Phase;

TransferEngine::TransferEngine(Journal &journal, StoreProvider &stores, PartHasher &hasher, Clock &clock, Scheduler &scheduler,
                               EngineOptions options)
    : m_journal(journal), m_clock(clock), m_scheduler(scheduler), m_options(std::move(options)),
      m_stores(stores, journal, clock, scheduler), m_slots(clock, scheduler, m_options.slots),
      m_bandwidth(clock, scheduler), m_book(clock),
      m_orphans(m_stores, journal, scheduler),
      m_running(journal, hasher, clock, scheduler, m_slots,
                m_options.makeUploader ? m_options.makeUploader : UploaderFactory(makeUploader),
                {.onEvent = [this](const TransferEvent &event) { Q_EMIT eventOccurred(event); },
                 .onEnded = [this](const UploadOutcome &outcome, StopReason reason, const std::optional<Error> &error) {
                     onUploadEnded(outcome, reason, error);
                 },
                 .onTick = [this] { checkPatience(); }}),
      m_intake(m_book, journal, clock, scheduler,
               m_options.makeScanner ? m_options.makeScanner : FolderScannerFactory(makeThreadedFolderScanner),
               {.onEvent = [this](const TransferEvent &event) { Q_EMIT eventOccurred(event); },
                .onFailed = [this](RunId run, const Error &error) { tally(run, 0, [&](RunTally &sum) { sum.addFailed(error); }); },
                .onSkipped = [this](RunId run) { tally(run, 0, [](RunTally &sum) { sum.addSkipped(); }); },
                .onReady = [this] { scheduleFill(); },
                .onProgressed = [this](RunId run) { checkEnd(run); },
                .onOrphan = [this](const OrphanRecord &orphan) { m_orphans.add(orphan); }}),
      m_changes(m_book, m_running, journal, clock,
                {.onEvent = [this](const TransferEvent &event) { Q_EMIT eventOccurred(event); },
                 .onLeft = [this](QueuedTransfer &transfer) { leave(transfer); },
                 .onWanted = [this](QueuedTransfer &transfer) { m_intake.ask(transfer); scheduleFill(); },
                 .mayRun = [this](QueuedTransfer &transfer) { return isWanted(*m_book.findRun(transfer.run)); },
                 .startRemoval = [this](QueuedTransfer &transfer) { return startRemoval(transfer); },
                 .onProgressed = [this](RunId run) { checkEnd(run); }})
{
    m_running.newOrphanId = [this] { return m_book.newOrphanId(); };
    m_running.openSource = [this](const QByteArray &path, bool followSymlink) { return openSource(path, followSymlink); };
    m_orphans.onIdle = [this] { runEnds(); };
    m_journal.onTrouble = [this](const std::optional<Error> &trouble) {
        if (trouble)
            Q_EMIT eventOccurred({.time = m_clock.wallNow(), .source = {}, .object = {},
                                  .body = WaitingEvent{.reason = WaitReason::JournalTrouble, .error = *trouble, .until = {}}});
        else
            notice(QStringLiteral("the journal can be written again"));
    };
    m_load = m_journal.load([this](Result<JournalContents> contents) { onLoaded(std::move(contents)); });
}

TransferEngine::~TransferEngine()
{
    m_journal.onTrouble = nullptr;
    m_running.destroyAll();
}

void TransferEngine::onLoaded(Result<JournalContents> contents)
{
    m_isLoaded = true;
    if (contents) {
        for (const QString &text : std::as_const(contents->notices))
            notice(text);
        m_stores.takeEndpoints(contents->endpoints);
        m_orphans.take(contents->orphans, contents->connections);
        m_book.take(std::move(*contents));
    } else {
        m_loadError = contents.error();
    }
    runCommands();
}

/// Commands begin on a later turn of the event loop, in the order they came, once the journal is known.
CallHandle TransferEngine::whenLoaded(std::function<void(const std::optional<Error> &)> command)
{
    auto isDropped = std::make_shared<bool>(false);
    m_commands.push_back([this, isDropped, command = std::move(command)] {
        if (*isDropped)
            return;
        if (m_isShuttingDown)
            command(Error::make(ErrorKind::Cancelled, QStringLiteral("Packmule is ending")));
        else
            command(m_loadError);
    });
    if (m_isLoaded)
        m_nextCommands = m_scheduler.after(Milliseconds{0}, [this] { runCommands(); });
    return CallHandle([isDropped] { *isDropped = true; });
}

void TransferEngine::runCommands()
{
    for (auto &command : std::exchange(m_commands, {}))
        command();
}

CallHandle TransferEngine::put(const PutCommand &command, std::function<void(Result<RunId>)> accepted)
{
    // Dropping the handle silences the answer; what has begun goes on.
    auto isSilent = std::make_shared<bool>(false);
    auto answer = [isSilent, accepted = std::move(accepted)](const Result<RunId> &result) {
        if (!*isSilent)
            accepted(result);
    };
    auto waiting = std::make_shared<CallHandle>(whenLoaded([this, command, answer](const std::optional<Error> &error) {
        if (error)
            answer(std::unexpected(*error));
        else
            beginPut(command, answer);
    }));
    return CallHandle([isSilent, waiting] {
        *isSilent = true;
        waiting->cancel();
    });
}

void TransferEngine::beginPut(const PutCommand &command, const std::function<void(Result<RunId>)> &accepted)
{
    if (const auto refusal = PutRun::refusalOf(command)) {
        accepted(std::unexpected(*refusal));
        return;
    }
    const Result<OpenedStore *> store = m_stores.open(command.connection);
    if (!store) {
        accepted(std::unexpected(store.error()));
        return;
    }
    OpenRun *run = m_book.findRunOfCommand(command.identity());
    if (run && run->isWanted) {
        accepted(run->record.id);  // it is on its way already: the caller joins in
        return;
    }
    const bool isNew = !run;
    if (run)
        m_book.renew(*run, command);
    else
        run = &m_book.addRun(command);
    run->store = *store;
    run->isWanted = true;
    (*store)->patience->restart();
    applyLimits(command.options);
    m_orphans.addConnection(command.connection);
    m_orphans.start();
    ++run->savingBatches;  // the run cannot end before it has begun
    m_calls.keep([&](std::function<void()> forget) {
        return m_journal.commit({SaveConnection{command.connection}, SaveRun{run->record}},
                                [this, id = run->record.id, isNew, accepted, forget = std::move(forget)](const Result<void> &saved) {
            forget();
            OpenRun &begun = *m_book.findRun(id);
            --begun.savingBatches;
            accepted(saved ? Result<RunId>(id) : std::unexpected(saved.error()));
            if (!saved) {
                begun.isWanted = false;
            } else {
                m_intake.begin(id, isNew);
                scheduleFill();
            }
        });
    });
}

CallHandle TransferEngine::change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    auto isSilent = std::make_shared<bool>(false);
    auto answer = [isSilent, done = std::move(done)](const Result<int> &result) {
        if (!*isSilent)
            done(result);
    };
    auto waiting = std::make_shared<CallHandle>(whenLoaded([this, verb, transfers, answer](const std::optional<Error> &error) {
        if (error)
            answer(std::unexpected(*error));
        else
            m_changes.apply(verb, transfers, answer);
    }));
    return CallHandle([isSilent, waiting] {
        *isSilent = true;
        waiting->cancel();
    });
}

void TransferEngine::applyLimits(const PutOptions &options)
{
    if (m_limits)
        return;
    m_slots.setCount(options.concurrency);
    m_bandwidth.setSchedule(options.bandwidth);
}

CallHandle TransferEngine::setLimits(const EngineLimits &limits, std::function<void(Result<void>)> done)
{
    return whenLoaded([this, limits, done = std::move(done)](const std::optional<Error> &error) {
        if (!error) {
            m_limits = limits;
            m_slots.setCount(limits.slots);
            m_bandwidth.setSchedule(limits.bandwidth);
            scheduleFill();
        }
        done(error ? Result<void>(std::unexpected(*error)) : Result<void>());
    });
}

CallHandle TransferEngine::move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    const auto isSilent = std::make_shared<bool>(false);
    const auto waiting = std::make_shared<CallHandle>(whenLoaded([this, move, transfers, isSilent, done = std::move(done)](const std::optional<Error> &error) {
        const auto answer = [isSilent, done](const Result<int> &moved) {
            if (!*isSilent)
                done(moved);
        };
        if (error)
            answer(std::unexpected(*error));
        else
            m_changes.move(move, transfers, answer);
    }));
    return CallHandle([isSilent, waiting] {
        *isSilent = true;
        waiting->cancel();
    });
}

CallHandle TransferEngine::list(int offset, int limit, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    return m_journal.loadList(offset, limit, [this, done = std::move(done)](const Result<QList<ListedTransfer>> &records) {
        if (!records)
            done(std::unexpected(records.error()));
        else
            done(snapshotsOf(*records, m_running));
    });
}

Result<std::shared_ptr<SourceFile>> TransferEngine::openSource(const QByteArray &path, bool followSymlink) const
{
    auto file = m_options.openSource ? m_options.openSource(path, followSymlink) : SourceFile::open(path, followSymlink);
    // Under a window's limits always: they may be set while the file is being sent.
    if (!file || (m_bandwidth.isUnlimited() && !m_limits))
        return file;
    return std::make_shared<ThrottledFile>(std::move(*file), m_bandwidth);
}

std::unique_ptr<TransferListClient> TransferEngine::makeList()
{
    return std::make_unique<JournalTransferList>(m_journal, m_book, m_running);
}

void TransferEngine::wake()
{
    m_stores.wake();
    m_running.wakeAll();
}

void TransferEngine::notice(const QString &text)
{
    Q_EMIT eventOccurred({.time = m_clock.wallNow(), .source = {}, .object = {}, .body = NoticeEvent{text}});
}

void TransferEngine::shutdown(std::function<void()> done)
{
    if (std::exchange(m_isShuttingDown, true))
        return;
    m_shutdownDone = std::move(done);
    for (auto &[id, run] : m_book.runs()) {
        if (run.walk)
            m_intake.stop(id);
    }
    m_shutdownTimer = m_scheduler.after(m_running.isEmpty() ? Milliseconds{0} : kShutdownPatience, [this] { finishShutdown(); });
    m_running.stopAll(StopReason::Interrupted);
}

/// Nothing runs any more, or the time is up. Everything that was recorded is made durable; the journal itself stays open,
/// it is not ours. A journal that cannot be written now does not hold us up.
void TransferEngine::finishShutdown()
{
    if (std::exchange(m_isClosing, true))
        return;
    m_shutdownTimer = m_scheduler.after(Milliseconds{0}, [this] {
        m_running.destroyAll();
        m_orphanWait.cancel();
        m_shutdownTimer = m_scheduler.after(kFlushPatience, [this] { concludeShutdown(); });
        m_load = m_journal.commit({}, [this](const Result<void> &) { concludeShutdown(); });
    });
}

void TransferEngine::concludeShutdown()
{
    m_shutdownTimer.cancel();
    m_load.cancel();
    runEnds();  // had ended before
    QList<RunId> wanted;
    for (auto &[id, run] : m_book.runs()) {
        if (std::exchange(run.isWanted, false))
            wanted.append(id);
    }
    for (const RunId id : std::as_const(wanted))
        tellEnd(id, m_book.findRun(id)->tally.outcome(true));
    for (const Resumption &resumption : std::exchange(m_resumptions, {}))
        tellEnd(resumption.id, resumption.tally.outcome(true));
    if (const auto done = std::exchange(m_shutdownDone, nullptr))
        done();
}

}  // namespace packmule
