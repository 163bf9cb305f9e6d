#pragma once

#include "core/base/Clock.h"

#include <algorithm>

namespace packmule {

/// How long to wait before the next attempt: a quarter of a second, then twice as long each time, up to half a minute.
/// What is learnt from a lost connection alone; RetryPolicy (core/transfer) is for calls with answers.
class ReconnectWaits
{
public:
    Milliseconds next()
    {
        const Milliseconds wait = std::min(kFirst * (1 << std::min(m_failures, 10)), kLongest);
        ++m_failures;
        ++m_attempts;
        return wait;
    }
    /// Bytes moved: the way is good again.
    void reset() { m_failures = m_attempts = 0; }
    /// Since the last reset.
    int attempts() const { return m_attempts; }

private:
    static constexpr Milliseconds kFirst{250};
    static constexpr Milliseconds kLongest{30'000};
    int m_failures = 0;
    int m_attempts = 0;
};

}  // namespace packmule
