#pragma once

#include "core/journal/Records.h"

#include <QHash>

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>

namespace packmule {

/// One unfinished transfer as the engine remembers it between its turns: as little as possible, because there may be a
/// hundred thousand (at most 1 KB each, facts I5). What all transfers of a run share is in the run.
struct QueuedTransfer {
    enum class Phase {
        Resting,   ///< in the journal; nobody asked for it, or it has failed, or it is paused
        Saving,    ///< its row is on the way to the disk
        Ready,     ///< in line
        Running,   ///< an uploader has it
    };
    TransferId id = 0;
    RunId run = 0;
    QByteArray sourcePath, key;
    SourceIdentity source;
    Phase phase = Phase::Resting;
    bool isPaused = false;
    bool isAsked = false;   ///< counted in its run as one that is to run now
    quint32 ticket = 0;   ///< its place in line, the queue's own
    /// The whole row where it holds more than the above (an upload begun, an error); null = plainly queued.
    std::unique_ptr<TransferRecord> begun;
};

/// Every unfinished transfer, and the line in which they wait. No scan per file anywhere: finding, adding and taking the
/// next are constant, and keys are found by hash (two live transfers to one object would overwrite each other).
/// Thread: the engine's.
class TransferQueue
{
public:
    QueuedTransfer &add(QueuedTransfer transfer, const QByteArray &endpoint, const QByteArray &bucket);
    void remove(TransferId id, const QByteArray &endpoint, const QByteArray &bucket);
    QueuedTransfer *find(TransferId id);
    /// The live transfer to this object, or null.
    QueuedTransfer *findByObject(const QByteArray &endpoint, const ObjectAddress &object);
    /// Puts it at the end of the line.
    void makeReady(QueuedTransfer &transfer);
    /// Out of line; nothing if it is not in it.
    void rest(QueuedTransfer &transfer);
    /// The first in line that `mayGo`, looking at `kLookAhead` at most; it leaves the line and is Running. Null if none.
    QueuedTransfer *takeNext(const std::function<bool(const QueuedTransfer &)> &mayGo);
    void forEach(const std::function<void(QueuedTransfer &)> &visit);

    qsizetype count() const { return static_cast<qsizetype>(m_transfers.size()); }
    qsizetype readyCount() const { return m_readyCount; }

    /// Small files may overtake so many large ones whose turn has not come.
    static constexpr int kLookAhead = 16;

private:
    static size_t hashOf(const QByteArray &endpoint, const QByteArray &bucket, const QByteArray &key);

    std::unordered_map<TransferId, QueuedTransfer> m_transfers;
    struct Place { TransferId transfer = 0; quint32 ticket = 0; };
    bool isStale(const Place &place) const;

    std::deque<Place> m_line;   // places that were left are stale, not gone: leaving is constant too
    quint32 m_nextTicket = 1;
    QHash<size_t, TransferId> m_byObject;
    qsizetype m_readyCount = 0;
};

}  // namespace packmule
