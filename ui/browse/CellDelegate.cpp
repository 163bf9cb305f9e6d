#include "ui/browse/CellDelegate.h"

#include <QApplication>
#include <QStyle>
#include <QTreeView>

namespace packmule {

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QStyle *style = cell.widget ? cell.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &cell, painter, cell.widget);
    const int room = cell.fontMetrics.averageCharWidth() / 2;
    cell.rect.adjust(room, 0, -room, 0);
    cell.backgroundBrush = {};
    // A sentence of ours in a tree; in tables all rows have that flag.
    const bool isNote = index.flags().testFlag(Qt::ItemNeverHasChildren) && qobject_cast<const QTreeView *>(cell.widget);
    if (index.column() == 0 && !isNote && cell.direction == Qt::RightToLeft) {
        cell.displayAlignment = Qt::AlignRight | Qt::AlignAbsolute | Qt::AlignVCenter;
        cell.decorationPosition = QStyleOptionViewItem::Right;
        cell.direction = Qt::LeftToRight;
    }
    style->drawControl(QStyle::CE_ItemViewItem, &cell, painter, cell.widget);
}

}  // namespace packmule
