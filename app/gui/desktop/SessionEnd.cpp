#include "app/gui/desktop/SessionEnd.h"

#include <QGuiApplication>

namespace packmule {

SessionEnd::SessionEnd(QGuiApplication &application, QObject *parent) : QObject(parent)
{
    m_announced.setSingleShot(true);
    m_announced.setInterval(std::chrono::minutes(1));
    connect(&m_signals, &SignalWatch::endAsked, this, [this] { Q_EMIT endAsked(); });
    // Direct: the session manager may go on as soon as this returns.
    connect(&application, &QGuiApplication::commitDataRequest, this, [this] { m_announced.start(); }, Qt::DirectConnection);
}

}  // namespace packmule
