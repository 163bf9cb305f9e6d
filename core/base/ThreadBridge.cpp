#include "core/base/ThreadBridge.h"

#include <QThread>

namespace packmule {

ThreadBridge::ThreadBridge() = default;

ThreadBridge::~ThreadBridge() = default;

void ThreadBridge::moveTo(QThread &there)
{
    m_thereBox.moveToThread(&there);
}

CallHandle ThreadBridge::handleOf(quint64 number)
{
    return CallHandle([this, weak = std::weak_ptr(m_here), number] {
        const auto here = weak.lock();
        if (!here || here->waiting.erase(number) == 0)
            return;
        post([this, number] { m_calls.erase(number); });
    });
}

void ThreadBridge::meet()
{
    m_hereBox.meet();
    m_thereBox.meet();
}

void ThreadBridge::finish(quint64 number)
{
    // The handle goes last: it may belong to what is answering just now.
    const auto ended = m_calls.extract(number);
    if (beforeAnswer)
        beforeAnswer();
}

void ThreadBridge::postBack(std::function<void()> action)
{
    m_hereBox.post([this, action = std::move(action)]() mutable { takeIn(std::move(action)); });
}

void ThreadBridge::dropCalls()
{
    m_isClosed = true;
    m_calls.clear();
    beforeAnswer = nullptr;
}

void ThreadBridge::takeIn(std::function<void()> action)
{
    m_arrived.push_back(std::move(action));
    if (!std::exchange(m_isTurnDue, true))
        m_turn = m_scheduler.after(Milliseconds{0}, [this] { runTurn(); });
}

// A timer begins each turn, not a queued event: queued events that call for more of their kind would never let the loop on.
void ThreadBridge::runTurn()
{
    const std::weak_ptr alive(m_here);
    const MonotonicTime end = m_clock.now() + kTurn;
    do {
        const auto action = std::move(m_arrived.front());
        m_arrived.pop_front();
        action();
        if (alive.expired())
            return;
    } while (!m_arrived.empty() && m_clock.now() < end);
    m_isTurnDue = !m_arrived.empty();
    if (m_isTurnDue)
        m_turn = m_scheduler.after(Milliseconds{0}, [this] { runTurn(); });
}

}  // namespace packmule
