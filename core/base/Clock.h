#pragma once

#include <chrono>

namespace packmule {

using Milliseconds = std::chrono::milliseconds;
/// For limits, back-off and rates; does not jump.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Milliseconds>;
/// UTC. For signatures and display only.
using WallTime = std::chrono::sys_time<Milliseconds>;

/// The seam for time (facts B7). Thread: any.
class Clock
{
public:
    virtual ~Clock() = default;
    virtual MonotonicTime now() const = 0;
    virtual WallTime wallNow() const = 0;
};

class SystemClock final : public Clock
{
public:
    MonotonicTime now() const override;
    WallTime wallNow() const override;
};

}  // namespace packmule
