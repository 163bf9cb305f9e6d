#pragma once

#include <QStyledItemDelegate>

namespace packmule {

/// Cells with room on both sides, so that a number does not touch the text after it. Names in the first column read
/// from left to right in every layout: slashes and escapes would change places otherwise. Thread: GUI.
class CellDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

}  // namespace packmule
