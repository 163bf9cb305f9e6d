#include "tests/support/fakes/FakeJournal.h"

#include "core/journal/RecordListing.h"

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

constexpr Milliseconds kGroupDelay{250};

bool isLive(const TransferRecord &record)
{
    return record.state != TransferState::Done && record.state != TransferState::Skipped
        && record.state != TransferState::Cancelled;
}

/// Applies one change to the tables; one overload a kind.
struct Apply {
    FakeJournal &journal;
    void operator()(const SaveRun &change) const { journal.runs[change.run.id] = change.run; }
    void operator()(const SaveTransfer &change) const { journal.transfers[change.transfer.id] = change.transfer; }
    void operator()(const SavePart &change) const
    {
        journal.parts[change.part.transfer].insert_or_assign(change.part.partNumber.value(), change.part);
    }
    void operator()(const RemoveParts &change) const { journal.parts.erase(change.transfer); }
    void operator()(const RemoveTransfer &change) const
    {
        journal.transfers.erase(change.transfer);
        journal.parts.erase(change.transfer);
    }
    void operator()(const SaveConnection &change) const { journal.connections[change.connection.id] = change.connection; }
    void operator()(const SaveEndpoint &change) const { journal.endpoints[change.endpoint.endpointUrl] = change.endpoint; }
    void operator()(const SaveOrphan &change) const { journal.orphans[change.orphan.id] = change.orphan; }
    void operator()(const RemoveOrphan &change) const { journal.orphans.erase(change.id); }
};

}  // namespace

CallHandle FakeJournal::load(std::function<void(Result<JournalContents>)> done)
{
    return m_scheduler.after(latency, [this, done = std::move(done)] {
        JournalContents loaded = contents;
        for (const auto &[id, record] : transfers) {
            if (isLive(record))
                loaded.liveTransfers.append(record);
            loaded.highestTransfer = std::max(loaded.highestTransfer, id);
        }
        for (const auto &[id, run] : runs) {
            if (!run.ended)
                loaded.openRuns.append(run);
            loaded.highestRun = std::max(loaded.highestRun, id);
        }
        for (const auto &[id, connection] : connections)
            loaded.connections.append(connection);
        for (const auto &[url, endpoint] : endpoints)
            loaded.endpoints.append(endpoint);
        for (const auto &[id, orphan] : orphans) {
            loaded.orphans.append(orphan);
            loaded.highestOrphan = std::max(loaded.highestOrphan, id);
        }
        done(loaded);
    });
}

CallHandle FakeJournal::commit(JournalBatch batch, std::function<void(Result<void>)> done)
{
    ++commitCalls;
    auto shared = std::make_shared<std::function<void(Result<void>)>>(std::move(done));
    m_pending.append({std::move(batch), shared});
    scheduleFlush(latency);
    return CallHandle([shared] { *shared = nullptr; });
}

void FakeJournal::record(JournalBatch batch)
{
    ++recordCalls;
    m_pending.append({std::move(batch), nullptr});
    scheduleFlush(kGroupDelay);
}

CallHandle FakeJournal::loadParts(TransferId transfer, std::function<void(Result<QList<PartRecord>>)> done)
{
    return m_scheduler.after(latency, [this, transfer, done = std::move(done)] {
        QList<PartRecord> rows;
        for (const auto &[number, part] : parts[transfer])
            rows.append(part);
        done(rows);
    });
}

CallHandle FakeJournal::loadFinished(RunId run, TransferId after, int limit,
                                     std::function<void(Result<QList<TransferRecord>>)> done)
{
    return m_scheduler.after(latency, [this, run, after, limit, done = std::move(done)] {
        QList<TransferRecord> rows;
        for (auto row = transfers.upper_bound(after); row != transfers.end() && rows.size() < limit; ++row) {
            if (row->second.run == run && !isLive(row->second))
                rows.append(row->second);
        }
        done(rows);
    });
}

CallHandle FakeJournal::loadList(int offset, int limit, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    return m_scheduler.after(latency, [this, offset, limit, done = std::move(done)] {
        QList<ListedTransfer> rows;
        for (auto row = transfers.rbegin(); row != transfers.rend(); ++row)
            rows.append(listed(row->second));
        done(rows.mid(offset, limit));
    });
}

ByteCount FakeJournal::confirmedOf(TransferId transfer) const
{
    ByteCount confirmed;
    if (const auto known = parts.find(transfer); known != parts.end()) {
        for (const auto &[number, part] : known->second)
            confirmed += part.size;
    }
    return confirmed;
}

ListedTransfer FakeJournal::listed(const TransferRecord &record) const
{
    const auto known = parts.find(record.id);
    return {.transfer = record, .confirmedParts = known == parts.end() ? 0 : static_cast<int>(known->second.size()),
            .confirmed = confirmedOf(record.id)};
}

CallHandle FakeJournal::listOrder(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    return m_scheduler.after(latency, [this, query, done = std::move(done)] {
        done(orderOf(transfers, query, [this](TransferId id) { return confirmedOf(id); }));
    });
}

CallHandle FakeJournal::listChildren(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    return m_scheduler.after(latency, [this, run, query, done = std::move(done)] {
        done(childrenOf(run, transfers, query, [this](TransferId id) { return confirmedOf(id); }));
    });
}

CallHandle FakeJournal::listRows(const QList<TransferId> &ids, std::function<void(Result<QList<ListedTransfer>>)> done)
{
    return m_scheduler.after(latency, [this, ids, done = std::move(done)] {
        QList<ListedTransfer> rows;
        for (const TransferId id : ids) {
            if (const auto known = transfers.find(id); known != transfers.end())
                rows.append(listed(known->second));
        }
        done(rows);
    });
}

CallHandle FakeJournal::finishedSums(const QList<RunId> &ids, std::function<void(Result<QList<FinishedSums>>)> done)
{
    return m_scheduler.after(latency, [this, ids, done = std::move(done)] {
        QList<FinishedSums> sums;
        for (const RunId id : ids) {
            const auto known = runs.find(id);
            sums.append(finishedSumsOf(id, transfers, known == runs.end() ? nullptr : &known->second));
        }
        done(sums);
    });
}

CallHandle FakeJournal::countFinished(std::function<void(Result<qint64>)> done)
{
    return m_scheduler.after(latency, [this, done = std::move(done)] { done(finishedCountOf(transfers)); });
}

void FakeJournal::close(std::function<void()> done)
{
    m_isClosed = true;
    scheduleFlush(Milliseconds{0});
    const quint64 key = m_nextAnswer++;
    m_answers[key] = m_scheduler.after(Milliseconds{1}, [this, key, done = std::move(done)] {
        const auto run = done;
        m_answers.erase(key);
        run();
    });
}

void FakeJournal::breakDown(const Error &error)
{
    m_trouble = error;
    if (onTrouble)
        onTrouble(error);
}

void FakeJournal::mend()
{
    m_trouble.reset();
    if (onTrouble)
        onTrouble(std::nullopt);
    scheduleFlush(Milliseconds{0});
}

void FakeJournal::crash()
{
    m_pending.clear();
    m_flush.cancel();
    m_flushAt.reset();
    m_answers.clear();
}

void FakeJournal::scheduleFlush(Milliseconds delay)
{
    const MonotonicTime at = m_scheduler.clock().now() + delay;
    if (m_flushAt && *m_flushAt <= at)
        return;
    m_flushAt = at;
    m_flush = m_scheduler.after(delay, [this] { flush(); });
}

void FakeJournal::flush()
{
    m_flushAt.reset();
    if (m_trouble && !m_isClosed)
        return;
    const QList<Pending> ready = std::exchange(m_pending, {});
    const Result<void> result = m_trouble ? Result<void>(std::unexpected(*m_trouble)) : Result<void>();
    for (const Pending &pending : ready) {
        if (result)
            apply(pending.batch);
    }
    for (const Pending &pending : ready) {
        if (pending.done && *pending.done) {
            const auto run = std::exchange(*pending.done, nullptr);
            run(result);
        }
    }
}

void FakeJournal::apply(const JournalBatch &batch)
{
    for (const JournalChange &change : batch)
        std::visit(Apply{*this}, change);
    committed.append(batch);
    if (onDurable)
        onDurable(batch);
}

}  // namespace packmule
