#include "app/gui/TrayArtwork.h"

#include <QFont>
#include <QPainter>
#include <QPainterPath>
#include <QPixmap>

namespace packmule {

namespace {

constexpr int kSizes[] = {16, 22, 24, 32, 48, 64, 128, 256};
const QColor kBody(0x2f, 0x6f, 0x8f), kLoad(0xf2, 0xb1, 0x34), kBadge(0xff, 0xff, 0xff), kAlarm(0xc6, 0x28, 0x28), kCalm(0x45, 0x5a, 0x64);

/// A box on a back, with an arrow up: in a square of 64. The same as resources/packmule.svg.
void drawMark(QPainter &painter)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(kBody);
    painter.drawRoundedRect(QRectF(2, 2, 60, 60), 14, 14);
    painter.setBrush(kLoad);
    painter.drawRoundedRect(QRectF(12, 38, 40, 16), 4, 4);
    QPainterPath arrow;
    arrow.moveTo(32, 8);
    arrow.lineTo(47, 23);
    arrow.lineTo(37, 23);
    arrow.lineTo(37, 34);
    arrow.lineTo(27, 34);
    arrow.lineTo(27, 23);
    arrow.lineTo(17, 23);
    arrow.closeSubpath();
    painter.setBrush(kBadge);
    painter.drawPath(arrow);
}

void drawBadge(QPainter &painter, TrayState state)
{
    const QRectF place(34, 34, 30, 30);
    painter.setPen(QPen(kBadge, 2));
    painter.setBrush(state == TrayState::NeedsAttention ? kAlarm : kCalm);
    painter.drawEllipse(place);
    painter.setPen(QPen(kBadge, 4, Qt::SolidLine, Qt::RoundCap));
    switch (state) {
    case TrayState::Idle:
    case TrayState::Active:
        break;
    case TrayState::Paused:
        painter.drawLine(QPointF(45, 43), QPointF(45, 55));
        painter.drawLine(QPointF(53, 43), QPointF(53, 55));
        break;
    case TrayState::Waiting:
        painter.drawLine(QPointF(49, 42), QPointF(49, 50));
        painter.drawLine(QPointF(49, 50), QPointF(54, 54));
        break;
    case TrayState::NeedsAttention:
        painter.drawLine(QPointF(49, 41), QPointF(49, 50));
        painter.drawPoint(QPointF(49, 57));
        break;
    }
}

void drawPercent(QPainter &painter, int percent)
{
    painter.setPen(Qt::NoPen);
    painter.setBrush(kCalm);
    painter.drawRoundedRect(QRectF(2, 32, 60, 30), 8, 8);
    QFont font = painter.font();
    font.setPixelSize(30);
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(kBadge);
    painter.drawText(QRectF(2, 31, 60, 31), Qt::AlignCenter, QString::number(percent));
}

template<typename Draw>
QIcon iconOf(Draw draw)
{
    QIcon icon;
    for (const int size : kSizes) {
        QPixmap pixmap(size, size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.scale(size / 64.0, size / 64.0);
        draw(painter);
        painter.end();
        icon.addPixmap(pixmap);
    }
    return icon;
}

}  // namespace

QIcon programIcon()
{
    return iconOf(drawMark);
}

QIcon trayIcon(TrayState state, std::optional<int> percent)
{
    return iconOf([state, percent](QPainter &painter) {
        drawMark(painter);
        if (state == TrayState::Active && percent)
            drawPercent(painter, *percent);
        else if (state != TrayState::Idle && state != TrayState::Active)
            drawBadge(painter, state);
    });
}

}  // namespace packmule
