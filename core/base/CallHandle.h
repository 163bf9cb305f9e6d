#pragma once

#include <functional>
#include <utility>

namespace packmule {

/// Owns one asynchronous call: destroying it cancels the call and silences its `done`.
/// Rules for everybody who returns one: `done` runs once, never from inside the starting call, never after the handle
/// is gone; the callee drops its own state before it runs `done`, so `done` may destroy the handle or start anew.
/// Thread: that of the object which returned it.
class CallHandle
{
public:
    CallHandle() = default;
    explicit CallHandle(std::function<void()> cancel) : m_cancel(std::move(cancel)) {}
    CallHandle(CallHandle &&other) noexcept : m_cancel(std::exchange(other.m_cancel, nullptr)) {}
    CallHandle &operator=(CallHandle &&other) noexcept
    {
        if (this != &other) {
            cancel();
            m_cancel = std::exchange(other.m_cancel, nullptr);
        }
        return *this;
    }
    CallHandle(const CallHandle &) = delete;
    CallHandle &operator=(const CallHandle &) = delete;
    ~CallHandle() { cancel(); }

    /// Cancels now. Safe to call twice and after the call has ended.
    void cancel()
    {
        if (auto cancelCall = std::exchange(m_cancel, nullptr))
            cancelCall();
    }

private:
    std::function<void()> m_cancel;
};

}  // namespace packmule
