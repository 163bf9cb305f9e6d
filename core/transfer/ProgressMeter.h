#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"

#include <optional>

namespace packmule {

/// Turns an uploader's counts into what people may see: a smoothed rate, a time left, and a count of sent bytes that never
/// goes back and never passes the size. Bytes that have to be sent again raise nothing twice. Thread: any one.
class ProgressMeter
{
public:
    static constexpr Milliseconds kSmoothing{5'000};   ///< the rate's memory
    static constexpr Milliseconds kWarmUp{1'000};      ///< before it, no time left is told

    ProgressMeter() = default;
    /// @param alreadySent what an earlier process had confirmed; not part of the rate.
    ProgressMeter(ByteCount size, ByteCount alreadySent, MonotonicTime now);

    /// @param sent the uploader's own count, which may fall when a part is taken back.
    void update(ByteCount sent, ByteCount confirmed, MonotonicTime now);

    ByteCount sent() const { return m_sent; }
    ByteCount confirmed() const { return m_confirmed; }
    ByteCount size() const { return m_size; }
    double bytesPerSecond() const { return m_rate; }
    /// Empty while unknown or while nothing moves.
    std::optional<std::chrono::seconds> timeLeft() const;

private:
    ByteCount m_size, m_sent, m_confirmed, m_raw;
    double m_rate = 0;
    MonotonicTime m_begin{}, m_last{};
};

}  // namespace packmule
