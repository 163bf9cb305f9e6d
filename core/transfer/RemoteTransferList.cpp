#include "core/transfer/RemoteTransferList.h"

#include "core/journal/ListFold.h"
#include "core/journal/RecordListing.h"
#include "core/transfer/TransferSnapshots.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

bool isRunning(const TransferSnapshot &snapshot)
{
    return snapshot.rate > 0 || snapshot.sent > snapshot.confirmed;
}

ListFilter filterOf(const TransferSnapshot &snapshot)
{
    return listFilterOf(snapshot.record.state, snapshot.record.isPaused, snapshot.waiting.has_value(), isRunning(snapshot));
}

TransferMap recordsOf(const std::map<TransferId, TransferSnapshot> &snapshots, ListQuery &query)
{
    TransferMap records;
    query.waiting.clear();
    query.uploading.clear();
    for (const auto &[id, snapshot] : snapshots) {
        records.emplace(id, snapshot.record);
        if (snapshot.waiting)
            query.waiting.append(id);
        else if (isRunning(snapshot))
            query.uploading.append(id);
    }
    return records;
}

ConfirmedOf confirmedIn(const std::map<TransferId, TransferSnapshot> &snapshots)
{
    return [&snapshots](TransferId id) { return snapshots.at(id).confirmed; };
}

RunSummary summaryOf(RunId run, const std::map<TransferId, TransferSnapshot> &snapshots)
{
    RunSummary summary{.run = run, .commonPath = {}, .commonPlace = {}, .connectionId = {}, .size = {}, .confirmed = {}, .ended = {}};
    FinishedSums beginnings{.run = run, .size = {}, .commonPath = {}, .bucket = {}, .commonKey = {}, .connectionId = {}, .ended = {}};
    for (const auto &[id, snapshot] : snapshots) {
        const TransferRecord &record = snapshot.record;
        if (record.run != run || record.state == TransferState::Cancelled)
            continue;
        addTo(beginnings, record.source.size, record.sourcePath, record.object.bucket, record.object.key, record.connectionId);
        ++summary.transfers;
        summary.confirmed += isDoneOrSkipped(record.state) ? record.source.size : snapshot.confirmed;
        switch (filterOf(snapshot)) {
        case ListFilter::Uploading:
        case ListFilter::Verifying: ++summary.running; break;
        case ListFilter::Waiting: ++summary.waiting; break;
        case ListFilter::Paused: ++summary.paused; break;
        case ListFilter::NeedsAttention: ++summary.needingAttention; break;
        case ListFilter::Done: ++summary.done; break;
        case ListFilter::All: break;
        }
    }
    summary.size = beginnings.size;
    summary.connectionId = beginnings.connectionId;
    summary.commonPath = beginnings.commonPath.left(std::max<qsizetype>(beginnings.commonPath.lastIndexOf('/'), 0));
    summary.commonPlace = {beginnings.bucket, beginnings.commonKey.left(beginnings.commonKey.lastIndexOf('/') + 1)};
    return summary;
}

}  // namespace

RemoteTransferList::RemoteTransferList(EngineClient &engine, Clock &clock) : m_engine(engine), m_clock(clock) {}

template<typename T>
CallHandle RemoteTransferList::whenRead(std::function<void(Result<T>)> done, std::function<T(const Snapshots &)> answer)
{
    const quint64 number = ++m_lastCall;
    m_waiting.emplace(number, Waiting{[this, done = std::move(done), answer = std::move(answer)](const std::optional<Error> &error) {
        if (error)
            done(std::unexpected(*error));
        else
            done(answer(m_known));
    }});
    const bool isFresh = m_read && m_clock.now() - *m_read < kFreshness;
    if (isFresh && !m_isReading) {
        m_soon = m_scheduler.after(Milliseconds{0}, [this] { tellAll({}); });
    } else if (!std::exchange(m_isReading, true)) {
        m_offset = 0;
        m_reading.clear();
        readPage();
    }
    return CallHandle([list = QPointer(this), number] {
        if (list)
            list->m_waiting.erase(number);
    });
}

void RemoteTransferList::readPage()
{
    m_page = m_engine.list(m_offset, kPage, [this](const Result<QList<TransferSnapshot>> &page) {
        if (!page) {
            m_isReading = false;
            tellAll(page.error());
            return;
        }
        for (const TransferSnapshot &snapshot : *page)
            m_reading.insert_or_assign(snapshot.record.id, snapshot);
        m_offset += kPage;
        if (page->size() == kPage && m_offset < kMostRows) {
            readPage();
            return;
        }
        m_isReading = false;
        m_read = m_clock.now();
        m_known = std::exchange(m_reading, {});
        tellAll({});
    });
}

void RemoteTransferList::tellAll(const std::optional<Error> &error)
{
    const QPointer alive(this);
    for (const quint64 last = m_lastCall; alive && !m_waiting.empty() && m_waiting.begin()->first <= last;)
        m_waiting.extract(m_waiting.begin()).mapped().tell(error);
}

CallHandle RemoteTransferList::order(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    return whenRead<ListOrder>(std::move(done), [query](const Snapshots &snapshots) {
        ListQuery complete = query;
        const TransferMap records = recordsOf(snapshots, complete);
        return orderOf(records, complete, confirmedIn(snapshots));
    });
}

CallHandle RemoteTransferList::children(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    return whenRead<QList<TransferId>>(std::move(done), [run, query](const Snapshots &snapshots) {
        ListQuery complete = query;
        const TransferMap records = recordsOf(snapshots, complete);
        return childrenOf(run, records, complete, confirmedIn(snapshots));
    });
}

CallHandle RemoteTransferList::rows(const QList<TransferId> &transfers, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    return whenRead<QList<TransferSnapshot>>(std::move(done), [transfers](const Snapshots &snapshots) {
        QList<TransferSnapshot> found;
        for (const TransferId id : transfers) {
            if (const auto known = snapshots.find(id); known != snapshots.end())
                found.append(known->second);
        }
        return found;
    });
}

CallHandle RemoteTransferList::runs(const QList<RunId> &runs, std::function<void(Result<QList<RunSummary>>)> done)
{
    return whenRead<QList<RunSummary>>(std::move(done), [runs](const Snapshots &snapshots) {
        QList<RunSummary> summaries;
        for (const RunId run : runs)
            summaries.append(summaryOf(run, snapshots));
        return summaries;
    });
}

CallHandle RemoteTransferList::counts(std::function<void(Result<ListCounts>)> done)
{
    return whenRead<ListCounts>(std::move(done), [](const Snapshots &snapshots) {
        ListCounts counts;
        for (const auto &[id, snapshot] : snapshots) {
            if (snapshot.record.state == TransferState::Cancelled)
                continue;
            ++counts.byFilter[static_cast<size_t>(ListFilter::All)];
            if (const ListFilter filter = filterOf(snapshot); filter != ListFilter::All)
                ++counts.byFilter[static_cast<size_t>(filter)];
        }
        return counts;
    });
}

CallHandle RemoteTransferList::parts(TransferId transfer, std::function<void(Result<PartMap>)> done)
{
    return whenRead<PartMap>(std::move(done), [transfer](const Snapshots &snapshots) {
        PartMap map;
        const auto known = snapshots.find(transfer);
        if (known == snapshots.end())
            return map;
        const TransferSnapshot &snapshot = known->second;
        map.size = snapshot.record.source.size;
        map.partSize = snapshot.record.partSize;
        map.parts.fill(PartStanding::Queued, snapshot.parts);
        const bool isVerified = snapshot.record.state == TransferState::Done && snapshot.record.isVerified;
        std::fill_n(map.parts.begin(), std::min(snapshot.confirmedParts, snapshot.parts), isVerified ? PartStanding::Verified : PartStanding::Confirmed);
        return map;
    });
}

}  // namespace packmule
