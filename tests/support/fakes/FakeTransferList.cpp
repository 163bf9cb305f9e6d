#include "tests/support/fakes/FakeTransferList.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr qint64 kMiB = 1024 * 1024;

bool isOf(const TransferRecord &record, ListFilter filter, bool isWaiting)
{
    const bool isRunning = record.state == TransferState::Creating || record.state == TransferState::Sending;
    switch (filter) {
    case ListFilter::All: return true;
    case ListFilter::Uploading: return isRunning && !isWaiting && !record.isPaused;
    case ListFilter::Waiting: return !record.isPaused && (record.state == TransferState::Queued || (isRunning && isWaiting));
    case ListFilter::Paused: return record.isPaused || record.state == TransferState::Paused;
    case ListFilter::Verifying: return record.state == TransferState::Completing;
    case ListFilter::Done: return record.state == TransferState::Done || record.state == TransferState::Skipped;
    case ListFilter::NeedsAttention: return record.state == TransferState::NeedsAttention;
    }
    return false;
}

TransferSnapshot snapshotOf(TransferId transfer, RunId run, const QByteArray &sourcePath, TransferState state)
{
    TransferSnapshot snapshot;
    TransferRecord &record = snapshot.record;
    record.id = transfer;
    record.run = run;
    record.connectionId = "c1";
    record.sourcePath = sourcePath;
    record.source.size = ByteCount(100 * kMiB);
    record.object = {"bucket", "backup/" + sourcePath.mid(sourcePath.lastIndexOf('/') + 1)};
    record.state = state;
    record.partSize = ByteCount(10 * kMiB);
    record.createStarted = WallTime(Milliseconds(1'795'262'400'000) + std::chrono::seconds(transfer));
    snapshot.parts = 10;
    if (state == TransferState::Done) {
        snapshot.sent = snapshot.confirmed = record.source.size;
        snapshot.confirmedParts = 10;
        record.isVerified = true;
        record.eTag = "d41d8cd98f00b204e9800998ecf8427e-10";
        record.ended = *record.createStarted + std::chrono::minutes(3);
    }
    return snapshot;
}

}  // namespace

TransferSnapshot &FakeTransferList::add(TransferId transfer, RunId run, const QByteArray &sourcePath, TransferState state)
{
    return *m_transfers.insert(transfer, snapshotOf(transfer, run, sourcePath, state));
}

TransferSnapshot FakeTransferList::pretended(TransferId transfer) const
{
    return snapshotOf(transfer, transfer, "/home/ada/archive/file-" + QByteArray::number(transfer) + ".bin",
                      transfer % 3 == 0 ? TransferState::Done : TransferState::Queued);
}

bool FakeTransferList::matches(const TransferSnapshot &snapshot, const ListQuery &query) const
{
    const TransferRecord &record = snapshot.record;
    return record.state != TransferState::Cancelled && isOf(record, query.filter, snapshot.waiting.has_value())
        && (query.connectionId.isEmpty() || query.connectionId == record.connectionId)
        && (query.search.isEmpty() || QString::fromUtf8(record.sourcePath).contains(query.search, Qt::CaseInsensitive));
}

QList<TransferId> FakeTransferList::sorted(const ListQuery &query) const
{
    QList<TransferId> ids;
    for (const TransferSnapshot &snapshot : m_transfers) {
        if (matches(snapshot, query))
            ids.append(snapshot.record.id);
    }
    if (query.sortBy == ListColumn::Name)
        std::ranges::stable_sort(ids, {}, [this](TransferId id) { return m_transfers.value(id).record.sourcePath; });
    else if (query.sortBy == ListColumn::Size)
        std::ranges::stable_sort(ids, {}, [this](TransferId id) { return m_transfers.value(id).record.source.size; });
    if (query.isDescending)
        std::ranges::reverse(ids);
    return ids;
}

ListOrder FakeTransferList::orderNow(const ListQuery &query) const
{
    ListOrder order;
    const QList<TransferId> ids = sorted(query);
    QHash<RunId, qsizetype> places;
    for (const TransferId id : ids) {
        const RunId run = m_transfers.value(id).record.run;
        if (const auto place = places.constFind(run); run != 0 && place != places.cend()) {
            ListEntry &entry = order.entries[*place];
            ++entry.count;
            entry.first = std::min(entry.first, id);
            continue;
        }
        places.insert(run, order.entries.size());
        order.entries.append({.run = run, .first = id, .count = 1});
    }
    for (int i = 0; i < m_pretended; ++i) {
        const TransferId id = query.isDescending ? m_pretended - i : i + 1;
        order.entries.append({.run = id, .first = id, .count = 1});
    }
    order.transfers = ids.size() + m_pretended;
    return order;
}

RunSummary FakeTransferList::summaryOf(RunId run) const
{
    RunSummary summary;
    summary.run = run;
    summary.begun = WallTime(Milliseconds(1'795'262'400'000));
    for (const TransferSnapshot &snapshot : m_transfers) {
        const TransferRecord &record = snapshot.record;
        if (record.run != run)
            continue;
        ++summary.transfers;
        summary.size += record.source.size;
        summary.confirmed += snapshot.confirmed;
        summary.done += isOf(record, ListFilter::Done, false) ? 1 : 0;
        summary.running += isOf(record, ListFilter::Uploading, false) ? 1 : 0;
        summary.waiting += isOf(record, ListFilter::Waiting, snapshot.waiting.has_value()) ? 1 : 0;
        summary.paused += isOf(record, ListFilter::Paused, false) ? 1 : 0;
        summary.needingAttention += isOf(record, ListFilter::NeedsAttention, false) ? 1 : 0;
        summary.commonPath = record.sourcePath.left(record.sourcePath.lastIndexOf('/'));
        summary.commonPlace = {record.object.bucket, "backup/"};
        summary.connectionId = record.connectionId;
    }
    return summary;
}

template<typename T>
CallHandle FakeTransferList::answer(std::function<void(Result<T>)> done, T value)
{
    return m_scheduler.after(Milliseconds(0), [this, done = std::move(done), value = std::move(value)]() mutable {
        if (failure)
            done(std::unexpected(*failure));
        else
            done(std::move(value));
    });
}

CallHandle FakeTransferList::order(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    ordersAsked.append(query);
    return answer(std::move(done), orderNow(query));
}

CallHandle FakeTransferList::children(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    QList<TransferId> ids = sorted(query);
    ids.removeIf([&](TransferId id) { return m_transfers.value(id).record.run != run; });
    return answer(std::move(done), ids);
}

CallHandle FakeTransferList::rows(const QList<TransferId> &transfers, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    rowsAsked.append(transfers);
    QList<TransferSnapshot> found;
    for (const TransferId transfer : transfers) {
        if (const auto row = m_transfers.constFind(transfer); row != m_transfers.cend())
            found.append(*row);
        else if (transfer <= m_pretended)
            found.append(pretended(transfer));
    }
    return answer(std::move(done), found);
}

CallHandle FakeTransferList::runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done)
{
    QList<RunSummary> found;
    for (const RunId run : runs)
        found.append(summaryOf(run));
    return answer(std::move(done), found);
}

CallHandle FakeTransferList::counts(std::function<void(Result<ListCounts>)> done)
{
    ++countsAsked;
    ListCounts counts;
    for (const TransferSnapshot &snapshot : std::as_const(m_transfers)) {
        for (int filter = 0; filter < kListFilters; ++filter) {
            ListQuery query;
            query.filter = static_cast<ListFilter>(filter);
            counts.byFilter[static_cast<std::size_t>(filter)] += matches(snapshot, query) ? 1 : 0;
        }
    }
    counts.byFilter[0] += m_pretended;
    return answer(std::move(done), counts);
}

CallHandle FakeTransferList::parts(TransferId transfer, std::function<void(Result<PartMap>)> done)
{
    const TransferSnapshot snapshot = m_transfers.contains(transfer) ? m_transfers.value(transfer) : pretended(transfer);
    PartMap map{snapshot.record.source.size, snapshot.record.partSize, QList<PartStanding>(snapshot.parts, PartStanding::Queued)};
    for (int part = 0; part < std::min(snapshot.confirmedParts, snapshot.parts); ++part)
        map.parts[part] = snapshot.record.state == TransferState::Done ? PartStanding::Verified : PartStanding::Confirmed;
    return answer(std::move(done), maps.value(transfer, map));
}

}  // namespace packmule
