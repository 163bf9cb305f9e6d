#include "ui/uploads/PartMapView.h"

#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Palette.h"
#include "ui/common/ToolTipText.h"
#include "ui/uploads/AttemptLog.h"
#include "ui/uploads/PartPainting.h"

#include <QHelpEvent>
#include <QLocale>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>

#include <algorithm>

namespace packmule {

namespace {

constexpr int kMargin = 6, kSmallest = 8, kLargest = 22;

}  // namespace

PartMapView::PartMapView(AttemptLog &log, QWidget *parent) : QAbstractScrollArea(parent), m_log(log)
{
    setObjectName(QStringLiteral("partMap"));
    setAccessibleName(tr("Part map"));
    setFrameShape(NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

QString PartMapView::standingText(PartStanding standing)
{
    switch (standing) {
    case PartStanding::Queued: return tr("waiting for its turn", "of a part");
    case PartStanding::Sending: return tr("being sent", "of a part");
    case PartStanding::Confirmed: return tr("acknowledged by the store", "of a part");
    case PartStanding::Retrying: return tr("failed, tried again soon; click to try now", "of a part");
    case PartStanding::Verified: return tr("verified", "of a part");
    }
    return {};
}

QString PartMapView::sentence(int partIndex) const
{
    if (partIndex < 0 || partIndex >= m_map.parts.size())
        return {};
    const bool isLast = partIndex == m_map.parts.size() - 1;
    const ByteCount size = isLast ? m_map.size - m_map.partSize * partIndex : m_map.partSize;
    QStringList lines{tr("Part %1: %2", "number, how it stands").arg(QLocale().toString(partIndex + 1), standingText(m_map.parts.at(partIndex)))};
    lines.append(tr("Size: %1").arg(AmountText::bytes(m_map.partSize.value() > 0 ? size : m_map.size)));
    const PartNumber part = PartNumber::fromIndex(partIndex);
    if (const int tries = m_log.triesOf(m_transfer, part); tries > 0)
        lines.append(tr("%n attempt(s)", "of a part", tries));
    if (const auto error = m_log.lastErrorOf(m_transfer, part))
        lines.append(tr("Last error: %1").arg(ErrorText::cause(*error)));
    return lines.join(QLatin1Char('\n'));
}

void PartMapView::setMap(TransferId transfer, const PartMap *map)
{
    const bool isOther = transfer != m_transfer || !map || map->parts.size() != m_map.parts.size();
    m_transfer = transfer;
    if (isOther) {
        m_map = map ? *map : PartMap();
        m_current = 0;
        layOut();
        viewport()->update();
        return;
    }
    const PartMap before = std::exchange(m_map, *map);
    QRegion changed;
    for (int part = 0; part < m_map.parts.size(); ++part) {
        if (m_map.parts.at(part) != before.parts.at(part))
            changed += cell(part);
    }
    viewport()->update(changed);
}

int PartMapView::columns() const
{
    return std::max(1, (viewport()->width() - 2 * kMargin) / m_side);
}

void PartMapView::layOut()
{
    const auto parts = static_cast<int>(std::max<qsizetype>(m_map.parts.size(), 1));
    m_side = kLargest;
    while (m_side > kSmallest && (parts + columns() - 1) / columns() * m_side + 2 * kMargin > viewport()->height())
        --m_side;
    const int height = (parts + columns() - 1) / columns() * m_side + 2 * kMargin;
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(m_side);
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
}

QRect PartMapView::cell(int partIndex) const
{
    const int column = partIndex % columns(), row = partIndex / columns();
    const int x = layoutDirection() == Qt::RightToLeft ? viewport()->width() - kMargin - (column + 1) * m_side : kMargin + column * m_side;
    return {x, kMargin + row * m_side - verticalScrollBar()->value(), m_side, m_side};
}

int PartMapView::partAt(const QPoint &position) const
{
    const int x = (layoutDirection() == Qt::RightToLeft ? viewport()->width() - 1 - position.x() : position.x()) - kMargin;
    const int y = position.y() - kMargin + verticalScrollBar()->value();
    if (x < 0 || y < 0 || x / m_side >= columns())
        return -1;
    const int part = y / m_side * columns() + x / m_side;
    return part < m_map.parts.size() ? part : -1;
}

void PartMapView::paintEvent(QPaintEvent *event)
{
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    if (m_map.parts.isEmpty()) {
        painter.setPen(tone(Tone::Quiet, palette()));
        painter.drawText(viewport()->rect(), Qt::AlignCenter, tr("Choose a transfer to see its parts."));
        return;
    }
    const int offset = verticalScrollBar()->value() - kMargin;
    const int firstRow = std::max(0, (event->rect().top() + offset) / m_side), lastRow = (event->rect().bottom() + offset) / m_side;
    const int last = std::min(static_cast<int>(m_map.parts.size()), (lastRow + 1) * columns());
    for (int part = firstRow * columns(); part < last; ++part) {
        const QRect place = cell(part).adjusted(0, 0, -1, -1);
        if (event->region().intersects(place))
            paintPart(painter, place, m_map.parts.at(part), palette());
    }
    if (hasFocus()) {
        painter.setPen(QPen(palette().color(QPalette::WindowText), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(cell(m_current).adjusted(0, 0, -1, -1));
    }
}

void PartMapView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

bool PartMapView::viewportEvent(QEvent *event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const int part = partAt(help->pos());
        if (part < 0)
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), toolTipText(sentence(part)), viewport(), cell(part));
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void PartMapView::mouseReleaseEvent(QMouseEvent *event)
{
    if (const int part = partAt(event->position().toPoint()); part >= 0 && event->button() == Qt::LeftButton) {
        setCurrent(part);
        choose(part);
    }
}

void PartMapView::keyPressEvent(QKeyEvent *event)
{
    const int forward = layoutDirection() == Qt::RightToLeft ? -1 : 1;
    switch (event->key()) {
    case Qt::Key_Right: setCurrent(m_current + forward); return;
    case Qt::Key_Left: setCurrent(m_current - forward); return;
    case Qt::Key_Down: setCurrent(m_current + columns()); return;
    case Qt::Key_Up: setCurrent(m_current - columns()); return;
    case Qt::Key_Home: setCurrent(0); return;
    case Qt::Key_End: setCurrent(static_cast<int>(m_map.parts.size()) - 1); return;
    case Qt::Key_Return:
    case Qt::Key_Enter: choose(m_current); return;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void PartMapView::focusInEvent(QFocusEvent *event)
{
    QAbstractScrollArea::focusInEvent(event);
    setCurrent(m_current);
}

void PartMapView::setCurrent(int partIndex)
{
    if (m_map.parts.isEmpty())
        return;
    m_current = std::clamp(partIndex, 0, static_cast<int>(m_map.parts.size()) - 1);
    const QRect place = cell(m_current);
    if (place.top() < 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() + place.top() - kMargin);
    else if (place.bottom() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + place.bottom() - viewport()->height() + kMargin);
    setAccessibleDescription(sentence(m_current));
    viewport()->update();
}

void PartMapView::choose(int partIndex)
{
    if (partIndex < m_map.parts.size() && m_map.parts.at(partIndex) == PartStanding::Retrying)
        Q_EMIT retryRequested(m_transfer);
}

}  // namespace packmule
