#pragma once

#include "app/EngineSession.h"
#include "app/cli/Command.h"
#include "app/cli/TransferPrinter.h"
#include "core/transfer/EngineClient.h"

#include <QList>
#include <QPair>

#include <functional>
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

    /// Prints the events of this run and ends with its status. Events that came before are shown now.
    void followRun(RunId run) { follow(run, 0); }
    /// The same for a resume, of this transfer only or (0) of everything.
    void followResume(const ResumeAnswer &resumed, TransferId transfer) { follow(resumed.run, transfer); }
    /// Before a change of transfers that another process's engine makes: lends it our credentials for where they go (empty
    /// list: for all). What we have no credentials for, it does with its own. `then` runs later, or at once for an engine here.
    void lendFor(const QList<TransferId> &transfers, std::function<void()> then);
    void showEvents() { m_showsEvents = true; }
    void fail(const Error &error);
    /// Ends the command, after the work that others handed to this process.
    void end(int exitCode);

    CallHandle m_call;

private:
    void follow(RunId run, TransferId transfer);
    bool isOurs(const TransferEvent &event) const;
    void lendEach(QList<ConnectionRecord> connections, const std::function<void()> &then);
    void takeEngine(Result<EngineClient *> engine);
    void takeEvent(const TransferEvent &event);
    void takeRunEnd(RunId run, const RunOutcome &outcome);
    void leave(int exitCode);

    CommandContext m_context;
    std::unique_ptr<TransferPrinter> m_printer;
    std::unique_ptr<EngineSession> m_session;
    EngineClient *m_engine = nullptr;
    std::optional<RunId> m_run;                         ///< below 0: a resume, whose events have the numbers of many runs
    TransferId m_transfer = 0;                          ///< of a resume; 0: all
    bool m_showsEvents = false;
    QList<TransferEvent> m_early;                       ///< before the run's number was known
    QList<QPair<RunId, RunOutcome>> m_earlyEnds;
    bool m_isLeaving = false;
    CallHandle m_patience;
};

}  // namespace packmule
