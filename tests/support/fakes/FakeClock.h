#pragma once

#include "core/base/Clock.h"

namespace packmule {

/// A clock that only a test moves. Begins at 2026-11-21T12:00:00Z. Thread: any one.
class FakeClock final : public Clock
{
public:
    MonotonicTime now() const override { return m_now; }
    WallTime wallNow() const override { return m_wall; }

    /// Both clocks, as time passes.
    void advance(Milliseconds step)
    {
        m_now += step;
        m_wall += step;
    }
    /// The wall clock alone, as when somebody sets it.
    void setWall(WallTime wall) { m_wall = wall; }

private:
    MonotonicTime m_now{Milliseconds{1'000'000}};
    WallTime m_wall{Milliseconds{1'795'262'400'000}};
};

}  // namespace packmule
