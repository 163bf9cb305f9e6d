#include "ui/common/IconLabel.h"

#include <QPainter>

namespace packmule {

IconLabel::IconLabel(IconName name, int side, QWidget *parent) : QWidget(parent), m_icon(icon(name)), m_side(side)
{
    setMinimumSize(side, side);
}

void IconLabel::setIcon(IconName name)
{
    m_icon = icon(name);
    update();
}

void IconLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    m_icon.paint(&painter, QRect((width() - m_side) / 2, (height() - m_side) / 2, m_side, m_side));
}

}  // namespace packmule
