#pragma once

#include "core/journal/Records.h"
#include "core/transfer/EngineClient.h"

#include <QHash>
#include <QSet>

#include <functional>
#include <memory>
#include <set>
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
    bool needsAttention = false;   ///< its row says so; why is in the journal
    qint32 position = 0;  ///< its place in line: the lowest goes first, of two alike the older
    /// The whole row where it holds more than the above (an upload begun, an error); null = plainly queued.
    std::unique_ptr<TransferRecord> begun;
};

/// Every unfinished transfer, and the line in which they wait. No scan per file anywhere: finding is constant, adding to
/// the line and taking the next go by its length's logarithm, and keys are found by hash (two live transfers to one object would overwrite each other).
/// Thread: the engine's.
class TransferQueue
{
public:
    QueuedTransfer &add(QueuedTransfer transfer, const QByteArray &endpoint, const QByteArray &bucket);
    void remove(TransferId id, const QByteArray &endpoint, const QByteArray &bucket);
    QueuedTransfer *find(TransferId id);
    /// The live transfer to this object, or null.
    QueuedTransfer *findByObject(const QByteArray &endpoint, const ObjectAddress &object);
    /// Puts it in line, by its position.
    void makeReady(QueuedTransfer &transfer);
    /// Out of line; nothing if it is not in it.
    void rest(QueuedTransfer &transfer);
    /// The first in line that `mayGo`, looking at `kLookAhead` at most; it leaves the line and is Running. Null if none.
    QueuedTransfer *takeNext(const std::function<bool(const QueuedTransfer &)> &mayGo);
    void forEach(const std::function<void(QueuedTransfer &)> &visit);
    /// Those of them that are in line, keeping their order among themselves. @return whose position has changed.
    QList<TransferId> reorder(QueueMove move, const QSet<TransferId> &transfers);

    qsizetype count() const { return static_cast<qsizetype>(m_transfers.size()); }
    qsizetype readyCount() const { return static_cast<qsizetype>(m_line.size()); }

    /// Small files may overtake so many large ones whose turn has not come.
    static constexpr int kLookAhead = 16;

private:
    static size_t hashOf(const QByteArray &endpoint, const QByteArray &bucket, const QByteArray &key);

    std::unordered_map<TransferId, QueuedTransfer> m_transfers;
    using Place = std::pair<qint32, TransferId>;
    static Place placeOf(const QueuedTransfer &transfer) { return {transfer.position, transfer.id}; }

    std::set<Place> m_line;
    QHash<size_t, TransferId> m_byObject;
};

}  // namespace packmule
