#include "app/gui/EngineThread.h"

#include "app/gui/EventRelay.h"

#include <utility>

namespace packmule {

EngineThread::EngineThread()
{
    m_thread.setObjectName(QStringLiteral("packmule-engine"));
    m_bridge.moveTo(m_thread);
}

EngineThread::~EngineThread()
{
    if (m_thread.isRunning() && !m_isStopping)
        m_bridge.post([this] { destroyHost(); });
    m_thread.wait();
    m_bridge.meet();
}

void EngineThread::start(EngineChoices choices)
{
    Q_ASSERT(!m_thread.isRunning());
    if (choices.secrets)
        choices.secrets->moveTo(m_thread);
    m_bridge.post([this, choices = std::move(choices)] { makeHost(choices); });
    m_thread.start();
}

void EngineThread::makeHost(const EngineChoices &choices)
{
    m_relay = std::make_unique<EventRelay>(m_relayScheduler, EventRelay::Observer{
        .onSlice = [this](QList<TransferEvent> events) { m_bridge.postBack([this, events = std::move(events)] { Q_EMIT eventsOccurred(events); }); },
        .onRunEnded = [this](RunId run, RunOutcome outcome) { m_bridge.postBack([this, run, outcome = std::move(outcome)] { Q_EMIT runEnded(run, outcome); }); },
        .onSent = [this] { m_bridge.postBack([this] { m_bridge.post([this] { if (m_relay) m_relay->taken(); }); }); }});
    m_bridge.beforeAnswer = [this] { m_relay->flush(); };
    m_host = std::make_unique<EngineHost>(choices);
    connect(m_host.get(), &EngineHost::eventOccurred, m_host.get(), [this](const TransferEvent &event) { m_relay->add(event); });
    connect(m_host.get(), &EngineHost::runEnded, m_host.get(), [this](RunId run, const RunOutcome &outcome) { m_relay->addRunEnd(run, outcome); });
    connect(m_host.get(), &EngineHost::standingChanged, m_host.get(), [this](const EngineStanding &standing) {
        m_relay->flush();
        m_bridge.postBack([this, standing] { takeStanding(standing); });
    });
    m_host->open();
}

void EngineThread::destroyHost()
{
    m_bridge.dropCalls();
    if (m_relay)
        m_relay->flush();
    m_host.reset();
    m_relay.reset();
    m_bridge.postBack([this] {
        m_thread.wait();  // it has nothing left to do
        m_bridge.meet();
        if (const auto onStopped = std::exchange(m_onStopped, nullptr))
            onStopped();
    });
    m_thread.quit();
}

void EngineThread::tryAgain()
{
    post([](EngineHost &host) { host.open(); });
}

void EngineThread::post(std::function<void(EngineHost &)> action)
{
    m_bridge.post([this, action = std::move(action)] {
        if (m_host)
            action(*m_host);
    });
}

void EngineThread::stop(std::function<void()> done)
{
    Q_ASSERT(!m_isStopping);
    m_isStopping = true;
    if (!m_thread.isRunning()) {
        m_bridge.postBack(std::move(done));
        return;
    }
    m_onStopped = std::move(done);
    m_bridge.post([this] {
        m_host->shutDown([this] {
            // Not from inside the host's own call.
            m_bridge.post([this] { destroyHost(); });
        });
    });
}

void EngineThread::takeStanding(const EngineStanding &standing)
{
    m_standing = standing;
    Q_EMIT standingChanged();
}

}  // namespace packmule
