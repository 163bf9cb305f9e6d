#pragma once

#include "core/base/Clock.h"

#include <algorithm>

namespace packmule {

/// How many parts one endpoint may have in flight: halved when it throttles, one more for every 30 s without
/// (facts s3.md A11). A value with the time handed in; also counts what is in flight for PartSlots. Thread: the engine's.
class ParallelLimit
{
public:
    static constexpr Milliseconds kCleanPeriod{30'000};
    static constexpr Milliseconds kDeafPeriod{1'000};  ///< parts that were in flight together report the same throttling

    /// @param most what is allowed without throttling.
    int allowed(MonotonicTime now, int most) const
    {
        if (m_reduced == 0)
            return most;
        const auto regained = static_cast<int>((now - m_lastThrottle) / kCleanPeriod);
        return std::clamp(m_reduced + regained, 1, std::max(1, most));
    }
    void throttled(MonotonicTime now, int most)
    {
        if (m_reduced != 0 && now - m_lastThrottle < kDeafPeriod)
            return;
        m_reduced = std::max(1, allowed(now, most) / 2);
        m_lastThrottle = now;
    }

    int inFlight = 0;  ///< kept by PartSlots

private:
    int m_reduced = 0;  // 0 = never throttled
    MonotonicTime m_lastThrottle{};
};

}  // namespace packmule
