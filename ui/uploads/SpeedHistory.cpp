#include "ui/uploads/SpeedHistory.h"

#include "ui/uploads/ShownTransfer.h"

#include <algorithm>

namespace packmule {

namespace {

/// The engine tells progress ten times a second; silence this long means that nothing moves.
constexpr Milliseconds kSilence{2500};
constexpr qsizetype kMostTransfers = 200;

void append(QList<double> &samples, double rate)
{
    if (samples.size() >= SpeedHistory::kSamples)
        samples.removeFirst();
    samples.append(rate);
}

}  // namespace

SpeedHistory::SpeedHistory(EngineClient &engine, const Clock &clock, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_clock(clock), m_scheduler(scheduler)
{
    connect(&engine, &EngineClient::eventOccurred, this, &SpeedHistory::note);
}

void SpeedHistory::note(const TransferEvent &event)
{
    if (const auto *progress = std::get_if<ProgressEvent>(&event.body))
        m_rates.insert(event.transfer, {progress->rate, m_clock.now()});
    else if (endsTransfer(event) || std::holds_alternative<WaitingEvent>(event.body))
        m_rates.remove(event.transfer);
    else
        return;
    const bool isSampling = !m_samples.isEmpty();
    if (!isSampling && !m_rates.isEmpty()) {
        m_samples.insert(event.transfer, {});
        m_tick = m_scheduler.after(std::chrono::seconds(1), [this] { sample(); });
    }
}

void SpeedHistory::sample()
{
    const MonotonicTime now = m_clock.now();
    m_rates.removeIf([now](const auto &rate) { return now - rate->at > kSilence; });
    double total = 0;
    for (auto rate = m_rates.cbegin(); rate != m_rates.cend(); ++rate) {
        total += rate->bytesPerSecond;
        if (m_samples.contains(rate.key()) || m_samples.size() < kMostTransfers)
            m_samples[rate.key()];
    }
    for (auto samples = m_samples.begin(); samples != m_samples.end(); ++samples)
        append(*samples, m_rates.value(samples.key()).bytesPerSecond);
    append(m_total, total);
    m_samples.removeIf([](const auto &samples) { return std::ranges::all_of(*samples, [](double rate) { return rate <= 0; }); });
    // An idle window has no timer: nothing wakes it until something moves again.
    if (!m_samples.isEmpty() || !m_rates.isEmpty())
        m_tick = m_scheduler.after(std::chrono::seconds(1), [this] { sample(); });
    else
        m_total.clear();
    Q_EMIT sampled();
}

}  // namespace packmule
