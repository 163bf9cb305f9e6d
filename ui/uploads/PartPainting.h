#pragma once

#include "core/transfer/TransferListClient.h"

#include <QColor>
#include <QPalette>
#include <QRect>

class QPainter;

namespace packmule {

/// The colour of a part. Cells of parts that are tried again get a cross, sending ones a hatch and verified
/// ones a tick, and all differ in lightness, so that hue is never the only sign.
QColor partColour(PartStanding standing, const QPalette &palette);

/// The standing that is painted for a group of parts where there is less than a pixel for each: the one a person must see
/// (retrying before sending before the least advanced).
PartStanding standingOfGroup(const QList<PartStanding> &parts, qsizetype first, qsizetype last);

/// All parts as one bar, in reading direction.
void paintPartStrip(QPainter &painter, const QRect &rect, const PartMap &map, const QPalette &palette, Qt::LayoutDirection direction);
/// The bar without a map: only how much of it is confirmed.
void paintFraction(QPainter &painter, const QRect &rect, double fraction, PartStanding standing, const QPalette &palette, Qt::LayoutDirection direction);
/// One part as a cell.
void paintPart(QPainter &painter, const QRect &rect, PartStanding standing, const QPalette &palette);

}  // namespace packmule
