#include "ui/uploads/TransferDelegate.h"

#include "ui/common/IsolatedText.h"
#include "ui/common/Palette.h"
#include "ui/uploads/PartPainting.h"
#include "ui/uploads/TransferColumns.h"
#include "ui/uploads/TransferListModel.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace packmule {

namespace {

using Standing = TransferListModel::Standing;

constexpr int kGap = 4;

void paintBackground(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    Q_UNUSED(index);
    const QStyle *style = option.widget ? option.widget->style() : QApplication::style();
    style->drawPrimitive(QStyle::PE_PanelItemViewItem, &option, painter, option.widget);
}

/// A shape for each standing: a bar for active, a ring for waiting, two bars for paused, a tick for done, a triangle for
/// attention. Shape and colour both tell.
void paintSign(QPainter &painter, const QRect &box, Standing standing, const QColor &colour)
{
    const QRectF r = QRectF(box).adjusted(1.5, 1.5, -1.5, -1.5);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.7, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (standing) {
    case Standing::Quiet: painter.drawLine(QPointF(r.left(), r.center().y()), QPointF(r.right(), r.center().y())); break;
    case Standing::Active: {
        const QPointF top(r.center().x(), r.top());
        painter.drawLine(QPointF(r.center().x(), r.bottom()), top);
        painter.drawLine(top, QPointF(r.left() + 1, r.center().y()));
        painter.drawLine(top, QPointF(r.right() - 1, r.center().y()));
        break;
    }
    case Standing::Waiting:
        painter.drawEllipse(r);
        painter.drawLine(r.center(), QPointF(r.center().x(), r.top() + 2));
        painter.drawLine(r.center(), QPointF(r.right() - 2.5, r.center().y()));
        break;
    case Standing::Paused:
        painter.fillRect(QRectF(r.left() + 1, r.top(), r.width() * 0.28, r.height()), colour);
        painter.fillRect(QRectF(r.right() - 1 - r.width() * 0.28, r.top(), r.width() * 0.28, r.height()), colour);
        break;
    case Standing::Done:
        painter.drawPolyline(QPolygonF{QPointF(r.left(), r.center().y() + 0.5), QPointF(r.left() + r.width() * 0.38, r.bottom() - 1), QPointF(r.right(), r.top() + 1)});
        break;
    case Standing::Attention:
        painter.drawPolygon(QPolygonF{QPointF(r.center().x(), r.top()), QPointF(r.right(), r.bottom()), QPointF(r.left(), r.bottom())});
        painter.drawLine(QPointF(r.center().x(), r.top() + r.height() * 0.4), QPointF(r.center().x(), r.top() + r.height() * 0.65));
        painter.drawPoint(QPointF(r.center().x(), r.bottom() - 1.6));
        break;
    }
}

QColor colourOf(Standing standing, const QPalette &palette)
{
    switch (standing) {
    case Standing::Quiet:
    case Standing::Paused: return tone(Tone::Quiet, palette);
    case Standing::Active: return tone(Tone::Accent, palette);
    case Standing::Waiting: return tone(Tone::Warning, palette);
    case Standing::Done: return tone(Tone::Good, palette);
    case Standing::Attention: return tone(Tone::Bad, palette);
    }
    return {};
}

}  // namespace

TransferDelegate::TransferDelegate(TransferListModel &list, QObject *parent) : QStyledItemDelegate(parent), m_list(list) {}

QSize TransferDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {60, option.fontMetrics.height() + 10};
}

void TransferDelegate::initStyleOption(QStyleOptionViewItem *option, const QModelIndex &index) const
{
    QStyledItemDelegate::initStyleOption(option, index);
    const auto column = static_cast<TransferColumn>(index.column());
    if (column == TransferColumn::Name || column == TransferColumn::Destination)
        option->text = isolatedText(option->text, option->direction);
}

void TransferDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    switch (static_cast<TransferColumn>(index.column())) {
    case TransferColumn::PartStrip: paintStrip(painter, option, index); return;
    case TransferColumn::State: paintState(painter, option, index); return;
    case TransferColumn::Name:
    case TransferColumn::Destination:
    case TransferColumn::Size:
    case TransferColumn::Progress:
    case TransferColumn::Speed:
    case TransferColumn::TimeLeft:
    case TransferColumn::Parts:
    case TransferColumn::Started:
    case TransferColumn::Ended: break;
    }
    QStyledItemDelegate::paint(painter, option, index);
}

void TransferDelegate::paintStrip(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    paintBackground(painter, option, index);
    const QVariant fraction = index.data(TransferListModel::FractionRole);
    if (!fraction.isValid())
        return;
    const QRect bar = option.rect.adjusted(kGap, kGap + 1, -kGap, -kGap - 1);
    const auto standing = index.data(TransferListModel::StateRole).value<Standing>();
    const auto transfer = index.data(TransferListModel::TransferRole).toLongLong();
    // Only what is under way has a map worth reading; of the rest the fraction says it all.
    const bool isUnderWay = transfer != 0 && standing != Standing::Done && standing != Standing::Quiet && fraction.toDouble() > 0;
    const PartMap *map = isUnderWay ? m_list.rows().parts(transfer) : nullptr;
    if (map && map->parts.size() > 1)
        paintPartStrip(*painter, bar, *map, option.palette, option.direction);
    else
        paintFraction(*painter, bar, fraction.toDouble(), standing == Standing::Done ? PartStanding::Verified : PartStanding::Confirmed, option.palette, option.direction);
}

void TransferDelegate::paintState(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    paintBackground(painter, option, index);
    const QString text = index.data(Qt::DisplayRole).toString();
    if (text.isEmpty())
        return;
    const auto standing = index.data(TransferListModel::StateRole).value<Standing>();
    const bool isSelected = option.state.testFlag(QStyle::State_Selected);
    const QColor selectedText = option.palette.color(QPalette::HighlightedText);
    const int side = option.fontMetrics.ascent();
    const QRect inside = option.rect.adjusted(kGap, 0, -kGap, 0);
    const QRect sign = QStyle::visualRect(option.direction, inside, QRect(inside.left(), inside.center().y() - side / 2, side, side));
    const QRect words = QStyle::visualRect(option.direction, inside, inside.adjusted(side + 6, 0, 0, 0));
    painter->save();
    paintSign(*painter, sign, standing, isSelected ? selectedText : colourOf(standing, option.palette));
    const bool isQuiet = standing == Standing::Quiet || standing == Standing::Paused;
    painter->setPen(isSelected ? selectedText
                        : standing == Standing::Attention ? tone(Tone::Bad, option.palette)
                        : isQuiet ? tone(Tone::Quiet, option.palette)
                                  : option.palette.color(QPalette::Text));
    painter->drawText(words, static_cast<int>(QStyle::visualAlignment(option.direction, Qt::AlignLeading | Qt::AlignVCenter)) | Qt::TextSingleLine,
                      option.fontMetrics.elidedText(text, Qt::ElideRight, words.width()));
    painter->restore();
}

}  // namespace packmule
