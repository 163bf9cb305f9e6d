#include "ui/uploads/PartPainting.h"

#include "ui/common/Palette.h"

#include <QPainter>

#include <algorithm>

namespace packmule {

namespace {

void paintRun(QPainter &painter, const QRect &rect, PartStanding standing, const QPalette &palette)
{
    painter.fillRect(rect, partColour(standing, palette));
    if (standing == PartStanding::Sending)
        painter.fillRect(rect, QBrush(palette.color(QPalette::Base), Qt::BDiagPattern));
}

void paintEdge(QPainter &painter, const QRect &rect, const QPalette &palette)
{
    painter.setPen(tone(Tone::PartEdge, palette));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(0, 0, -1, -1));
}

}  // namespace

QColor partColour(PartStanding standing, const QPalette &palette)
{
    switch (standing) {
    case PartStanding::Queued: return tone(Tone::PartQueued, palette);
    case PartStanding::Sending: return tone(Tone::PartSending, palette);
    case PartStanding::Confirmed: return tone(Tone::PartConfirmed, palette);
    case PartStanding::Retrying: return tone(Tone::PartRetrying, palette);
    case PartStanding::Verified: return tone(Tone::PartVerified, palette);
    }
    return {};
}

PartStanding standingOfGroup(const QList<PartStanding> &parts, qsizetype first, qsizetype last)
{
    const auto has = [&](PartStanding standing) { return std::find(parts.begin() + first, parts.begin() + last, standing) != parts.begin() + last; };
    for (const PartStanding standing : {PartStanding::Retrying, PartStanding::Sending, PartStanding::Queued, PartStanding::Confirmed}) {
        if (has(standing))
            return standing;
    }
    return PartStanding::Verified;
}

void paintPartStrip(QPainter &painter, const QRect &rect, const PartMap &map, const QPalette &palette, Qt::LayoutDirection direction)
{
    const QRect inside = rect.adjusted(1, 1, -1, -1);
    const qsizetype count = map.parts.size();
    if (inside.width() <= 0 || count == 0)
        return;
    // Neighbours of one kind are painted as one: at most as many rectangles as there are changes.
    const auto standingAt = [&](int x) {
        const qsizetype first = x * count / inside.width(), last = std::max(first + 1, (x + 1) * count / inside.width());
        return last == first + 1 ? map.parts.at(first) : standingOfGroup(map.parts, first, last);
    };
    int begin = 0;
    PartStanding standing = standingAt(0);
    for (int x = 1; x <= inside.width(); ++x) {
        const bool isEnd = x == inside.width();
        const PartStanding next = isEnd ? standing : standingAt(x);
        if (!isEnd && next == standing)
            continue;
        const int left = direction == Qt::RightToLeft ? inside.right() + 1 - x : inside.left() + begin;
        paintRun(painter, QRect(left, inside.top(), x - begin, inside.height()), standing, palette);
        begin = x;
        standing = next;
    }
    paintEdge(painter, rect, palette);
}

void paintFraction(QPainter &painter, const QRect &rect, double fraction, PartStanding standing, const QPalette &palette, Qt::LayoutDirection direction)
{
    const QRect inside = rect.adjusted(1, 1, -1, -1);
    const int width = static_cast<int>(inside.width() * std::clamp(fraction, 0.0, 1.0));
    painter.fillRect(inside, partColour(PartStanding::Queued, palette));
    const int left = direction == Qt::RightToLeft ? inside.right() + 1 - width : inside.left();
    paintRun(painter, QRect(left, inside.top(), width, inside.height()), standing, palette);
    paintEdge(painter, rect, palette);
}

void paintPart(QPainter &painter, const QRect &rect, PartStanding standing, const QPalette &palette)
{
    paintRun(painter, rect, standing, palette);
    if (rect.width() < 7)
        return;
    paintEdge(painter, rect, palette);
    const QPoint centre = rect.center();
    const int arm = rect.width() / 4;
    painter.setPen(QPen(palette.color(QPalette::Base), 1.6));
    if (standing == PartStanding::Retrying) {
        painter.drawLine(centre + QPoint(-arm, -arm), centre + QPoint(arm, arm));
        painter.drawLine(centre + QPoint(-arm, arm), centre + QPoint(arm, -arm));
    } else if (standing == PartStanding::Verified && rect.width() >= 9) {
        painter.drawLine(centre + QPoint(-arm, 0), centre + QPoint(-arm / 3, arm));
        painter.drawLine(centre + QPoint(-arm / 3, arm), centre + QPoint(arm, -arm));
    }
}

}  // namespace packmule
