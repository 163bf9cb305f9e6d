#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Mailbox.h"
#include "core/base/Scheduler.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>

class QThread;

namespace packmule {

/// Joins two threads: here, where it is made, and there, where other objects live. What is posted runs in order; a call is
/// begun there and answered here under CallHandle's rules. Only values cross. Turns here are kept short: after kTurn the
/// rest waits until other events of the loop, painting too, have had theirs.
///
/// Thread: here, except what says "there". Destroy it when the thread of there has ended; its calls are dropped there, by
/// dropCalls(), before what they were made to.
class ThreadBridge
{
public:
    static constexpr Milliseconds kTurn{4};

    template<typename T>
    using Answer = std::function<void(T)>;
    /// Begins a call there.
    template<typename T>
    using Start = std::function<CallHandle(Answer<T>)>;

    ThreadBridge();
    ~ThreadBridge();
    ThreadBridge(const ThreadBridge &) = delete;
    ThreadBridge &operator=(const ThreadBridge &) = delete;

    /// Once, before the thread starts.
    void moveTo(QThread &there);

    /// The handle may outlive the bridge. Dropping it cancels there, a moment later.
    template<typename T>
    [[nodiscard]] CallHandle call(Start<T> start, Answer<T> done);
    /// Runs there; never if the thread ends before.
    void post(std::function<void()> action) { m_thereBox.post(std::move(action)); }
    /// After the thread has ended: what it did last is now seen here (joining it is not seen by the thread sanitizer).
    void meet();

    /// There: runs here, behind everything that was posted back before.
    void postBack(std::function<void()> action);
    /// There: ends all calls where they are; they are never answered.
    void dropCalls();
    /// There: runs before each answer is posted back, so that what else is on its way can go ahead of it.
    std::function<void()> beforeAnswer;

private:
    struct WaitingCall {
        virtual ~WaitingCall() = default;
    };
    template<typename T>
    struct WaitingFor final : WaitingCall {
        explicit WaitingFor(Answer<T> theDone) : done(std::move(theDone)) {}
        Answer<T> done;
    };
    /// Shared with the handles, so that one dropped late finds it or finds it gone.
    struct Here {
        std::map<quint64, std::unique_ptr<WaitingCall>> waiting;
        quint64 last = 0;
    };

    CallHandle handleOf(quint64 number);
    void finish(quint64 number);
    void takeIn(std::function<void()> action);
    void runTurn();

    std::deque<std::function<void()>> m_arrived;
    CallHandle m_turn;
    bool m_isTurnDue = false;
    SystemClock m_clock;
    QtScheduler m_scheduler;
    std::map<quint64, CallHandle> m_calls;   ///< there
    bool m_isClosed = false;                 ///< there
    Mailbox m_hereBox, m_thereBox;
    std::shared_ptr<Here> m_here = std::make_shared<Here>();   ///< goes first, so that no handle finds the rest half gone
};

template<typename T>
CallHandle ThreadBridge::call(Start<T> start, Answer<T> done)
{
    const quint64 number = ++m_here->last;
    m_here->waiting.emplace(number, std::make_unique<WaitingFor<T>>(std::move(done)));
    post([this, number, begin = std::move(start)] {
        if (m_isClosed)
            return;
        m_calls.try_emplace(number);
        CallHandle handle = begin([this, number](T value) {
            finish(number);
            postBack([here = m_here.get(), number, value = std::move(value)]() mutable {
                if (auto waiting = here->waiting.extract(number))
                    static_cast<WaitingFor<T> &>(*waiting.mapped()).done(std::move(value));
            });
        });
        if (const auto known = m_calls.find(number); known != m_calls.end())
            known->second = std::move(handle);
    });
    return handleOf(number);
}

}  // namespace packmule
