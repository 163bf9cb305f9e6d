#include "ui/uploads/TransferRows.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr qsizetype kMostWanted = 400;   // a fast scroll asks for far more than what it stops at

}  // namespace

TransferRows::TransferRows(TransferListClient &list, EngineClient &engine, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_list(list), m_scheduler(scheduler)
{
    connect(&engine, &EngineClient::eventOccurred, this, &TransferRows::note);
}

const ShownTransfer *TransferRows::transfer(TransferId transfer)
{
    const auto found = m_rows.find(transfer);
    if (found == m_rows.end())
        return nullptr;
    if (found->isStale && !isInView(found->lastLook))
        want({transfer});
    found->lastLook = m_look;
    return &found->shown;
}

const RunSummary *TransferRows::run(RunId run)
{
    const auto found = m_runs.find(run);
    if (found == m_runs.end()) {
        wantRun(run);
        return nullptr;
    }
    if (found->isStale && !isInView(found->lastLook))
        wantRun(run);
    found->lastLook = m_look;
    return &found->summary;
}

const PartMap *TransferRows::parts(TransferId transfer)
{
    const auto found = m_maps.find(transfer);
    if (found != m_maps.end()) {
        if (found->isStale && !isInView(found->lastLook)) {
            m_wantedMaps.insert(transfer);
            readAgain();
        }
        found->lastLook = m_look;
        return &found->map;
    }
    if (!m_gone.contains(transfer)) {
        m_wantedMaps.insert(transfer);
        readAgain();
    }
    return nullptr;
}

void TransferRows::want(const QList<TransferId> &transfers)
{
    for (const TransferId transfer : transfers) {
        if (!m_wantedRows.contains(transfer))
            m_wantedRows.append(transfer);
    }
    if (m_wantedRows.size() > kMostWanted)
        m_wantedRows.remove(0, m_wantedRows.size() - kMostWanted);
    readAgain();
}

void TransferRows::wantRun(RunId run)
{
    if (run == 0)
        return;
    m_wantedRuns.insert(run);
    readAgain();
}

void TransferRows::refresh()
{
    m_gone.clear();
    QList<TransferId> inView;
    for (auto row = m_rows.begin(); row != m_rows.end(); ++row) {
        row->isStale = true;
        if (isInView(row->lastLook))
            inView.append(row.key());
    }
    for (auto run = m_runs.begin(); run != m_runs.end(); ++run) {
        run->isStale = true;
        if (isInView(run->lastLook))
            m_wantedRuns.insert(run.key());
    }
    for (auto map = m_maps.begin(); map != m_maps.end(); ++map) {
        map->isStale = true;
        if (isInView(map->lastLook))
            m_wantedMaps.insert(map.key());
    }
    want(inView);
}

QList<TransferId> TransferRows::countingDown(WallTime now) const
{
    QList<TransferId> found;
    for (auto row = m_rows.cbegin(); row != m_rows.cend(); ++row) {
        const auto &waiting = row->shown.snapshot.waiting;
        if (waiting && waiting->until && *waiting->until > now - std::chrono::seconds(2) && isInView(row->lastLook))
            found.append(row.key());
    }
    return found;
}

void TransferRows::note(const TransferEvent &event)
{
    if (changesMembership(event)) {
        Q_EMIT membershipChanged();
        m_gone.remove(event.transfer);
    }
    if (const auto run = m_runs.find(event.run); run != m_runs.end()) {
        run->isStale = true;
        m_changedRuns.insert(event.run);
        scheduleTell();
    }
    if (const auto map = m_maps.find(event.transfer); map != m_maps.end()) {
        applyEvent(map->map, event);
        map->isStale = true;
        scheduleTell();
    }
    const auto row = m_rows.find(event.transfer);
    if (row == m_rows.end())
        return;
    if (!applyEvent(row->shown, event))
        row->isStale = true;
    m_changed.insert(event.transfer);
    scheduleTell();
}

void TransferRows::scheduleTell()
{
    if (m_isTellDue)
        return;
    m_isTellDue = true;
    m_tell = m_scheduler.after(kTellInterval, [this] { m_isTellDue = false; tell(); });
}

void TransferRows::tell()
{
    ++m_look;
    const QSet<TransferId> transfers = std::exchange(m_changed, {});
    const QSet<RunId> runs = std::exchange(m_changedRuns, {});
    for (const TransferId transfer : transfers) {
        if (const auto row = m_rows.constFind(transfer); row != m_rows.cend() && row->isStale && isInView(row->lastLook))
            want({transfer});
    }
    if (m_look % 4 == 0) {  // sums and maps: once a second
        for (auto run = m_runs.begin(); run != m_runs.end(); ++run) {
            if (run->isStale && isInView(run->lastLook))
                wantRun(run.key());
        }
        for (auto map = m_maps.begin(); map != m_maps.end(); ++map) {
            if (map->isStale && isInView(map->lastLook))
                m_wantedMaps.insert(map.key());
        }
        readAgain();
    } else if (!runs.isEmpty()) {
        scheduleTell();
    }
    dropOld();
    if (!transfers.isEmpty() || !runs.isEmpty())
        Q_EMIT changed(transfers, runs);
}

void TransferRows::readAgain()
{
    if (m_isFetchDue)
        return;
    m_isFetchDue = true;
    m_fetch = m_scheduler.after(Milliseconds(0), [this] {
        m_isFetchDue = false;
        fetchRows();
        fetchRuns();
        fetchMaps();
    });
}

void TransferRows::fetchRows()
{
    if (m_isReadingRows || m_wantedRows.isEmpty())
        return;
    const qsizetype count = std::min(kPage, m_wantedRows.size());
    const QList<TransferId> asked = m_wantedRows.last(count);
    m_wantedRows.remove(m_wantedRows.size() - count, count);
    m_isReadingRows = true;
    m_rowsCall = m_list.rows(asked, [this, asked](const Result<QList<TransferSnapshot>> &rows) {
        m_isReadingRows = false;
        if (rows)
            rowsArrived(asked, *rows);
        fetchRows();
    });
}

void TransferRows::rowsArrived(const QList<TransferId> &asked, const QList<TransferSnapshot> &rows)
{
    ++m_look;
    for (const TransferSnapshot &snapshot : rows) {
        Row &row = m_rows[snapshot.record.id];
        const bool stillVerifies = row.shown.isVerifying
            && (snapshot.record.state == TransferState::Completing || snapshot.record.state == TransferState::Sending);
        row = {{snapshot, stillVerifies}, std::max(row.lastLook, m_look), false};
    }
    dropOld();
    Q_EMIT changed(QSet<TransferId>(asked.begin(), asked.end()), {});
}

void TransferRows::fetchRuns()
{
    if (m_isReadingRuns || m_wantedRuns.isEmpty())
        return;
    QList<RunId> asked(m_wantedRuns.begin(), m_wantedRuns.end());
    asked.resize(std::min(asked.size(), kPage));
    for (const RunId run : std::as_const(asked))
        m_wantedRuns.remove(run);
    m_isReadingRuns = true;
    m_runsCall = m_list.runs(asked, [this, asked](const Result<QList<RunSummary>> &runs) {
        m_isReadingRuns = false;
        if (runs) {
            for (const RunSummary &summary : *runs)
                m_runs.insert(summary.run, {summary, m_look, false});
            Q_EMIT changed({}, QSet<RunId>(asked.begin(), asked.end()));
        }
        fetchRuns();
    });
}

void TransferRows::fetchMaps()
{
    if (m_isReadingMap || m_wantedMaps.isEmpty())
        return;
    const TransferId asked = *m_wantedMaps.cbegin();
    m_wantedMaps.erase(m_wantedMaps.cbegin());
    m_isReadingMap = true;
    m_mapCall = m_list.parts(asked, [this, asked](const Result<PartMap> &map) {
        m_isReadingMap = false;
        if (map) {
            m_maps.insert(asked, {*map, m_look, false});
            Q_EMIT changed({asked}, {});
        } else {
            m_gone.insert(asked);
        }
        fetchMaps();
    });
}

void TransferRows::dropOld()
{
    const auto drop = [this](auto &kept, qsizetype most, quint32 age) {
        if (kept.size() > most)
            kept.removeIf([&](const auto &entry) { return m_look - entry->lastLook > age; });
    };
    drop(m_rows, kMostKept, 40);
    drop(m_runs, kMostKept, 40);
    drop(m_maps, kMostMaps, 8);
    if (m_gone.size() > kMostKept)
        m_gone.clear();
}

}  // namespace packmule
