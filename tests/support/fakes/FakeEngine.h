#pragma once

#include "core/transfer/EngineClient.h"

#include <functional>
#include <utility>

namespace packmule {

/// Remembers what it was asked, and answers when the test says so. Events are the test's to emit. Thread: the one that made it.
class FakeEngine final : public EngineClient
{
public:
    CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) override
    {
        puts.append(command);
        acceptPut = std::move(accepted);
        return CallHandle([this] { ++droppedPuts; });
    }
    CallHandle connections(const QList<TransferId> &transfers, std::function<void(Result<QList<ConnectionRecord>>)> done) override
    {
        connectionCalls.append(transfers);
        finishConnections = std::move(done);
        return {};
    }
    CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) override
    {
        resumes.append(transfer);
        acceptResume = std::move(accepted);
        return {};
    }
    CallHandle change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done) override
    {
        changes.append({verb, transfers});
        finishChange = std::move(done);
        return {};
    }
    CallHandle list(int offset, int limit, std::function<void(Result<QList<TransferSnapshot>>)> done) override
    {
        lists.append({offset, limit});
        finishList = std::move(done);
        return {};
    }
    void shutdown(std::function<void()>) override { wasShutDown = true; }

    QList<PutCommand> puts;
    QList<TransferId> resumes;
    QList<std::pair<QueueVerb, QList<TransferId>>> changes;
    QList<std::pair<int, int>> lists;
    std::function<void(Result<RunId>)> acceptPut;
    std::function<void(Result<ResumeAnswer>)> acceptResume;
    std::function<void(Result<int>)> finishChange;
    QList<QList<TransferId>> connectionCalls;
    std::function<void(Result<QList<ConnectionRecord>>)> finishConnections;
    std::function<void(Result<QList<TransferSnapshot>>)> finishList;
    int droppedPuts = 0;
    bool wasShutDown = false;
};

}  // namespace packmule
