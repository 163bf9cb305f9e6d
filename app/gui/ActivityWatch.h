#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QObject>
#include <QSet>

#include <optional>

namespace packmule {

/// What tray, taskbar, sleep and notices want to know of the engine: whether it is busy, how far, and what matters.
struct Activity {
    int active = 0;              ///< transfers begun and not ended, those that wait included
    int waiting = 0;             ///< of them, for the network, a file, …
    int queued = 0;              ///< not begun yet
    int paused = 0;
    int needingAttention = 0;    ///< since somebody last looked
    std::optional<int> percent;  ///< of what was begun or queued since the last idle moment; nullopt: idle
    double rate = 0;             ///< bytes a second

    bool isBusy() const { return active > 0 || queued > 0; }
    /// Something moves or may move any moment: reason enough to stay awake.
    bool isSending() const { return active > waiting || (queued > 0 && active == 0); }
};

/// Follows the engine's events. Memory: an entry for each transfer that is queued or active. Thread: the client's.
class ActivityWatch final : public QObject
{
    Q_OBJECT

public:
    static constexpr Milliseconds kBetweenChanges{250};

    ActivityWatch(EngineClient &engine, Scheduler &scheduler, QObject *parent = nullptr);

    const Activity &activity() const { return m_activity; }
    /// The person looks at the window.
    void forgetAttention();

Q_SIGNALS:
    /// At most four times a second.
    void changed();
    /// A transfer waits for the network, and nothing that is active does not.
    void networkLost();
    /// The first byte that moves after networkLost().
    void networkBack();
    void attentionNeeded(const packmule::TransferEvent &event);

private:
    struct Known {
        ByteCount size, confirmed;
        double rate = 0;
        bool isBegun = false, isPaused = false;
        std::optional<WaitReason> waiting;
    };

    void take(const TransferEvent &event);
    void end(TransferId transfer, bool isDone);
    void moved(Known &transfer);
    void changeSoon();
    void sum();

    Scheduler &m_scheduler;
    QHash<TransferId, Known> m_known;
    ByteCount m_ended;             ///< bytes of what ended well since the last idle moment
    Activity m_activity;
    bool m_isOffline = false, m_isDue = false;
    CallHandle m_timer;
};

}  // namespace packmule
