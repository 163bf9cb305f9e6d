#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QList>

#include <functional>

namespace packmule {

/// What happens in the engine, on its way to the window: gathered for kGathering, the progress of a transfer only as it
/// was last, in slices that each fit into one turn of the window's event loop. While the window has not looked at what it
/// was sent, nothing more is sent, so a slow window costs memory for states, not for progress.
/// Thread: the engine's.
class EventRelay
{
public:
    static constexpr Milliseconds kGathering{50};
    static constexpr qsizetype kSlice = 64;

    struct Observer {
        std::function<void(QList<TransferEvent>)> onSlice;
        std::function<void(RunId, RunOutcome)> onRunEnded;
        /// Behind the last slice; to be answered by taken() when the window has come to it.
        std::function<void()> onSent;
    };

    EventRelay(Scheduler &scheduler, Observer observer);

    void add(const TransferEvent &event);
    void addRunEnd(RunId run, const RunOutcome &outcome);
    /// Sends everything now: an answer must not overtake what happened before it.
    void flush();
    void taken();

private:
    void sendSoon();
    void send();

    Scheduler &m_scheduler;
    Observer m_observer;
    QList<TransferEvent> m_pending;
    QHash<TransferId, qsizetype> m_lastProgress;   ///< where in m_pending, while nothing else has happened to the transfer
    int m_underWay = 0;
    CallHandle m_timer;
    bool m_isDue = false;
};

}  // namespace packmule
