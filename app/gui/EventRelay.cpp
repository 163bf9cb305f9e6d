#include "app/gui/EventRelay.h"

#include <utility>

namespace packmule {

EventRelay::EventRelay(Scheduler &scheduler, Observer observer) : m_scheduler(scheduler), m_observer(std::move(observer)) {}

void EventRelay::add(const TransferEvent &event)
{
    if (!std::holds_alternative<ProgressEvent>(event.body)) {
        m_lastProgress.remove(event.transfer);
        m_pending.append(event);
    } else if (const auto last = m_lastProgress.constFind(event.transfer); last != m_lastProgress.cend()) {
        m_pending[*last] = event;
    } else {
        m_lastProgress.insert(event.transfer, m_pending.size());
        m_pending.append(event);
    }
    sendSoon();
}

void EventRelay::addRunEnd(RunId run, const RunOutcome &outcome)
{
    flush();
    m_observer.onRunEnded(run, outcome);
}

void EventRelay::flush()
{
    if (!m_pending.isEmpty())
        send();
}

void EventRelay::taken()
{
    --m_underWay;
    if (!m_pending.isEmpty())
        sendSoon();
}

void EventRelay::sendSoon()
{
    if (m_underWay > 0 || std::exchange(m_isDue, true))
        return;
    m_timer = m_scheduler.after(kGathering, [this] { flush(); });
}

void EventRelay::send()
{
    m_timer.cancel();
    m_isDue = false;
    m_lastProgress.clear();
    const QList<TransferEvent> events = std::exchange(m_pending, {});
    ++m_underWay;
    for (qsizetype from = 0; from < events.size(); from += kSlice)
        m_observer.onSlice(events.mid(from, kSlice));
    m_observer.onSent();
}

}  // namespace packmule
