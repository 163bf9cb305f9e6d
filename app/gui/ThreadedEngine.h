#pragma once

#include "app/gui/EngineThread.h"
#include "core/transfer/EngineClient.h"

namespace packmule {

/// The engine on its own thread, as an EngineClient of the GUI's thread: calls go over, answers and events come back
/// here, in the order in which they were given there. What is asked before the journal is open waits; when a command line
/// that held it ends, what it had not answered is asked again here, but runs that it had accepted must be resumed.
/// Thread: the GUI's. The EngineThread outlives it.
class ThreadedEngine final : public EngineClient
{
    Q_OBJECT

public:
    explicit ThreadedEngine(EngineThread &thread);

    [[nodiscard]] CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) override;
    [[nodiscard]] CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) override;
    [[nodiscard]] CallHandle connections(const QList<TransferId> &transfers,
                                         std::function<void(Result<QList<ConnectionRecord>>)> done) override;
    [[nodiscard]] CallHandle change(QueueVerb verb, const QList<TransferId> &transfers,
                                    std::function<void(Result<int>)> done) override;
    [[nodiscard]] CallHandle list(int offset, int limit,
                                  std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    /// Kept while another process holds the journal, and set when this one takes over.
    [[nodiscard]] CallHandle setLimits(const EngineLimits &limits, std::function<void(Result<void>)> done) override;
    [[nodiscard]] CallHandle move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override;
    /// Ends the whole thread.
    void shutdown(std::function<void()> done) override;

private:
    EngineThread &m_thread;
};

}  // namespace packmule
