#pragma once

#include "core/base/Error.h"
#include "core/base/Scheduler.h"
#include "core/s3/ObjectStore.h"

#include <functional>
#include <memory>
#include <utility>

namespace packmule {

/// Whether a call that a person waits for is worth another try within seconds (A10: faults of the way, a busy service).
constexpr bool isWorthAnotherTry(ErrorKind kind)
{
    return kind == ErrorKind::ConnectionLost || kind == ErrorKind::Stalled || kind == ErrorKind::Throttled || kind == ErrorKind::ServerFault
        || kind == ErrorKind::RequestTimedOut || kind == ErrorKind::TryAgain;
}

/// One call of a store for somebody who waits: tried twice more, half a second and a second later, when it failed on the
/// way. Transfers have RetryPolicy instead, which never gives up. Under CallHandle's rules; the handle owns everything,
/// and the scheduler outlives it. Thread: the store's.
template<typename T>
class RepeatedCall : public std::enable_shared_from_this<RepeatedCall<T>>
{
public:
    using Begin = std::function<CallHandle(Done<T>)>;

    static CallHandle make(Scheduler &scheduler, Begin begin, Done<T> done)
    {
        const auto call = std::make_shared<RepeatedCall>(scheduler, std::move(begin), std::move(done));
        call->attempt(1);
        return CallHandle([call] { call->m_call.cancel(); });
    }

    RepeatedCall(Scheduler &scheduler, Begin begin, Done<T> done) : m_scheduler(scheduler), m_begin(std::move(begin)), m_done(std::move(done)) {}

private:
    static constexpr int kMaxAttempts = 3;

    void attempt(int number)
    {
        m_call = m_begin([weak = this->weak_from_this(), number](Result<T> result) {
            if (const auto call = weak.lock())
                call->end(std::move(result), number);
        });
    }

    void end(Result<T> result, int number)
    {
        if (result || number >= kMaxAttempts || !isWorthAnotherTry(result.error().kind)) {
            const auto done = std::exchange(m_done, nullptr);
            done(std::move(result));
            return;
        }
        m_call = m_scheduler.after(Milliseconds(500 * number), [weak = this->weak_from_this(), number] {
            if (const auto call = weak.lock())
                call->attempt(number + 1);
        });
    }

    Scheduler &m_scheduler;
    Begin m_begin;
    Done<T> m_done;
    CallHandle m_call;
};

}  // namespace packmule
