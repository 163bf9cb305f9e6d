#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"

#include <QList>

#include <utility>

namespace packmule {

/// Remembers what it was told and answers the next turn; a test sends events through it. Thread: any one.
class FakeEngineClient final : public EngineClient
{
    Q_OBJECT

public:
    explicit FakeEngineClient(Scheduler &scheduler) : m_scheduler(scheduler) {}

    std::optional<Error> failure;
    QList<PutCommand> puts;
    QList<TransferId> resumed;
    QList<std::pair<QueueVerb, QList<TransferId>>> changes;
    QList<std::pair<QueueMove, QList<TransferId>>> moves;
    QList<EngineLimits> limits;
    bool isShutDown = false;

    void tell(TransferId transfer, RunId run, TransferEventBody body, WallTime time = {})
    {
        Q_EMIT eventOccurred({.time = time, .run = run, .transfer = transfer, .source = {}, .object = {}, .body = std::move(body)});
    }

    CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) override
    {
        puts.append(command);
        return answer<RunId>(std::move(accepted), puts.size());
    }
    CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) override
    {
        resumed.append(transfer);
        return answer<ResumeAnswer>(std::move(accepted), {.run = -1, .count = 1, .walks = 0});
    }
    CallHandle connections(const QList<TransferId> &, std::function<void(Result<QList<ConnectionRecord>>)> done) override
    {
        return answer<QList<ConnectionRecord>>(std::move(done), {});
    }
    CallHandle change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override
    {
        changes.append({verb, transfers});
        return answer<int>(std::move(done), static_cast<int>(transfers.size()));
    }
    CallHandle list(int, int, std::function<void(Result<QList<TransferSnapshot>>)> done) override
    {
        return answer<QList<TransferSnapshot>>(std::move(done), {});
    }
    CallHandle setLimits(const EngineLimits &wanted, std::function<void(Result<void>)> done) override
    {
        limits.append(wanted);
        return answer<int>([done = std::move(done)](const Result<int> &set) { done(set ? Result<void>() : std::unexpected(set.error())); }, 0);
    }
    CallHandle move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override
    {
        moves.append({move, transfers});
        return answer<int>(std::move(done), static_cast<int>(transfers.size()));
    }
    void shutdown(std::function<void()> done) override
    {
        isShutDown = true;
        m_shutdown = m_scheduler.after(Milliseconds(0), std::move(done));
    }

private:
    template<typename T>
    CallHandle answer(std::function<void(Result<T>)> done, T value)
    {
        return m_scheduler.after(Milliseconds(0), [this, done = std::move(done), value = std::move(value)] {
            if (failure)
                done(std::unexpected(*failure));
            else
                done(value);
        });
    }

    Scheduler &m_scheduler;
    CallHandle m_shutdown;
};

}  // namespace packmule
