#include "core/transfer/PartSlots.h"

#include <algorithm>
#include <utility>

namespace packmule {

/// Shared with the handles, so that one dropped late finds it or finds it gone.
struct PartSlots::State : std::enable_shared_from_this<PartSlots::State> {
    struct Waiter {
        quint64 ticket = 0;
        ParallelLimit *endpoint = nullptr;
        std::function<void()> granted;
    };
    struct Lane {
        TransferId transfer = 0;
        std::deque<Waiter> waiters;
    };
    struct Grant {
        ParallelLimit *endpoint = nullptr;
        CallHandle announcement;  ///< the turn of the event loop that runs `granted`
    };

    State(Clock &theClock, Scheduler &theScheduler, int theCount) : clock(theClock), scheduler(theScheduler), count(theCount) {}

    void enqueue(TransferId transfer, Waiter waiter);
    void grantWhatMayGo();
    bool grantOne();
    void grant(Waiter waiter);
    void drop(quint64 ticket);

    Clock &clock;
    Scheduler &scheduler;
    int count;
    quint64 nextTicket = 1;
    std::list<Lane> lanes;  ///< transfers that wait, the one whose turn it is first
    std::map<quint64, Grant> grants;
};

void PartSlots::State::enqueue(TransferId transfer, Waiter waiter)
{
    auto lane = std::ranges::find(lanes, transfer, &Lane::transfer);
    if (lane == lanes.end())
        lane = lanes.insert(lanes.end(), Lane{transfer, {}});
    lane->waiters.push_back(std::move(waiter));
}

void PartSlots::State::grantWhatMayGo()
{
    while (static_cast<int>(grants.size()) < count && grantOne()) {}
}

/// The first transfer in turn whose endpoint may take one more; it then goes to the end of the turn.
bool PartSlots::State::grantOne()
{
    const MonotonicTime now = clock.now();
    const auto mayGo = [&](const Lane &lane) {
        const ParallelLimit &endpoint = *lane.waiters.front().endpoint;
        return endpoint.inFlight < endpoint.allowed(now, count);
    };
    const auto lane = std::ranges::find_if(lanes, mayGo);
    if (lane == lanes.end())
        return false;
    Waiter waiter = std::move(lane->waiters.front());
    lane->waiters.pop_front();
    if (lane->waiters.empty())
        lanes.erase(lane);
    else
        lanes.splice(lanes.end(), lanes, lane);
    grant(std::move(waiter));
    return true;
}

void PartSlots::State::grant(Waiter waiter)
{
    ++waiter.endpoint->inFlight;
    Grant &entry = grants[waiter.ticket];
    entry.endpoint = waiter.endpoint;
    entry.announcement = scheduler.after(Milliseconds{0}, std::move(waiter.granted));
}

void PartSlots::State::drop(quint64 ticket)
{
    if (const auto found = grants.find(ticket); found != grants.end()) {
        --found->second.endpoint->inFlight;
        grants.erase(found);
        grantWhatMayGo();
        return;
    }
    for (auto lane = lanes.begin(); lane != lanes.end(); ++lane) {
        if (std::erase_if(lane->waiters, [ticket](const Waiter &waiter) { return waiter.ticket == ticket; }) == 0)
            continue;
        if (lane->waiters.empty())
            lanes.erase(lane);
        return;
    }
}

PartSlots::PartSlots(Clock &clock, Scheduler &scheduler, int count)
    : m_state(std::make_shared<State>(clock, scheduler, std::max(1, count)))
{
}

PartSlots::~PartSlots() = default;

CallHandle PartSlots::acquire(TransferId transfer, ParallelLimit &endpoint, std::function<void()> granted)
{
    const quint64 ticket = m_state->nextTicket++;
    m_state->enqueue(transfer, {ticket, &endpoint, std::move(granted)});
    m_state->grantWhatMayGo();
    return CallHandle([weak = std::weak_ptr(m_state), ticket] {
        if (const auto state = weak.lock())
            state->drop(ticket);
    });
}

void PartSlots::setCount(int count)
{
    m_state->count = std::max(1, count);
    m_state->grantWhatMayGo();
}

int PartSlots::count() const
{
    return m_state->count;
}

int PartSlots::inFlight() const
{
    return static_cast<int>(m_state->grants.size());
}

void PartSlots::noteThrottled(ParallelLimit &endpoint)
{
    endpoint.throttled(m_state->clock.now(), m_state->count);
}

}  // namespace packmule
