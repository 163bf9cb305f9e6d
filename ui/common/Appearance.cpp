#include "ui/common/Appearance.h"

#include <QApplication>
#include <QStyleFactory>
#include <QStyleHints>

namespace packmule {

Appearance::Appearance(QApplication &application, QObject *parent) : QObject(parent), m_application(application)
{
    application.setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    connect(application.styleHints(), &QStyleHints::colorSchemeChanged, this, &Appearance::apply);
    apply();
}

void Appearance::setScheme(ColourScheme scheme)
{
    m_scheme = scheme;
    apply();
}

void Appearance::apply()
{
    const bool systemIsDark = m_application.styleHints()->colorScheme() == Qt::ColorScheme::Dark;
    const bool wantsDark = m_scheme == ColourScheme::Dark || (m_scheme == ColourScheme::System && systemIsDark);
    m_application.setPalette(wantsDark ? darkPalette() : lightPalette());
}

}  // namespace packmule
