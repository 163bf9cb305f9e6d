#pragma once

#include "app/gui/desktop/MainsPower.h"

#include <QDBusConnection>
#include <QDBusUnixFileDescriptor>
#include <QObject>

#include <optional>

namespace packmule {

/// Keeps the computer awake while transfers run: login1's inhibitor, where that is refused or absent the desktop's
/// org.freedesktop.ScreenSaver. Closing the lid still sends it to sleep (logind ignores inhibitors there).
/// Thread: GUI; never waits for a service. The inhibition ends with the object, and with the process.
///
/// | state | on            | then                                                          |
/// |-------|---------------|---------------------------------------------------------------|
/// | Idle  | isDue         | Asking: login1                                                |
/// | Asking| an fd         | Held                                                          |
/// |       | an error      | the screen saver is asked once; its error → Refused           |
/// |       | no longer due | Idle; what arrives late is given back                         |
/// | Held  | no longer due | given back, Idle                                              |
/// | Refused | no longer due | Idle                                                        |
class SleepInhibitor final : public QObject
{
    Q_OBJECT

public:
    /// @param reason for people, shown by the desktop ("Packmule is uploading").
    SleepInhibitor(const QDBusConnection &systemBus, const QDBusConnection &sessionBus, const QString &reason, QObject *parent = nullptr);
    ~SleepInhibitor() override;

    /// Whether transfers run.
    void setWanted(bool isWanted);
    /// Whether to let the computer sleep on battery all the same.
    void setOnMainsOnly(bool isOnMainsOnly);
    bool isHeld() const { return m_state == State::Held; }

Q_SIGNALS:
    void heldChanged();

private:
    enum class State { Idle, Asking, Held, Refused };

    void decide();
    void askLogin();
    void askScreenSaver();
    void release();
    void enter(State state);

    QDBusConnection m_systemBus, m_sessionBus;
    const QString m_reason;
    MainsPower m_power;
    bool m_isWanted = false, m_isOnMainsOnly = true;
    State m_state = State::Idle;
    int m_asked = 0;                              ///< counts the questions, so that an old one's answer is known
    QDBusUnixFileDescriptor m_lock;               ///< login1: held while it is open
    std::optional<uint> m_cookie;                 ///< the screen saver's
};

}  // namespace packmule
