#pragma once

#include "ui/common/Palette.h"

#include <QObject>

class QApplication;

namespace packmule {

/// Puts the program's palette over the Fusion style, and follows the desktop from light to dark while the setting says so.
/// Thread: GUI. The application outlives it.
class Appearance : public QObject
{
    Q_OBJECT

public:
    explicit Appearance(QApplication &application, QObject *parent = nullptr);

    void setScheme(ColourScheme scheme);
    ColourScheme scheme() const { return m_scheme; }

private:
    void apply();

    QApplication &m_application;
    ColourScheme m_scheme = ColourScheme::System;
};

}  // namespace packmule
