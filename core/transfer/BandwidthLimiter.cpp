#include "core/transfer/BandwidthLimiter.h"

#include <QDateTime>

#include <algorithm>
#include <deque>
#include <utility>

namespace packmule {

class ThrottledBody;

namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr Milliseconds kScheduleLook{1'000};

int minuteOfLocalDay(WallTime time)
{
    const QTime local = QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count()).time();
    return (local.hour() * 60 + local.minute()) % kMinutesPerDay;
}

}  // namespace

/// Shared with the bodies, which the transport may keep a little longer than the engine lives.
struct BandwidthLimiter::State : std::enable_shared_from_this<BandwidthLimiter::State> {
    State(Clock &theClock, Scheduler &theScheduler) : clock(&theClock), scheduler(&theScheduler) {}

    qint64 take(qint64 wanted, ThrottledBody *body);
    void refill();
    void lookAtSchedule();
    void wakeBodies();
    void forget(ThrottledBody *body) { std::erase(waiting, body); }

    Clock *clock;
    Scheduler *scheduler;   ///< null: the limiter is gone, everything is free
    BandwidthSchedule schedule;
    qint64 perSecond = 0;
    double tokens = 0;
    MonotonicTime lastRefill{};
    std::optional<MonotonicTime> nextLook;
    std::deque<ThrottledBody *> waiting;
    CallHandle timer;
};

class ThrottledBody final : public QIODevice
{
public:
    ThrottledBody(std::unique_ptr<QIODevice> inner, std::shared_ptr<BandwidthLimiter::State> state)
        : m_inner(std::move(inner)), m_state(std::move(state))
    {
        open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    }
    ~ThrottledBody() override { m_state->forget(this); }

    bool isSequential() const override { return false; }
    qint64 size() const override { return m_inner->size(); }
    bool seek(qint64 position) override { return m_inner->seek(position) && QIODevice::seek(position); }

protected:
    qint64 readData(char *bytes, qint64 maximum) override
    {
        const qint64 left = m_inner->size() - m_inner->pos();
        const qint64 wanted = std::min(maximum, left);
        if (wanted <= 0)
            return maximum == 0 ? 0 : -1;
        const qint64 granted = m_state->take(wanted, this);
        if (granted == 0)
            return 0;
        const qint64 count = m_inner->read(bytes, granted);
        if (count < 0)
            setErrorString(m_inner->errorString());
        return count;
    }
    qint64 writeData(const char *, qint64) override { return -1; }

private:
    std::unique_ptr<QIODevice> m_inner;
    std::shared_ptr<BandwidthLimiter::State> m_state;
};

/// @return 0: nothing now; `body` will emit readyRead.
qint64 BandwidthLimiter::State::take(qint64 wanted, ThrottledBody *body)
{
    if (!scheduler)
        return wanted;
    lookAtSchedule();
    if (perSecond == 0)
        return wanted;
    refill();
    if (tokens < static_cast<double>(std::min(wanted, kSmallestRead))) {
        if (std::ranges::find(waiting, body) == waiting.end())
            waiting.push_back(body);
        if (waiting.size() == 1)
            timer = scheduler->after(kRefill, [this] { wakeBodies(); });
        return 0;
    }
    const qint64 granted = std::min(wanted, static_cast<qint64>(tokens));
    tokens -= static_cast<double>(granted);
    return granted;
}

void BandwidthLimiter::State::refill()
{
    const MonotonicTime now = clock->now();
    const double seconds = std::chrono::duration<double>(now - lastRefill).count();
    const double burst = std::max(static_cast<double>(perSecond) * std::chrono::duration<double>(kBurst).count(),
                                  static_cast<double>(kSmallestRead));
    tokens = std::min(burst, tokens + seconds * static_cast<double>(perSecond));
    lastRefill = now;
}

void BandwidthLimiter::State::lookAtSchedule()
{
    const MonotonicTime now = clock->now();
    if (nextLook && now < *nextLook)
        return;
    nextLook = now + kScheduleLook;
    perSecond = rateAt(schedule, minuteOfLocalDay(clock->wallNow())).value();
}

/// Those who waited go on in turn while there are tokens; who takes the last ones waits again, behind the others.
void BandwidthLimiter::State::wakeBodies()
{
    const auto self = shared_from_this();  // a body may end the last upload
    // Taken one by one from the list itself, so that forget() finds a body which another's wake-up destroys.
    lookAtSchedule();
    refill();
    bool isFirst = true;  // that one always, because a small rest needs fewer tokens
    for (std::size_t left = waiting.size(); left > 0 && !waiting.empty(); --left) {
        if (!std::exchange(isFirst, false) && perSecond > 0 && tokens < static_cast<double>(kSmallestRead))
            break;
        ThrottledBody *body = waiting.front();
        waiting.pop_front();
        Q_EMIT body->readyRead();
    }
    if (!waiting.empty() && scheduler)
        timer = scheduler->after(kRefill, [this] { wakeBodies(); });
}

BandwidthLimiter::BandwidthLimiter(Clock &clock, Scheduler &scheduler) : m_state(std::make_shared<State>(clock, scheduler)) {}

BandwidthLimiter::~BandwidthLimiter()
{
    m_state->scheduler = nullptr;
    m_state->timer.cancel();
}

void BandwidthLimiter::setSchedule(const BandwidthSchedule &schedule)
{
    m_state->schedule = schedule;
    m_state->nextLook.reset();
    m_state->lastRefill = m_state->clock->now();
}

bool BandwidthLimiter::isUnlimited() const
{
    return m_state->schedule.isUnlimited();
}

std::unique_ptr<QIODevice> BandwidthLimiter::throttled(std::unique_ptr<QIODevice> inner) const
{
    return std::make_unique<ThrottledBody>(std::move(inner), m_state);
}

ByteCount rateAt(const BandwidthSchedule &schedule, int minuteOfDay)
{
    const BandwidthSchedule::Entry *current = nullptr, *last = nullptr;
    for (const auto &entry : schedule.entries) {
        if (entry.minuteOfDay <= minuteOfDay && (!current || entry.minuteOfDay >= current->minuteOfDay))
            current = &entry;
        if (!last || entry.minuteOfDay >= last->minuteOfDay)
            last = &entry;
    }
    if (!current)
        current = last;
    return current ? current->perSecond : ByteCount{};
}

}  // namespace packmule
