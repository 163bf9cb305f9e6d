#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Scheduler.h"
#include "core/journal/Records.h"
#include "core/transfer/ParallelLimit.h"

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>

namespace packmule {

/// Permission to have one part (or one small file) in flight: four by default over all transfers. Transfers take turns,
/// so that one large file cannot starve the others; within a transfer first come, first served. An endpoint that
/// throttles has a lower limit of its own (ParallelLimit) and is passed over while it is at it.
/// Thread: the engine's. The handles may outlive the slots.
class PartSlots
{
public:
    static constexpr int kDefaultCount = 4;

    PartSlots(Clock &clock, Scheduler &scheduler, int count = kDefaultCount);
    ~PartSlots();

    /// `granted` runs later, once, when a slot is free. Dropping the handle gives the slot back, or leaves the queue.
    /// @param endpoint outlives the handle.
    [[nodiscard]] CallHandle acquire(TransferId transfer, ParallelLimit &endpoint, std::function<void()> granted);

    void setCount(int count);
    int count() const;
    int inFlight() const;
    /// An answer said "slow down".
    void noteThrottled(ParallelLimit &endpoint);

private:
    struct State;
    std::shared_ptr<State> m_state;
};

}  // namespace packmule
