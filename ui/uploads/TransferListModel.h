#pragma once

#include "core/base/Scheduler.h"
#include "ui/uploads/ListOrderDiff.h"
#include "ui/uploads/TransferColumns.h"
#include "ui/uploads/TransferRows.h"

#include <QAbstractItemModel>

#include <unordered_map>

namespace packmule {

/// The list of transfers, two levels deep: single transfers and runs; the transfers of a run are read when it is opened.
/// The order comes from the journal and only ids of it are held (24 bytes an entry); rows are read when they come into view.
/// When something has come or gone the order is asked for again and the difference applied, so that selection, place and open
/// folders stay. Thread: GUI. List client, engine, clock and scheduler outlive it.
///
/// A top-level index has internal id 0, a child the id of its run.
class TransferListModel : public QAbstractItemModel
{
    Q_OBJECT

public:
    enum Role {
        TransferRole = Qt::UserRole + 1,   ///< TransferId; 0 for a run of several
        RunRole,                           ///< RunId of a run of several, else 0
        FractionRole,                      ///< 0 to 1, of bytes confirmed; absent while unknown
        StateRole,                         ///< Standing, for colour and sign
    };
    /// How a row stands, in the few kinds that are drawn differently.
    enum class Standing { Quiet, Active, Waiting, Paused, Done, Attention };
    Q_ENUM(Standing)

    TransferListModel(TransferListClient &list, EngineClient &engine, const Clock &clock, Scheduler &scheduler, QObject *parent = nullptr);

    const ListQuery &query() const { return m_query; }
    void setQuery(const ListQuery &query);
    /// Asks for the order again, soon; several calls become one.
    void refresh();
    TransferRows &rows() { return m_rows; }
    bool isLoaded() const { return m_isLoaded; }
    qint64 transfers() const { return m_transfers; }
    /// These rows are in front of the person: they stay fresh.
    void noteInView(const QModelIndex &first, const QModelIndex &last);
    /// Taken off the list in advance (a removal that can still be undone).
    void setHidden(const QSet<TransferId> &transfers);

    std::optional<TransferId> transferAt(const QModelIndex &index) const;
    std::optional<RunId> runAt(const QModelIndex &index) const;
    /// A top-level row, or a child of an open run; linear.
    QModelIndex indexOf(const ListEntry &entry) const;
    ListEntry entryAt(const QModelIndex &index) const;

    QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    QModelIndex parent(const QModelIndex &index) const override;
    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    bool hasChildren(const QModelIndex &parent = {}) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    void sort(int column, Qt::SortOrder order) override;

Q_SIGNALS:
    /// A new order is in place. wasReset: as a whole, so that views lost their selection.
    void orderApplied(bool wasReset);
    void orderFailed(const packmule::Error &error);
    void countsChanged(const packmule::ListCounts &counts);

private:
    struct OpenRun { QList<TransferId> children; int row = -1; bool isLoaded = false; CallHandle call; };

    void scheduleOrder(Milliseconds delay);
    void askOrder();
    void askCounts();
    void applyOrder(ListOrder order);
    void applyChanges(const ListChanges &changes, QList<ListEntry> entries);
    void reorder(const ListChanges &changes);
    void replaceAll(QList<ListEntry> entries);
    void placeOpenRuns();
    void shiftOpenRuns(int fromRow, int by);
    void readChildren(RunId run);
    void applyChildren(RunId run, QList<TransferId> children);
    void tellChanged(const QSet<TransferId> &transfers, const QSet<RunId> &runs);
    void tick();
    int rowOf(qint64 identity) const;
    void wantPage(const QList<TransferId> &children, int row) const;
    void wantPage(int row) const;
    QVariant transferData(const ShownTransfer &shown, TransferColumn column, int role) const;
    QVariant runData(const RunSummary &run, TransferColumn column, int role) const;
    QVariant placeholderData(TransferColumn column, int role) const;

    TransferListClient &m_list;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    mutable TransferRows m_rows;        ///< a look at a row reads it
    ListQuery m_query;
    QList<ListEntry> m_entries;
    QSet<TransferId> m_hidden;
    std::unordered_map<RunId, OpenRun> m_open;   ///< holds CallHandles, which only move
    mutable QHash<qint64, int> m_rowHints;
    int m_firstInView = 0, m_lastInView = -1;
    qint64 m_transfers = 0;
    bool m_isLoaded = false, m_isOrderDue = false, m_isAsking = false, m_isAskedAgain = false;
    std::optional<MonotonicTime> m_askedAt;
    CallHandle m_orderDue, m_orderCall, m_countsCall, m_tick;
};

}  // namespace packmule
