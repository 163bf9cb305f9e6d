#pragma once

#include "app/cli/SignalWatch.h"

#include <QObject>
#include <QTimer>

class QGuiApplication;

namespace packmule {

/// The end of the desktop's session, and signals. Nobody is asked anything then: the journal holds whatever counts at any
/// moment, so the session manager's "save yourself" needs no work, only that closing the window asks no question.
/// Thread: GUI; one per process.
class SessionEnd final : public QObject
{
    Q_OBJECT

public:
    explicit SessionEnd(QGuiApplication &application, QObject *parent = nullptr);

    /// True for a minute after the session manager announced its end; another program may still have that called off.
    bool isAnnounced() const { return m_announced.isActive(); }

Q_SIGNALS:
    /// SIGTERM, SIGINT, SIGHUP: end now, within 2 s. A second signal ends the process from inside its handler.
    void endAsked();

private:
    SignalWatch m_signals;
    QTimer m_announced;
};

}  // namespace packmule
