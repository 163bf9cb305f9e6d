#pragma once

#include <QStyledItemDelegate>

namespace packmule {

class TransferListModel;

/// Draws the part-map strip and the state with its sign; everything else is text as usual. Thread: GUI.
class TransferDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    TransferDelegate(TransferListModel &list, QObject *parent);

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;

protected:
    void initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const override;

private:
    void paintStrip(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;
    void paintState(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const;

    TransferListModel &m_list;
};

}  // namespace packmule
