#include "core/transfer/TransferQueue.h"

#include <utility>

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
    transfer.ticket = m_nextTicket++;
    m_line.push_back({transfer.id, transfer.ticket});
    ++m_readyCount;
}

void TransferQueue::rest(QueuedTransfer &transfer)
{
    if (transfer.phase == QueuedTransfer::Phase::Ready)
        --m_readyCount;
    transfer.phase = QueuedTransfer::Phase::Resting;
}

bool TransferQueue::isStale(const Place &place) const
{
    const auto found = m_transfers.find(place.transfer);
    return found == m_transfers.end() || found->second.phase != QueuedTransfer::Phase::Ready
        || found->second.ticket != place.ticket;
}

QueuedTransfer *TransferQueue::takeNext(const std::function<bool(const QueuedTransfer &)> &mayGo)
{
    while (!m_line.empty() && isStale(m_line.front()))
        m_line.pop_front();
    int looked = 0;
    for (auto place = m_line.begin(); place != m_line.end() && looked < kLookAhead; ++place, ++looked) {
        if (isStale(*place))
            continue;
        QueuedTransfer &transfer = m_transfers.at(place->transfer);
        if (!mayGo(transfer))
            continue;
        m_line.erase(place);
        --m_readyCount;
        transfer.phase = QueuedTransfer::Phase::Running;
        return &transfer;
    }
    return nullptr;
}

void TransferQueue::forEach(const std::function<void(QueuedTransfer &)> &visit)
{
    for (auto &[id, transfer] : m_transfers)
        visit(transfer);
}

}  // namespace packmule
