#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/PutCommand.h"

#include <QIODevice>

#include <memory>

namespace packmule {

/// --bwlimit: one token bucket for the bodies of all uploads together. A throttled body answers a read with 0 bytes while
/// there are no tokens and emits readyRead when there are; QNetworkAccessManager pauses and goes on by that.
/// Thread: the engine's. Bodies may outlive it and are then free.
class BandwidthLimiter
{
public:
    static constexpr Milliseconds kRefill{50};       ///< how often waiting bodies are woken
    static constexpr Milliseconds kBurst{200};       ///< what may be sent at once after a pause
    static constexpr qint64 kSmallestRead = 1024;    ///< fewer bytes are not worth a system call

    BandwidthLimiter(Clock &clock, Scheduler &scheduler);
    ~BandwidthLimiter();

    /// Holds from now on for all bodies, those under way too.
    void setSchedule(const BandwidthSchedule &schedule);
    bool isUnlimited() const;
    /// A body that reads `inner` no faster than its share.
    std::unique_ptr<QIODevice> throttled(std::unique_ptr<QIODevice> inner) const;

    struct State;

private:
    std::shared_ptr<State> m_state;
};

/// Bytes a second at this minute of the local day; 0 = unlimited. Before the first entry yesterday's last one holds.
ByteCount rateAt(const BandwidthSchedule &schedule, int minuteOfDay);

}  // namespace packmule
