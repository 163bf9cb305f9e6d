#include "core/transfer/TransferQueue.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace packmule {

size_t TransferQueue::hashOf(const QByteArray &endpoint, const QByteArray &bucket, const QByteArray &key)
{
    return qHashMulti(0, endpoint, bucket, key);
}

QueuedTransfer &TransferQueue::add(QueuedTransfer transfer, const QByteArray &endpoint, const QByteArray &bucket)
{
    m_byObject.insert(hashOf(endpoint, bucket, transfer.key), transfer.id);
    const TransferId id = transfer.id;
    return m_transfers.insert_or_assign(id, std::move(transfer)).first->second;
}

void TransferQueue::remove(TransferId id, const QByteArray &endpoint, const QByteArray &bucket)
{
    const auto found = m_transfers.find(id);
    if (found == m_transfers.end())
        return;
    rest(found->second);
    const size_t hash = hashOf(endpoint, bucket, found->second.key);
    if (m_byObject.value(hash) == id)
        m_byObject.remove(hash);
    m_transfers.erase(found);
}

QueuedTransfer *TransferQueue::find(TransferId id)
{
    const auto found = m_transfers.find(id);
    return found == m_transfers.end() ? nullptr : &found->second;
}

QueuedTransfer *TransferQueue::findByObject(const QByteArray &endpoint, const ObjectAddress &object)
{
    const auto id = m_byObject.constFind(hashOf(endpoint, object.bucket, object.key));
    if (id == m_byObject.cend())
        return nullptr;
    QueuedTransfer *transfer = find(*id);
    return transfer && transfer->key == object.key ? transfer : nullptr;
}

void TransferQueue::makeReady(QueuedTransfer &transfer)
{
    if (transfer.phase == QueuedTransfer::Phase::Ready || transfer.phase == QueuedTransfer::Phase::Running)
        return;
    transfer.phase = QueuedTransfer::Phase::Ready;
    m_line.insert(placeOf(transfer));
}

void TransferQueue::rest(QueuedTransfer &transfer)
{
    if (transfer.phase == QueuedTransfer::Phase::Ready)
        m_line.erase(placeOf(transfer));
    transfer.phase = QueuedTransfer::Phase::Resting;
}

QueuedTransfer *TransferQueue::takeNext(const std::function<bool(const QueuedTransfer &)> &mayGo)
{
    int looked = 0;
    for (auto place = m_line.begin(); place != m_line.end() && looked < kLookAhead; ++place, ++looked) {
        QueuedTransfer &transfer = m_transfers.at(place->second);
        if (!mayGo(transfer))
            continue;
        m_line.erase(place);
        transfer.phase = QueuedTransfer::Phase::Running;
        return &transfer;
    }
    return nullptr;
}

QList<TransferId> TransferQueue::reorder(QueueMove move, const QSet<TransferId> &transfers)
{
    std::vector<Place> line(m_line.begin(), m_line.end());
    const auto isMoved = [&transfers](const Place &place) { return transfers.contains(place.second); };
    switch (move) {
    case QueueMove::Top: std::ranges::stable_partition(line, isMoved); break;
    case QueueMove::Bottom: std::ranges::stable_partition(line, std::not_fn(isMoved)); break;
    case QueueMove::Up:
        for (size_t i = 1; i < line.size(); ++i) {
            if (isMoved(line[i]) && !isMoved(line[i - 1]))
                std::swap(line[i], line[i - 1]);
        }
        break;
    case QueueMove::Down:
        for (size_t i = line.size(); i-- > 1;) {
            if (isMoved(line[i - 1]) && !isMoved(line[i]))
                std::swap(line[i - 1], line[i]);
        }
        break;
    }
    // The line's positions stay, dealt out anew; two alike would let the id decide, so they are moved apart.
    QList<TransferId> changed;
    auto free = m_line.begin();
    std::optional<qint32> last;
    for (const Place &place : line) {
        QueuedTransfer &transfer = m_transfers.at(place.second);
        const qint32 position = last && free->first <= *last ? *last + 1 : free->first;
        ++free;
        last = position;
        if (std::exchange(transfer.position, position) != position)
            changed.append(transfer.id);
    }
    m_line.clear();
    for (const Place &place : line)
        m_line.insert(placeOf(m_transfers.at(place.second)));
    return changed;
}

void TransferQueue::forEach(const std::function<void(QueuedTransfer &)> &visit)
{
    for (auto &[id, transfer] : m_transfers)
        visit(transfer);
}

}  // namespace packmule
