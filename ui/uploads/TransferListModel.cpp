#include "ui/uploads/TransferListModel.h"

#include <algorithm>

namespace packmule {

namespace {

/// After a change the order is asked for again this much later; with a million entries at most every 8 s.
constexpr Milliseconds kOrderInterval{400};
constexpr Milliseconds kOrderAgain{2000};   // after a failure
/// Rows moved in memory by one update; beyond it the list is set anew, which views do faster.
constexpr qint64 kAffordableMoves = 5'000'000;
constexpr int kMostRanges = 400;

}  // namespace

TransferListModel::TransferListModel(TransferListClient &list, EngineClient &engine, const Clock &clock, Scheduler &scheduler, QObject *parent)
    : QAbstractItemModel(parent), m_list(list), m_clock(clock), m_scheduler(scheduler), m_rows(list, engine, scheduler)
{
    connect(&m_rows, &TransferRows::changed, this, &TransferListModel::tellChanged);
    connect(&m_rows, &TransferRows::membershipChanged, this, &TransferListModel::refresh);
    connect(&engine, &EngineClient::runEnded, this, &TransferListModel::refresh);
    scheduleOrder(Milliseconds(0));
    tick();
}

void TransferListModel::setQuery(const ListQuery &query)
{
    m_query = query;
    m_isAskedAgain = false;
    m_isAsking = false;
    m_orderCall.cancel();
    m_isOrderDue = false;
    scheduleOrder(Milliseconds(0));
}

void TransferListModel::refresh()
{
    // The first change is shown soon; a stream of changes costs a long list no more than a small part of the time.
    const Milliseconds interval = kOrderInterval + Milliseconds(m_entries.size() / 128);
    const Milliseconds since = m_askedAt ? m_clock.now() - *m_askedAt : interval;
    scheduleOrder(std::max(kOrderInterval, interval - since));
}

void TransferListModel::scheduleOrder(Milliseconds delay)
{
    if (m_isOrderDue)
        return;
    m_isOrderDue = true;
    m_orderDue = m_scheduler.after(delay, [this] {
        m_isOrderDue = false;
        askOrder();
    });
}

void TransferListModel::askOrder()
{
    if (m_isAsking) {
        m_isAskedAgain = true;
        return;
    }
    m_isAsking = true;
    m_askedAt = m_clock.now();
    m_orderCall = m_list.order(m_query, [this](Result<ListOrder> order) {
        m_isAsking = false;
        if (!order) {
            Q_EMIT orderFailed(order.error());
            scheduleOrder(kOrderAgain);
            return;
        }
        applyOrder(std::move(*order));
        if (std::exchange(m_isAskedAgain, false))
            refresh();
    });
    askCounts();
}

void TransferListModel::askCounts()
{
    m_countsCall = m_list.counts([this](const Result<ListCounts> &counts) {
        if (counts)
            Q_EMIT countsChanged(*counts);
    });
}

void TransferListModel::setHidden(const QSet<TransferId> &transfers)
{
    const bool comesBack = !(m_hidden - transfers).isEmpty();
    m_hidden = transfers;
    if (comesBack) {
        scheduleOrder(Milliseconds(0));
        return;
    }
    ListOrder order{m_entries, m_transfers};
    applyOrder(std::move(order));
    for (auto &[run, open] : m_open) {
        if (open.isLoaded)
            applyChildren(run, open.children);
    }
}

void TransferListModel::applyOrder(ListOrder order)
{
    if (!m_hidden.isEmpty())
        order.entries.removeIf([this](const ListEntry &entry) { return entry.count == 1 && m_hidden.contains(entry.first); });
    m_transfers = order.transfers;
    const qint64 size = std::max<qint64>(order.entries.size(), 1);
    const int affordable = static_cast<int>(std::clamp<qint64>(kAffordableMoves / size, 4, kMostRanges));
    const bool wasLoaded = std::exchange(m_isLoaded, true);
    const auto changes = wasLoaded ? listChanges(m_entries, order.entries, affordable) : std::nullopt;
    if (changes && changes->isEmpty()) {
        Q_EMIT orderApplied(false);
        return;
    }
    if (changes)
        applyChanges(*changes, std::move(order.entries));
    else
        replaceAll(std::move(order.entries));
    for (const auto &open : m_open)
        readChildren(open.first);
    Q_EMIT orderApplied(!changes);
}

void TransferListModel::replaceAll(QList<ListEntry> entries)
{
    beginResetModel();
    m_entries = std::move(entries);
    m_open.clear();
    m_rowHints.clear();
    endResetModel();
}

void TransferListModel::applyChanges(const ListChanges &changes, QList<ListEntry> entries)
{
    m_rowHints.clear();
    for (const ListChanges::Range &range : changes.removed) {
        beginRemoveRows({}, range.first, range.first + range.count - 1);
        for (int row = range.first; row < range.first + range.count; ++row)
            m_open.erase(m_entries.at(row).count > 1 ? m_entries.at(row).run : 0);
        m_entries.remove(range.first, range.count);
        shiftOpenRuns(range.first, -range.count);
        endRemoveRows();
    }
    if (changes.isReordered)
        reorder(changes);
    for (const ListChanges::Range &range : changes.inserted) {
        beginInsertRows({}, range.first, range.first + range.count - 1);
        m_entries.insert(range.first, range.count, {});
        std::copy_n(entries.cbegin() + range.first, range.count, m_entries.begin() + range.first);
        shiftOpenRuns(range.first, range.count);
        endInsertRows();
    }
    m_entries = std::move(entries);  // the same entries; counts and first transfers as they are now
    for (const int row : changes.changed)
        Q_EMIT dataChanged(index(row, 0), index(row, kTransferColumns - 1));
}

void TransferListModel::reorder(const ListChanges &changes)
{
    const QList<QPersistentModelIndex> parents;
    Q_EMIT layoutAboutToBeChanged(parents, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QList<qint64> identities;
    QHash<qint64, int> rows;
    for (const QModelIndex &old : before) {
        identities.append(old.internalId() == 0 ? entryIdentity(m_entries.at(old.row())) : 0);
        rows.insert(identities.last(), old.row());
    }
    std::ranges::copy(changes.kept, m_entries.begin() + changes.keptFrom);
    for (qsizetype row = changes.keptFrom; row < changes.keptFrom + changes.kept.size(); ++row) {
        if (const auto found = rows.find(entryIdentity(m_entries.at(row))); found != rows.end())
            *found = static_cast<int>(row);
    }
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after.append(identities.at(i) == 0 ? before.at(i) : index(rows.value(identities.at(i)), before.at(i).column()));
    changePersistentIndexList(before, after);
    placeOpenRuns();
    Q_EMIT layoutChanged(parents, VerticalSortHint);
}

}  // namespace packmule
