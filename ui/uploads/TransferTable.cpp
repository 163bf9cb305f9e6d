#include "ui/uploads/TransferTable.h"

#include "ui/common/WindowState.h"
#include "ui/uploads/TransferColumns.h"
#include "ui/uploads/TransferListModel.h"

#include <QAction>
#include <QContextMenuEvent>
#include <QHeaderView>
#include <QMenu>

namespace packmule {

namespace {

const QString kColumnsKey = QStringLiteral("transfers/columns");
const QString kSortKey = QStringLiteral("transfers/sort");
constexpr qsizetype kMostRemembered = 5000;   // rows looked for one by one after a reset

}  // namespace

TransferTable::TransferTable(TransferListModel &list, WindowState &state, QWidget *parent) : QTreeView(parent), m_list(list), m_state(state)
{
    setObjectName(QStringLiteral("transferTable"));
    setAccessibleName(tr("Transfers"));
    setModel(&list);
    setUniformRowHeights(true);
    setSelectionMode(ExtendedSelection);
    setSelectionBehavior(SelectRows);
    setAlternatingRowColors(true);
    setAllColumnsShowFocus(true);
    setTextElideMode(Qt::ElideMiddle);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setEditTriggers(NoEditTriggers);
    setExpandsOnDoubleClick(true);
    setFrameShape(NoFrame);
    arrangeHeader();
    connect(this, &QTreeView::expanded, this, [this](const QModelIndex &index) { m_openRuns.insert(m_list.runAt(index).value_or(0)); });
    connect(this, &QTreeView::collapsed, this, [this](const QModelIndex &index) { m_openRuns.remove(m_list.runAt(index).value_or(0)); });
    connect(&list, &QAbstractItemModel::modelAboutToBeReset, this, &TransferTable::rememberPlace);
    connect(&list, &TransferListModel::orderApplied, this, &TransferTable::restorePlace);
}

void TransferTable::arrangeHeader()
{
    header()->setObjectName(QStringLiteral("transferHeader"));
    header()->setSectionsMovable(true);
    header()->setFirstSectionMovable(true);
    header()->setSectionsClickable(true);
    header()->setStretchLastSection(false);
    header()->setSortIndicatorShown(true);
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    for (int section = 0; section < kTransferColumns; ++section) {
        const auto column = static_cast<TransferColumn>(section);
        header()->resizeSection(section, TransferColumns::widthInCharacters(column) * fontMetrics().averageCharWidth());
        setColumnHidden(section, TransferColumns::isHiddenAtFirst(column));
    }
    header()->setSortIndicator(static_cast<int>(TransferColumn::Started), Qt::DescendingOrder);
    connect(header(), &QHeaderView::sectionClicked, this, &TransferTable::sortBy);
    connect(header(), &QHeaderView::customContextMenuRequested, this, &TransferTable::showColumnMenu);
}

void TransferTable::restore()
{
    header()->restoreState(m_state.kept(kColumnsKey));
    const QByteArray sort = m_state.kept(kSortKey);
    if (const int column = sort.mid(1).toInt(); !sort.isEmpty() && column >= 0 && column < kTransferColumns) {
        const Qt::SortOrder order = sort.startsWith('-') ? Qt::DescendingOrder : Qt::AscendingOrder;
        header()->setSortIndicator(column, order);
        m_list.sort(column, order);
    }
    connect(header(), &QHeaderView::sectionResized, this, &TransferTable::keepColumns);
    connect(header(), &QHeaderView::sectionMoved, this, &TransferTable::keepColumns);
}

void TransferTable::keepColumns()
{
    m_state.keep(kColumnsKey, header()->saveState());
}

void TransferTable::sortBy(int column)
{
    const auto wanted = TransferColumns::sortedBy(static_cast<TransferColumn>(column));
    const ListQuery &query = m_list.query();
    int shown = column;
    Qt::SortOrder order = Qt::AscendingOrder;
    if (wanted) {
        const bool isSame = *wanted == query.sortBy;
        order = (isSame ? query.isDescending : true) ? Qt::AscendingOrder : Qt::DescendingOrder;
        m_list.sort(column, order);
        m_state.keep(kSortKey, (order == Qt::DescendingOrder ? "-" : "+") + QByteArray::number(column));
    } else {  // back to what it was
        for (shown = 0; shown < kTransferColumns - 1 && TransferColumns::sortedBy(static_cast<TransferColumn>(shown)) != query.sortBy;)
            ++shown;
        order = query.isDescending ? Qt::DescendingOrder : Qt::AscendingOrder;
    }
    header()->setSortIndicator(shown, order);
}

void TransferTable::showColumnMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int visual = 0; visual < kTransferColumns; ++visual) {
        const int section = header()->logicalIndex(visual);
        QAction *action = menu->addAction(TransferColumns::title(static_cast<TransferColumn>(section)));
        action->setObjectName(QStringLiteral("column%1").arg(section));
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(section));
        action->setEnabled(section != static_cast<int>(TransferColumn::Name));
        connect(action, &QAction::toggled, this, [this, section](bool isShown) {
            setColumnHidden(section, !isShown);
            keepColumns();
        });
    }
    menu->popup(header()->mapToGlobal(position));
}

void TransferTable::contextMenuEvent(QContextMenuEvent *event)
{
    Q_EMIT contextMenuRequested(event->reason() == QContextMenuEvent::Keyboard && currentIndex().isValid()
                                    ? viewport()->mapToGlobal(visualRect(currentIndex()).center())
                                    : event->globalPos());
}

void TransferTable::scrollContentsBy(int dx, int dy)
{
    QTreeView::scrollContentsBy(dx, dy);
    noteInView();
}

void TransferTable::resizeEvent(QResizeEvent *event)
{
    QTreeView::resizeEvent(event);
    noteInView();
}

void TransferTable::noteInView()
{
    const QRect inside = viewport()->rect();
    m_list.noteInView(indexAt(inside.topLeft()), indexAt(inside.bottomLeft()));
}

void TransferTable::rememberPlace()
{
    const auto note = [this](const QModelIndex &index, QSet<qint64> &runs, QSet<qint64> &transfers) {
        if (const auto run = m_list.runAt(index))
            runs.insert(*run);
        else if (const auto transfer = m_list.transferAt(index))
            transfers.insert(*transfer);
    };
    m_selectedRuns.clear();
    m_selectedTransfers.clear();
    const QItemSelection selection = selectionModel()->selection();
    for (const QItemSelectionRange &range : selection) {
        for (int row = range.top(); row <= range.bottom() && m_selectedTransfers.size() < kMostRemembered; ++row)
            note(m_list.index(row, 0, range.parent()), m_selectedRuns, m_selectedTransfers);
    }
    m_currentRun = m_list.runAt(currentIndex()).value_or(0);
    m_currentTransfer = m_list.transferAt(currentIndex()).value_or(0);
}

void TransferTable::restorePlace(bool wasReset)
{
    noteInView();
    if (!wasReset || (m_openRuns.isEmpty() && m_selectedRuns.isEmpty() && m_selectedTransfers.isEmpty() && m_currentRun == 0 && m_currentTransfer == 0))
        return;
    QItemSelection selection;
    QModelIndex current;
    const int last = kTransferColumns - 1;
    QList<QModelIndex> open;
    for (int row = 0; row < m_list.rowCount(); ++row) {
        const ListEntry entry = m_list.entryAt(m_list.index(row, 0));
        const bool isRun = entry.count > 1;
        if (isRun ? m_selectedRuns.contains(entry.run) : m_selectedTransfers.contains(entry.first))
            selection.append(QItemSelectionRange(m_list.index(row, 0), m_list.index(row, last)));
        if (isRun ? m_currentRun == entry.run : m_currentTransfer == entry.first)
            current = m_list.index(row, 0);
        if (isRun && m_openRuns.contains(entry.run))
            open.append(m_list.index(row, 0));
    }
    for (const QModelIndex &index : std::as_const(open))
        expand(index);
    if (current.isValid())
        selectionModel()->setCurrentIndex(current, QItemSelectionModel::NoUpdate);
    selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
    m_selectedRuns.clear();
    m_selectedTransfers.clear();
    if (current.isValid())
        scrollTo(current);
}

}  // namespace packmule
