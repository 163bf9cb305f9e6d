#include "core/journal/MemoryJournal.h"

#include "core/journal/RecordCodes.h"
#include "core/journal/RecordListing.h"

#include <QPointer>

#include <algorithm>
#include <ranges>

namespace packmule {

namespace {

template<typename Map>
auto valuesOf(const Map &map)
{
    QList<typename Map::mapped_type> values;
    for (const auto &entry : map)
        values.append(entry.second);
    return values;
}

std::tuple<QByteArray, QByteArray, QByteArray> keyOf(const TransferRecord &transfer)
{
    return {transfer.connectionId, transfer.object.bucket, transfer.object.key};
}

}  // namespace

MemoryJournal::MemoryJournal(int keptFinished) : m_keptFinished(keptFinished) {}

MemoryJournal::~MemoryJournal() = default;

void MemoryJournal::enqueue(quint64 sequence, std::function<void()> answer)
{
    if (m_answers.empty())
        QMetaObject::invokeMethod(this, &MemoryJournal::deliver, Qt::QueuedConnection);
    m_answers.emplace(sequence, std::move(answer));
}

CallHandle MemoryJournal::answerLater(std::function<void()> answer)
{
    const quint64 sequence = ++m_lastSequence;
    enqueue(sequence, std::move(answer));
    return CallHandle([journal = QPointer(this), sequence] {
        if (journal)
            journal->m_answers.erase(sequence);
    });
}

void MemoryJournal::deliver()
{
    const QPointer alive(this);
    const quint64 last = m_lastSequence;
    while (alive && !m_answers.empty() && m_answers.begin()->first <= last)
        m_answers.extract(m_answers.begin()).mapped()();
    if (alive && !m_answers.empty())
        QMetaObject::invokeMethod(this, &MemoryJournal::deliver, Qt::QueuedConnection);
}

CallHandle MemoryJournal::load(std::function<void(Result<JournalContents>)> done)
{
    return answerLater([this, done = std::move(done)] { done(contents()); });
}

CallHandle MemoryJournal::commit(JournalBatch batch, std::function<void(Result<void>)> done)
{
    const quint64 sequence = ++m_lastSequence;
    m_commits.emplace(sequence, std::move(done));
    const Pending pending{sequence, std::move(batch)};
    if (m_trouble)
        m_pending.push_back(pending);
    else
        write(pending);
    return CallHandle([journal = QPointer(this), sequence] {
        if (!journal)
            return;
        journal->m_commits.erase(sequence);
        journal->m_answers.erase(sequence);
    });
}

void MemoryJournal::record(JournalBatch batch)
{
    const Pending pending{++m_lastSequence, std::move(batch)};
    if (m_trouble)
        m_pending.push_back(pending);
    else
        write(pending);
}

void MemoryJournal::write(const Pending &pending)
{
    Result<void> result = check(pending.batch);
    if (m_isClosed)
        result = failure(ErrorKind::JournalUnavailable, QStringLiteral("the journal is closed"));
    if (result) {
        for (const JournalChange &change : pending.batch)
            std::visit([this](const auto &one) { apply(one); }, change);
        if (onWritten)
            onWritten(pending.batch);
    }
    if (auto commit = m_commits.extract(pending.sequence)) {
        enqueue(pending.sequence, [result, done = std::move(commit.mapped())] { done(result); });
    }
}

Result<void> MemoryJournal::check(const JournalBatch &batch) const
{
    std::map<ObjectKey, TransferId> taken;  // by this batch; 0 = given up by it
    for (const JournalChange &change : batch) {
        const auto *save = std::get_if<SaveTransfer>(&change);
        if (!save)
            continue;
        const ObjectKey key = keyOf(save->transfer);
        const auto known = m_liveObjects.find(key);
        const TransferId stored = known == m_liveObjects.end() ? 0 : known->second;
        const TransferId holder = taken.contains(key) ? taken[key] : stored;
        const bool isLive = !isFinished(save->transfer.state);
        if (isLive && holder != 0 && holder != save->transfer.id)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("two live transfers to one object"));
        if (isLive || holder == save->transfer.id)
            taken[key] = isLive ? save->transfer.id : 0;
    }
    return {};
}

void MemoryJournal::release(const TransferRecord &transfer)
{
    const auto known = m_liveObjects.find(keyOf(transfer));
    if (known != m_liveObjects.end() && known->second == transfer.id)
        m_liveObjects.erase(known);
}

void MemoryJournal::apply(const SaveRun &save)
{
    m_highestRun = std::max(m_highestRun, save.run.id);
    if (save.run.ended)
        m_openRuns.erase(save.run.id);
    else
        m_openRuns[save.run.id] = save.run;
}

void MemoryJournal::apply(const SaveTransfer &save)
{
    const TransferRecord &transfer = save.transfer;
    m_highestTransfer = std::max(m_highestTransfer, transfer.id);
    const auto known = m_transfers.find(transfer.id);
    const bool wasFinished = known != m_transfers.end() && isFinished(known->second.state);
    if (known != m_transfers.end())
        release(known->second);
    m_transfers[transfer.id] = transfer;
    if (!isFinished(transfer.state)) {
        m_liveObjects[keyOf(transfer)] = transfer.id;
    } else if (!wasFinished) {
        m_finished.push_back(transfer.id);
        forgetOldest();
    }
}

void MemoryJournal::forgetOldest()
{
    while (std::ssize(m_finished) > m_keptFinished) {
        const auto oldest = m_transfers.find(m_finished.front());
        m_finished.pop_front();
        if (oldest == m_transfers.end() || !isFinished(oldest->second.state))
            continue;
        m_parts.erase(oldest->first);
        m_transfers.erase(oldest);
    }
}

void MemoryJournal::apply(const SavePart &save)
{
    if (m_transfers.contains(save.part.transfer))
        m_parts[save.part.transfer].insert_or_assign(save.part.partNumber, save.part);
}

void MemoryJournal::apply(const RemoveParts &remove)
{
    m_parts.erase(remove.transfer);
}

void MemoryJournal::apply(const RemoveTransfer &remove)
{
    const auto known = m_transfers.find(remove.transfer);
    if (known == m_transfers.end())
        return;
    release(known->second);
    std::erase(m_finished, remove.transfer);
    m_parts.erase(remove.transfer);
    m_transfers.erase(known);
}

void MemoryJournal::apply(const SaveConnection &save)
{
    m_connections[save.connection.id] = save.connection;
}

void MemoryJournal::apply(const SaveEndpoint &save)
{
    m_endpoints[save.endpoint.endpointUrl] = save.endpoint;
}

void MemoryJournal::apply(const SaveOrphan &save)
{
    m_highestOrphan = std::max(m_highestOrphan, save.orphan.id);
    m_orphans[save.orphan.id] = save.orphan;
}

void MemoryJournal::apply(const RemoveOrphan &remove)
{
    m_orphans.erase(remove.id);
}

JournalContents MemoryJournal::contents() const
{
    JournalContents contents{.openRuns = valuesOf(m_openRuns),
                             .liveTransfers = {},
                             .connections = valuesOf(m_connections),
                             .endpoints = valuesOf(m_endpoints),
                             .orphans = valuesOf(m_orphans),
                             .highestTransfer = m_highestTransfer,
                             .highestRun = m_highestRun,
                             .highestOrphan = m_highestOrphan,
                             .notices = {}};
    for (const auto &[id, transfer] : m_transfers) {
        if (!isFinished(transfer.state))
            contents.liveTransfers.append(transfer);
    }
    return contents;
}

CallHandle MemoryJournal::loadParts(TransferId transfer, std::function<void(Result<QList<PartRecord>>)> done)
{
    return answerLater([this, transfer, done = std::move(done)] {
        const auto known = m_parts.find(transfer);
        done(known == m_parts.end() ? QList<PartRecord>() : valuesOf(known->second));
    });
}

CallHandle MemoryJournal::loadFinished(RunId run, TransferId after, int limit,
                                       std::function<void(Result<QList<TransferRecord>>)> done)
{
    return answerLater([this, run, after, limit, done = std::move(done)] {
        QList<TransferRecord> page;
        for (auto row = m_transfers.upper_bound(after); row != m_transfers.end() && page.size() < limit; ++row) {
            if (row->second.run == run && isFinished(row->second.state))
                page.append(row->second);
        }
        done(page);
    });
}

CallHandle MemoryJournal::loadList(int offset, int limit, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    return answerLater([this, offset, limit, done = std::move(done)] {
        QList<ListedTransfer> page;
        for (const auto &row : m_transfers | std::views::reverse | std::views::drop(offset) | std::views::take(limit))
            page.append(listed(row.second));
        done(page);
    });
}

ByteCount MemoryJournal::confirmedOf(TransferId transfer) const
{
    ByteCount confirmed;
    if (const auto known = m_parts.find(transfer); known != m_parts.end()) {
        for (const auto &part : known->second)
            confirmed += part.second.size;
    }
    return confirmed;
}

ListedTransfer MemoryJournal::listed(const TransferRecord &record) const
{
    const auto known = m_parts.find(record.id);
    return {.transfer = record, .confirmedParts = known == m_parts.end() ? 0 : static_cast<int>(known->second.size()),
            .confirmed = confirmedOf(record.id)};
}

CallHandle MemoryJournal::listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    return answerLater([this, query, done = std::move(done)] {
        done(orderOf(m_transfers, query, [this](TransferId id) { return confirmedOf(id); }));
    });
}

CallHandle MemoryJournal::listChildren(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    return answerLater([this, run, query, done = std::move(done)] {
        done(childrenOf(run, m_transfers, query, [this](TransferId id) { return confirmedOf(id); }));
    });
}

CallHandle MemoryJournal::listRows(const QList<TransferId> &transfers, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    return answerLater([this, transfers, done = std::move(done)] {
        QList<ListedTransfer> rows;
        for (const TransferId id : transfers) {
            if (const auto known = m_transfers.find(id); known != m_transfers.end())
                rows.append(listed(known->second));
        }
        done(rows);
    });
}

CallHandle MemoryJournal::finishedSums(const QList<RunId> &runs, std::function<void(Result<QList<FinishedSums>>)> done)
{
    return answerLater([this, runs, done = std::move(done)] {
        QList<FinishedSums> sums;
        for (const RunId run : runs) {
            const auto known = m_openRuns.find(run);
            sums.append(finishedSumsOf(run, m_transfers, known == m_openRuns.end() ? nullptr : &known->second));
        }
        done(sums);
    });
}

CallHandle MemoryJournal::countFinished(std::function<void(Result<qint64>)> done)
{
    return answerLater([this, done = std::move(done)] { done(finishedCountOf(m_transfers)); });
}

void MemoryJournal::close(std::function<void()> done)
{
    setTrouble(std::nullopt);
    m_isClosed = true;
    enqueue(++m_lastSequence, std::move(done));
}

void MemoryJournal::setTrouble(const std::optional<Error> &error)
{
    if (m_trouble.has_value() == error.has_value())
        return;
    m_trouble = error;
    if (!m_trouble) {
        for (const Pending &pending : std::exchange(m_pending, {}))
            write(pending);
    }
    enqueue(++m_lastSequence, [this, error] {
        if (onTrouble)
            onTrouble(error);
    });
}

}  // namespace packmule
