#include "core/base/Clock.h"

namespace packmule {

MonotonicTime SystemClock::now() const
{
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::steady_clock::now());
}

WallTime SystemClock::wallNow() const
{
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
}

}  // namespace packmule
