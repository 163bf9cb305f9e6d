#include "tests/support/fakes/FakeJournal.h"

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
        for (auto row = transfers.rbegin(); row != transfers.rend(); ++row) {
            ListedTransfer listed{.transfer = row->second, .confirmedParts = static_cast<int>(parts[row->first].size()), .confirmed = {}};
            for (const auto &[number, part] : parts[row->first])
                listed.confirmed += part.size;
            rows.append(listed);
        }
        done(rows.mid(offset, limit));
    });
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
