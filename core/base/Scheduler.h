#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Clock.h"

#include <functional>

namespace packmule {

/// The seam for "later": timers that a test can advance without sleeping. Thread: the one that made it.
class Scheduler
{
public:
    virtual ~Scheduler() = default;
    /// Runs `action` once, `delay` from now (0: on the next turn of the event loop). Dropping the handle prevents it.
    [[nodiscard]] virtual CallHandle after(Milliseconds delay, std::function<void()> action) = 0;
};

/// On QTimer. Thread: the one that made it.
class QtScheduler final : public Scheduler
{
public:
    CallHandle after(Milliseconds delay, std::function<void()> action) override;
};

}  // namespace packmule
