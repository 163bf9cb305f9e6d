#pragma once

#include "core/base/Scheduler.h"
#include "ui/uploads/ShownTransfer.h"

#include <QHash>
#include <QObject>
#include <QSet>

namespace packmule {

/// The rows that have come into view, read from the list client a page at a time and kept up to date by the engine's
/// events. Changes are told at most 4 times a second. Bounded: what was not looked at for long is dropped and, looked at,
/// read again. Thread: GUI. Client, engine and scheduler outlive it.
class TransferRows : public QObject
{
    Q_OBJECT

public:
    static constexpr Milliseconds kTellInterval{250};
    static constexpr qsizetype kMostKept = 6000;
    static constexpr qsizetype kMostMaps = 300;
    static constexpr qsizetype kPage = 100;

    TransferRows(TransferListClient &list, EngineClient &engine, Scheduler &scheduler, QObject *parent = nullptr);

    /// Null: not read yet. The look is noted, so that what is looked at stays fresh.
    const ShownTransfer *transfer(TransferId transfer);
    const RunSummary *run(RunId run);
    /// Null: not read yet; it has been asked for.
    const PartMap *parts(TransferId transfer);
    bool has(TransferId transfer) const { return m_rows.contains(transfer); }
    void want(const QList<TransferId> &transfers);
    void wantRun(RunId run);
    /// Everything may be different: keep what is shown, read it again.
    void refresh();
    /// Rows that wait for a time: their sentence changes by the second.
    QList<TransferId> countingDown(WallTime now) const;

Q_SIGNALS:
    /// Rows whose contents are new.
    void changed(const QSet<packmule::TransferId> &transfers, const QSet<packmule::RunId> &runs);
    /// Transfers have come, gone or changed their state: order and counts may be different.
    void membershipChanged();

private:
    struct Row { ShownTransfer shown; quint32 lastLook = 0; bool isStale = false; };
    struct Run { RunSummary summary; quint32 lastLook = 0; bool isStale = false; };
    struct Map { PartMap map; quint32 lastLook = 0; bool isStale = false; };

    void note(const TransferEvent &event);
    void scheduleTell();
    void tell();
    void readAgain();
    void fetchRows();
    void fetchRuns();
    void fetchMaps();
    void rowsArrived(const QList<TransferId> &asked, const QList<TransferSnapshot> &rows);
    void dropOld();
    bool isInView(quint32 lastLook) const { return m_look - lastLook <= 8; }

    TransferListClient &m_list;
    Scheduler &m_scheduler;
    QHash<TransferId, Row> m_rows;
    QHash<RunId, Run> m_runs;
    QHash<TransferId, Map> m_maps;
    QList<TransferId> m_wantedRows;     ///< newest last: what is in view now goes first
    QSet<RunId> m_wantedRuns;
    QSet<TransferId> m_wantedMaps, m_gone;
    QSet<TransferId> m_changed;
    QSet<RunId> m_changedRuns;
    quint32 m_look = 16;                ///< counts the tellings
    bool m_isTellDue = false, m_isFetchDue = false;
    CallHandle m_tell, m_fetch, m_rowsCall, m_runsCall, m_mapCall;
    bool m_isReadingRows = false, m_isReadingRuns = false, m_isReadingMap = false;
};

}  // namespace packmule
