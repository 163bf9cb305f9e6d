#include "ui/uploads/TransferListModel.h"

#include <algorithm>

// The two levels of TransferListModel: where an index is, the children of runs, and which rows an event concerns.

namespace packmule {

QModelIndex TransferListModel::index(int row, int column, const QModelIndex &parent) const
{
    if (row < 0 || column < 0 || column >= kTransferColumns || row >= rowCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(m_entries.at(parent.row()).run) : quintptr(0));
}

QModelIndex TransferListModel::parent(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() == 0)
        return {};
    const auto open = m_open.find(static_cast<RunId>(index.internalId()));
    return open == m_open.end() || open->second.row < 0 ? QModelIndex() : createIndex(open->second.row, 0, quintptr(0));
}

int TransferListModel::rowCount(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_entries.size());
    if (parent.internalId() != 0 || parent.column() != 0 || parent.row() >= m_entries.size())
        return 0;
    const auto open = m_open.find(m_entries.at(parent.row()).run);
    return open == m_open.end() || m_entries.at(parent.row()).count == 1 ? 0 : static_cast<int>(open->second.children.size());
}

int TransferListModel::columnCount(const QModelIndex &) const
{
    return kTransferColumns;
}

bool TransferListModel::hasChildren(const QModelIndex &parent) const
{
    if (!parent.isValid())
        return !m_entries.isEmpty();
    return parent.internalId() == 0 && parent.column() == 0 && parent.row() < m_entries.size() && m_entries.at(parent.row()).count > 1;
}

bool TransferListModel::canFetchMore(const QModelIndex &parent) const
{
    return parent.isValid() && hasChildren(parent) && !m_open.contains(m_entries.at(parent.row()).run);
}

void TransferListModel::fetchMore(const QModelIndex &parent)
{
    if (!canFetchMore(parent))
        return;
    const RunId run = m_entries.at(parent.row()).run;
    m_open[run].row = parent.row();
    readChildren(run);
}

void TransferListModel::readChildren(RunId run)
{
    const auto open = m_open.find(run);
    if (open == m_open.end())
        return;
    open->second.call = m_list.children(run, m_query, [this, run](Result<QList<TransferId>> children) {
        if (children)
            applyChildren(run, std::move(*children));
    });
}

void TransferListModel::applyChildren(RunId run, QList<TransferId> children)
{
    const auto found = m_open.find(run);
    if (found == m_open.end())
        return;
    if (!m_hidden.isEmpty())
        children.removeIf([this](TransferId transfer) { return m_hidden.contains(transfer); });
    OpenRun &open = found->second;
    open.isLoaded = true;
    if (open.children == children)
        return;
    const QModelIndex parent = index(open.row, 0);
    // What is the same at both ends stays; between, everything is exchanged. Moves within a folder are rare.
    const auto [oldHead, newHead] = std::ranges::mismatch(open.children, children);
    const qsizetype head = oldHead - open.children.begin();
    qsizetype tail = 0;
    while (tail < std::min(open.children.size(), children.size()) - head
           && open.children.at(open.children.size() - 1 - tail) == children.at(children.size() - 1 - tail))
        ++tail;
    if (const qsizetype gone = open.children.size() - head - tail; gone > 0) {
        beginRemoveRows(parent, static_cast<int>(head), static_cast<int>(head + gone - 1));
        open.children.remove(head, gone);
        endRemoveRows();
    }
    if (const qsizetype come = children.size() - head - tail; come > 0) {
        beginInsertRows(parent, static_cast<int>(head), static_cast<int>(head + come - 1));
        open.children = std::move(children);
        endInsertRows();
    }
}

void TransferListModel::placeOpenRuns()
{
    if (m_open.empty())
        return;
    for (qsizetype row = 0; row < m_entries.size(); ++row) {
        if (m_entries.at(row).count == 1)
            continue;
        if (const auto open = m_open.find(m_entries.at(row).run); open != m_open.end())
            open->second.row = static_cast<int>(row);
    }
}

void TransferListModel::shiftOpenRuns(int fromRow, int by)
{
    for (auto &[run, open] : m_open) {
        if (open.row >= fromRow)
            open.row += by;
    }
}

int TransferListModel::rowOf(qint64 identity) const
{
    const auto isAt = [&](int row) { return row >= 0 && row < m_entries.size() && entryIdentity(m_entries.at(row)) == identity; };
    if (const int hint = m_rowHints.value(identity, -1); isAt(hint))
        return hint;
    for (int row = m_firstInView; row <= m_lastInView; ++row) {
        if (isAt(row))
            return row;
    }
    return -1;
}

QModelIndex TransferListModel::indexOf(const ListEntry &entry) const
{
    const auto found = std::ranges::find(m_entries, entryIdentity(entry), entryIdentity);
    if (found != m_entries.end())
        return index(static_cast<int>(found - m_entries.begin()), 0);
    for (const auto &[run, open] : m_open) {
        if (const qsizetype row = entry.count == 1 ? open.children.indexOf(entry.first) : -1; row >= 0)
            return index(static_cast<int>(row), 0, index(open.row, 0));
    }
    return {};
}

ListEntry TransferListModel::entryAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return {};
    if (index.internalId() == 0)
        return m_entries.value(index.row());
    return {.run = static_cast<RunId>(index.internalId()), .first = transferAt(index).value_or(0), .count = 1};
}

std::optional<TransferId> TransferListModel::transferAt(const QModelIndex &index) const
{
    if (!index.isValid())
        return std::nullopt;
    if (index.internalId() == 0) {
        const ListEntry entry = m_entries.value(index.row());
        return entry.count == 1 ? std::optional(entry.first) : std::nullopt;
    }
    const auto open = m_open.find(static_cast<RunId>(index.internalId()));
    return open == m_open.end() || index.row() >= open->second.children.size() ? std::nullopt : std::optional(open->second.children.at(index.row()));
}

std::optional<RunId> TransferListModel::runAt(const QModelIndex &index) const
{
    if (!index.isValid() || index.internalId() != 0 || m_entries.value(index.row()).count == 1)
        return std::nullopt;
    return m_entries.at(index.row()).run;
}

void TransferListModel::noteInView(const QModelIndex &first, const QModelIndex &last)
{
    const auto topRow = [](const QModelIndex &index) { return index.parent().isValid() ? index.parent().row() : index.row(); };
    m_firstInView = first.isValid() ? topRow(first) : 0;
    m_lastInView = last.isValid() ? topRow(last) : static_cast<int>(std::min<qsizetype>(m_entries.size() - 1, m_firstInView + 200));
}

void TransferListModel::tellChanged(const QSet<TransferId> &transfers, const QSet<RunId> &runs)
{
    const auto tellRow = [this](int row, const QModelIndex &parent) {
        Q_EMIT dataChanged(index(row, 0, parent), index(row, kTransferColumns - 1, parent));
    };
    for (const TransferId transfer : transfers) {
        if (const int row = rowOf(transfer); row >= 0)
            tellRow(row, {});
    }
    for (const RunId run : runs) {
        if (const int row = rowOf(-run); row >= 0)
            tellRow(row, {});
    }
    for (const auto &[run, open] : m_open) {
        if (open.children.isEmpty() || open.row < 0)
            continue;
        const QModelIndex parent = index(open.row, 0);
        for (const TransferId transfer : transfers) {
            const int hint = m_rowHints.value(transfer, -1);
            if (hint >= 0 && open.children.value(hint) == transfer)
                tellRow(hint, parent);
        }
    }
}

void TransferListModel::tick()
{
    m_tick = m_scheduler.after(std::chrono::seconds(1), [this] {
        const QList<TransferId> counting = m_rows.countingDown(m_clock.wallNow());
        if (!counting.isEmpty())
            tellChanged(QSet<TransferId>(counting.begin(), counting.end()), {});
        tick();
    });
}

void TransferListModel::wantPage(int row) const
{
    const int first = row / static_cast<int>(TransferRows::kPage) * static_cast<int>(TransferRows::kPage);
    QList<TransferId> wanted;
    for (int i = first; i < first + TransferRows::kPage && i < m_entries.size(); ++i) {
        if (m_entries.at(i).count == 1 && !m_rows.has(m_entries.at(i).first))
            wanted.append(m_entries.at(i).first);
    }
    m_rows.want(wanted);
}

void TransferListModel::wantPage(const QList<TransferId> &children, int row) const
{
    const int first = row / static_cast<int>(TransferRows::kPage) * static_cast<int>(TransferRows::kPage);
    QList<TransferId> wanted = children.mid(first, TransferRows::kPage);
    wanted.removeIf([this](TransferId transfer) { return m_rows.has(transfer); });
    m_rows.want(wanted);
}

}  // namespace packmule
