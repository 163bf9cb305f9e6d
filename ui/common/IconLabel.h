#pragma once

#include "ui/common/Icons.h"

#include <QWidget>

namespace packmule {

/// An icon that is no button; painted, so that it follows the palette and the screen. Thread: GUI.
class IconLabel : public QWidget
{
    Q_OBJECT

public:
    IconLabel(IconName name, int side, QWidget *parent = nullptr);

    void setIcon(IconName name);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QIcon m_icon;
    int m_side;
};

}  // namespace packmule
