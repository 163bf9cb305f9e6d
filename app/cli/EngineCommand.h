#pragma once

#include "app/cli/Command.h"
#include "app/cli/EngineSession.h"
#include "app/cli/TransferPrinter.h"
#include "core/transfer/EngineClient.h"

#include <QList>
#include <QPair>

#include <memory>
#include <optional>

namespace packmule {

/// Base of the commands that need the engine. Prints its events, ends with the run's status, leaves cleanly on Ctrl-C.
///
/// | state | on | then |
/// |---|---|---|
/// | opening | engine there | running: begin() |
/// | running | owner lost | opening again |
/// | running | end(status) | leaving |
/// | running | Ctrl-C | leaving with 130; with a remote engine only detached |
/// | leaving | guests gone, engine shut down | finished |
///
/// Thread: main.
class EngineCommand : public Command
{
    Q_OBJECT

public:
    explicit EngineCommand(const CommandContext &context);
    ~EngineCommand() override;

    void start() final;
    void interrupt() override;

protected:
    /// Checks the arguments. @return an exit status to end with at once.
    virtual std::optional<int> prepare() { return std::nullopt; }
    /// The engine is there; called again when the owner was lost.
    virtual void begin(EngineClient &engine) = 0;
    /// What to say on the first Ctrl-C.
    virtual QString howToCarryOn() const;

    const CommandContext &context() const { return m_context; }
    Output &output() { return m_context.output; }
    EngineClient &engine() { return *m_engine; }
    EngineSession &session() { return *m_session; }

    /// Prints the events of this run (0: of everything) and ends with its status. Events that came before are shown now.
    void followRun(RunId run);
    void showEvents() { m_showsEvents = true; }
    void fail(const Error &error);
    /// Ends the command, after the work that others handed to this process.
    void end(int exitCode);

    CallHandle m_call;

private:
    void takeEngine(Result<EngineClient *> engine);
    void takeEvent(const TransferEvent &event);
    void takeRunEnd(RunId run, const RunOutcome &outcome);
    void leave(int exitCode);

    CommandContext m_context;
    std::unique_ptr<TransferPrinter> m_printer;
    std::unique_ptr<EngineSession> m_session;
    EngineClient *m_engine = nullptr;
    std::optional<RunId> m_run;
    bool m_showsEvents = false;
    QList<TransferEvent> m_early;                       ///< before the run's number was known
    QList<QPair<RunId, RunOutcome>> m_earlyEnds;
    bool m_isLeaving = false;
    CallHandle m_patience;
};

}  // namespace packmule
