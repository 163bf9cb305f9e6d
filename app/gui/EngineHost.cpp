#include "app/gui/EngineHost.h"

#include <utility>
#include <vector>

namespace packmule {

EngineHost::EngineHost(EngineChoices choices)
    : m_choices(std::move(choices)), m_composition(m_choices.environment, m_choices.transport, m_choices.secrets),
      m_stores(m_composition, m_composition.clock(), m_composition.scheduler()),
      m_session(m_composition, EngineUse::Window)
{
    connect(&m_session, &EngineSession::engineGoing, this, [this] {
        m_engine = nullptr;
        m_limiting.cancel();
        for (auto &[number, waiting] : m_waiting)
            waiting.call.cancel();
        m_remoteList.reset();
        tell({.state = EngineStanding::State::Opening});
    });
}

EngineHost::~EngineHost()
{
    m_waiting.clear();  // before the engine that they were made to
    m_limiting.cancel();
    m_remoteList.reset();
}

void EngineHost::open()
{
    if (m_engine || m_standing.state == EngineStanding::State::Closed)
        return;
    tell({.state = EngineStanding::State::Opening});
    m_session.open(m_choices.journalPath, [this](Result<EngineClient *> engine) { takeEngine(std::move(engine)); });
}

void EngineHost::takeEngine(Result<EngineClient *> engine)
{
    if (m_standing.state == EngineStanding::State::Closed)
        return;
    if (!engine) {
        tell({.state = EngineStanding::State::Failed, .error = engine.error()});
        failAll(engine.error());
        return;
    }
    m_engine = *engine;
    connect(m_engine, &EngineClient::eventOccurred, this, &EngineHost::eventOccurred);
    connect(m_engine, &EngineClient::runEnded, this, &EngineHost::runEnded);
    if (m_session.isRemote()) {
        m_remoteList = std::make_unique<RemoteTransferList>(*m_engine, m_composition.clock());
        tell({.state = EngineStanding::State::Attached, .ownerPid = m_session.ownerPid()});
    } else {
        if (m_limits)
            m_limiting = m_engine->setLimits(*m_limits, [](const Result<void> &) {});
        tell({.state = EngineStanding::State::Here});
    }
    beginAgain();
}

CallHandle EngineHost::setLimits(const EngineLimits &limits, Answer<void> done)
{
    m_limits = limits;
    if (m_engine && !m_session.isRemote())
        m_limiting = m_engine->setLimits(limits, [](const Result<void> &) {});
    return m_composition.scheduler().after(Milliseconds{0}, [done = std::move(done)] { done({}); });
}

void EngineHost::beginAgain()
{
    std::vector<quint64> numbers;
    for (const auto &[number, waiting] : m_waiting)
        numbers.push_back(number);
    for (const quint64 number : numbers) {
        if (const auto known = m_waiting.find(number); known != m_waiting.end())
            known->second.call = known->second.begin();
    }
}

CallHandle EngineHost::enqueue(std::function<CallHandle(quint64)> begin, std::function<void(const Error &)> fail)
{
    const quint64 number = ++m_lastCall;
    Waiting &waiting = m_waiting[number];
    waiting.begin = [number, begin = std::move(begin)] { return begin(number); };
    waiting.fail = std::move(fail);
    if (m_engine)
        waiting.call = waiting.begin();
    else if (m_standing.state == EngineStanding::State::Failed)
        m_later = m_composition.scheduler().after(Milliseconds{0}, [this] { failAll(m_standing.error.value_or(Error{})); });
    return CallHandle([host = QPointer(this), number] {
        if (host)
            host->m_waiting.erase(number);
    });
}

/// Nothing if it is being tried again meanwhile: then they wait for that.
void EngineHost::failAll(const Error &error)
{
    if (m_standing.state != EngineStanding::State::Failed)
        return;
    const QPointer alive(this);
    for (const quint64 last = m_lastCall; alive && !m_waiting.empty() && m_waiting.begin()->first <= last;)
        m_waiting.extract(m_waiting.begin()).mapped().fail(error);
}

void EngineHost::lendEach(QList<ConnectionRecord> connections, const Step &step, std::function<void()> then)
{
    if (connections.isEmpty()) {
        then();
        return;
    }
    const ConnectionRecord first = connections.takeFirst();
    *step = m_session.lendCredentials(first, [this, rest = std::move(connections), step, then = std::move(then)](const Result<void> &) {
        lendEach(rest, step, then);
    });
}

void EngineHost::tell(EngineStanding standing)
{
    m_standing = std::move(standing);
    Q_EMIT standingChanged(m_standing);
}

void EngineHost::shutDown(std::function<void()> done)
{
    m_engine = nullptr;  // what is asked from now on waits, and goes with us
    m_waiting.clear();
    m_onShutDown = std::move(done);
    const auto conclude = [this] {
        m_patience.cancel();
        if (const auto onShutDown = std::exchange(m_onShutDown, nullptr))
            onShutDown();
    };
    m_standing.state = EngineStanding::State::Closed;
    m_patience = m_composition.scheduler().after(kPatience, conclude);
    m_session.shutDown(conclude);
}

}  // namespace packmule
