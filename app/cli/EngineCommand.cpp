#include "app/cli/EngineCommand.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "core/journal/JournalLocation.h"

#include <QFile>

namespace packmule {

namespace {
/// shutdown() promises two seconds; after this the process goes anyway, the journal can take it.
constexpr Milliseconds kPatience{3'000};
}  // namespace

EngineCommand::EngineCommand(const CommandContext &context)
    : m_context(context)
    , m_printer(std::make_unique<TransferPrinter>(context.output, context.composition.clock(), context.composition.scheduler(), context.everywhere.verbosity > 0))
    , m_session(std::make_unique<EngineSession>(context.composition, EngineUse::Command))
{
}

EngineCommand::~EngineCommand()
{
    m_call.cancel();  // before the engine that gave it
}

void EngineCommand::start()
{
    if (const auto exitCode = prepare()) {
        Q_EMIT finished(*exitCode);
        return;
    }
    connect(m_session.get(), &EngineSession::engineGoing, this, [this] { m_call.cancel(); });
    QString journal;
    if (!m_context.everywhere.noJournal)
        journal = journalPath(QFile::decodeName(argumentBytes(m_context.everywhere.journalFile)));
    m_session->open(journal, [this](Result<EngineClient *> engine) { takeEngine(std::move(engine)); });
}

void EngineCommand::takeEngine(Result<EngineClient *> engine)
{
    if (m_isLeaving)
        return;
    if (!engine) {
        m_context.output.error(errorSentence(engine.error(), {}));
        leave(ExitCode::kConfiguration);
        return;
    }
    m_engine = *engine;
    m_run.reset();
    m_early.clear();
    m_earlyEnds.clear();
    connect(m_engine, &EngineClient::eventOccurred, this, &EngineCommand::takeEvent);
    connect(m_engine, &EngineClient::runEnded, this, &EngineCommand::takeRunEnd);
    begin(*m_engine);
}

void EngineCommand::takeEvent(const TransferEvent &event)
{
    const bool isForEverybody = event.run == 0;  // of the journal, of the engine
    if (m_showsEvents || isForEverybody || isOurs(event))
        m_printer->show(event);
    else if (!m_run)
        m_early.append(event);
}

bool EngineCommand::isOurs(const TransferEvent &event) const
{
    if (!m_run)
        return false;
    const bool isResume = *m_run < 0, isAnotherResumesEnd = event.run < 0;
    return event.run == *m_run || (isResume && !isAnotherResumesEnd && (m_transfer == 0 || m_transfer == event.transfer));
}

void EngineCommand::lendFor(const QList<TransferId> &transfers, std::function<void()> then)
{
    if (!m_session->isRemote()) {
        then();
        return;
    }
    m_call = m_engine->connections(transfers, [this, then = std::move(then)](const Result<QList<ConnectionRecord>> &found) {
        lendEach(found.value_or(QList<ConnectionRecord>()), then);
    });
}

void EngineCommand::lendEach(QList<ConnectionRecord> connections, const std::function<void()> &then)
{
    if (connections.isEmpty()) {
        then();
        return;
    }
    const ConnectionRecord first = connections.takeFirst();
    m_call = m_session->lendCredentials(first, [this, rest = std::move(connections), then](const Result<void> &) { lendEach(rest, then); });
}

void EngineCommand::follow(RunId run, TransferId transfer)
{
    m_run = run;
    m_transfer = transfer;
    for (const TransferEvent &event : std::exchange(m_early, {}))
        takeEvent(event);
    for (const auto &[ended, outcome] : std::exchange(m_earlyEnds, {}))
        takeRunEnd(ended, outcome);
}

void EngineCommand::takeRunEnd(RunId run, const RunOutcome &outcome)
{
    if (!m_run)
        m_earlyEnds.append({run, outcome});
    else if (*m_run == run && !m_isLeaving)
        end(exitCodeFor(outcome, m_printer->skippedByRule()));
}

void EngineCommand::fail(const Error &error)
{
    m_printer->finish();
    m_context.output.error(errorSentence(error, {}));
    end(exitCodeFor(error));
}

void EngineCommand::end(int exitCode)
{
    if (m_isLeaving)
        return;
    if (m_session->isRemote()) {
        leave(exitCode);
        return;
    }
    m_session->awaitGuests([this] { m_context.output.note(QStringLiteral("Done here; staying until the uploads that other commands handed over have ended.")); },
                           [this, exitCode] { leave(exitCode); });
}

void EngineCommand::interrupt()
{
    m_printer->finish();
    if (m_session->isRemote()) {
        m_context.output.note(QStringLiteral("Detached. The work goes on in process %1; nothing was cancelled.").arg(m_session->ownerPid()));
    } else {
        m_context.output.note(howToCarryOn());
    }
    leave(ExitCode::kInterrupted);
}

QString EngineCommand::howToCarryOn() const
{
    return m_context.everywhere.noJournal
        ? QStringLiteral("Interrupted. Without a journal nothing is remembered; \"packmule uploads ls\" shows what was left on the server.")
        : QStringLiteral("Interrupted. The same command carries on where it stopped; so does \"packmule resume\".");
}

void EngineCommand::leave(int exitCode)
{
    m_isLeaving = true;
    m_call.cancel();
    const auto finish = [this, exitCode] {
        m_patience.cancel();
        m_printer->finish();
        Q_EMIT finished(exitCode);
    };
    m_patience = m_context.composition.scheduler().after(kPatience, finish);
    m_session->shutDown(finish);
}

}  // namespace packmule
