#include "app/gui/ThreadedEngine.h"

#include <QPointer>

namespace packmule {

ThreadedEngine::ThreadedEngine(EngineThread &thread) : m_thread(thread)
{
    connect(&m_thread, &EngineThread::eventsOccurred, this, [this](const QList<TransferEvent> &events) {
        const QPointer alive(this);
        for (const TransferEvent &event : events) {
            if (alive)
                Q_EMIT eventOccurred(event);
        }
    });
    connect(&m_thread, &EngineThread::runEnded, this, &EngineClient::runEnded);
}

CallHandle ThreadedEngine::put(const PutCommand &command, std::function<void(Result<RunId>)> accepted)
{
    return m_thread.call<Result<RunId>>([command](EngineHost &host, EngineHost::Answer<RunId> answer) {
        return host.whenLent<RunId>(command.connection, [command](EngineHost &open, EngineHost::Answer<RunId> done) {
            return open.engine().put(command, std::move(done));
        }, std::move(answer));
    }, std::move(accepted));
}

CallHandle ThreadedEngine::resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted)
{
    return m_thread.call<Result<ResumeAnswer>>([transfer](EngineHost &host, EngineHost::Answer<ResumeAnswer> answer) {
        const QList<TransferId> transfers = transfer == 0 ? QList<TransferId>() : QList<TransferId>{transfer};
        return host.whenLentFor<ResumeAnswer>(transfers, [transfer](EngineHost &open, EngineHost::Answer<ResumeAnswer> done) {
            return open.engine().resume(transfer, std::move(done));
        }, std::move(answer));
    }, std::move(accepted));
}

CallHandle ThreadedEngine::connections(const QList<TransferId> &transfers, std::function<void(Result<QList<ConnectionRecord>>)> done)
{
    using Found = QList<ConnectionRecord>;
    return m_thread.call<Result<Found>>([transfers](EngineHost &host, EngineHost::Answer<Found> answer) {
        return host.whenOpen<Found>([transfers](EngineHost &open, EngineHost::Answer<Found> found) {
            return open.engine().connections(transfers, std::move(found));
        }, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedEngine::change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    return m_thread.call<Result<int>>([verb, transfers](EngineHost &host, EngineHost::Answer<int> answer) {
        return host.whenLentFor<int>(transfers, [verb, transfers](EngineHost &open, EngineHost::Answer<int> changed) {
            return open.engine().change(verb, transfers, std::move(changed));
        }, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedEngine::list(int offset, int limit, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    using Page = QList<TransferSnapshot>;
    return m_thread.call<Result<Page>>([offset, limit](EngineHost &host, EngineHost::Answer<Page> answer) {
        return host.whenOpen<Page>([offset, limit](EngineHost &open, EngineHost::Answer<Page> page) {
            return open.engine().list(offset, limit, std::move(page));
        }, std::move(answer));
    }, std::move(done));
}

CallHandle ThreadedEngine::setLimits(const EngineLimits &limits, std::function<void(Result<void>)> done)
{
    return m_thread.call<Result<void>>([limits](EngineHost &host, EngineHost::Answer<void> answer) { return host.setLimits(limits, std::move(answer)); },
                                       std::move(done));
}

CallHandle ThreadedEngine::move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done)
{
    return m_thread.call<Result<int>>([move, transfers](EngineHost &host, EngineHost::Answer<int> answer) {
        return host.whenOpen<int>([move, transfers](EngineHost &open, EngineHost::Answer<int> moved) {
            return open.engine().move(move, transfers, std::move(moved));
        }, std::move(answer));
    }, std::move(done));
}

void ThreadedEngine::shutdown(std::function<void()> done)
{
    m_thread.stop(std::move(done));
}

}  // namespace packmule
