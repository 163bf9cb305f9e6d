#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QList>
#include <QObject>

namespace packmule {

/// Speeds of the last five minutes, one sample a second, of all transfers together and of each that runs. Bounded: what has
/// not moved for five minutes is forgotten. Thread: GUI. Engine, clock and scheduler outlive it.
class SpeedHistory : public QObject
{
    Q_OBJECT

public:
    static constexpr int kSamples = 300;

    SpeedHistory(EngineClient &engine, const Clock &clock, Scheduler &scheduler, QObject *parent = nullptr);

    /// Bytes a second, oldest first; at most kSamples, the last is now.
    QList<double> samples(TransferId transfer) const { return m_samples.value(transfer); }
    QList<double> totalSamples() const { return m_total; }
    double total() const { return m_total.isEmpty() ? 0 : m_total.last(); }
    int running() const { return static_cast<int>(m_rates.size()); }

Q_SIGNALS:
    void sampled();

private:
    struct Rate { double bytesPerSecond = 0; MonotonicTime at{}; };

    void note(const TransferEvent &event);
    void sample();

    const Clock &m_clock;
    Scheduler &m_scheduler;
    QHash<TransferId, Rate> m_rates;
    QHash<TransferId, QList<double>> m_samples;
    QList<double> m_total;
    CallHandle m_tick;
};

}  // namespace packmule
