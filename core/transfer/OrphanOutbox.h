#pragma once

#include "core/transfer/CallSet.h"
#include "core/transfer/OpenStores.h"

#include <deque>

namespace packmule {

/// Aborts uploads that this journal created and gave up (facts B2 step 8), one after the other, in the background: what
/// does not succeed is tried again later, and by the next process. Only ids from our own journal ever get in here.
/// Thread: the engine's.
class OrphanOutbox
{
public:
    static constexpr Milliseconds kFirstPause{5'000}, kLongestPause{300'000};

    OrphanOutbox(OpenStores &stores, Journal &journal, Scheduler &scheduler);

    /// What the journal remembers. Nothing is sent before start().
    void take(const QList<OrphanRecord> &orphans, const QList<ConnectionRecord> &connections);
    void addConnection(const ConnectionRecord &connection);
    void add(const OrphanRecord &orphan);
    /// The first command that needs the network was given.
    void start();
    /// True while an orphan is on its first try in this process; a command waits a little for that.
    bool isBusy() const { return m_isStarted && !m_fresh.empty(); }
    std::function<void()> onIdle;

private:
    void next();
    void onAborted(const OrphanRecord &orphan, const Result<void> &aborted);
    void retryLater();

    OpenStores &m_stores;
    Journal &m_journal;
    Scheduler &m_scheduler;
    std::map<QByteArray, ConnectionRecord> m_connections;
    std::deque<OrphanRecord> m_fresh, m_failed;
    bool m_isStarted = false;
    Milliseconds m_pause = kFirstPause;
    CallHandle m_call, m_timer;
};

}  // namespace packmule
