#include "app/gui/desktop/SleepInhibitor.h"

#include "core/base/LogCategories.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>

namespace packmule {

namespace {

// Source: org.freedesktop.login1(5), "Inhibitor Locks"; Idle Inhibition Service Draft of freedesktop.org.
QDBusMessage loginCall(const QString &reason)
{
    QDBusMessage call = QDBusMessage::createMethodCall(QStringLiteral("org.freedesktop.login1"), QStringLiteral("/org/freedesktop/login1"),
                                                       QStringLiteral("org.freedesktop.login1.Manager"), QStringLiteral("Inhibit"));
    call << QStringLiteral("sleep:idle") << QStringLiteral("Packmule") << reason << QStringLiteral("block");
    return call;
}

QDBusMessage screenSaverCall(const QString &method)
{
    const QString name = QStringLiteral("org.freedesktop.ScreenSaver");
    return QDBusMessage::createMethodCall(name, QStringLiteral("/org/freedesktop/ScreenSaver"), name, method);
}

void giveBackCookie(const QDBusConnection &bus, uint cookie)
{
    QDBusMessage call = screenSaverCall(QStringLiteral("UnInhibit"));
    call << cookie;
    bus.send(call);
}

}  // namespace

SleepInhibitor::SleepInhibitor(const QDBusConnection &systemBus, const QDBusConnection &sessionBus, const QString &reason, QObject *parent)
    : QObject(parent), m_systemBus(systemBus), m_sessionBus(sessionBus), m_reason(reason), m_power(systemBus)
{
    connect(&m_power, &MainsPower::changed, this, &SleepInhibitor::decide);
}

SleepInhibitor::~SleepInhibitor()
{
    release();
}

void SleepInhibitor::setWanted(bool isWanted)
{
    m_isWanted = isWanted;
    decide();
}

void SleepInhibitor::setOnMainsOnly(bool isOnMainsOnly)
{
    m_isOnMainsOnly = isOnMainsOnly;
    decide();
}

void SleepInhibitor::decide()
{
    const bool isDue = m_isWanted && (m_power.isOnMains() || !m_isOnMainsOnly);
    if (isDue && m_state == State::Idle) {
        askLogin();
    } else if (!isDue && m_state != State::Idle) {
        release();
        enter(State::Idle);
    }
}

void SleepInhibitor::askLogin()
{
    enter(State::Asking);
    auto *answer = new QDBusPendingCallWatcher(m_systemBus.asyncCall(loginCall(m_reason)), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, question = ++m_asked] {
        answer->deleteLater();
        const QDBusPendingReply<QDBusUnixFileDescriptor> reply = *answer;
        if (question != m_asked || m_state != State::Asking)
            return;  // the descriptor closes with the reply
        if (reply.isError() || !reply.value().isValid()) {
            qCInfo(lcTransfer) << "login1 does not hold off sleep:" << reply.error().message();
            askScreenSaver();
            return;
        }
        m_lock = reply.value();
        enter(State::Held);
    });
}

void SleepInhibitor::askScreenSaver()
{
    QDBusMessage call = screenSaverCall(QStringLiteral("Inhibit"));
    call << QStringLiteral("Packmule") << m_reason;
    auto *answer = new QDBusPendingCallWatcher(m_sessionBus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, question = ++m_asked] {
        answer->deleteLater();
        const QDBusPendingReply<uint> reply = *answer;
        const bool isOld = question != m_asked || m_state != State::Asking;
        if (reply.isError()) {
            if (!isOld) {
                qCInfo(lcTransfer) << "nobody holds off sleep:" << reply.error().message();
                enter(State::Refused);
            }
            return;
        }
        if (isOld) {
            giveBackCookie(m_sessionBus, reply.value());
            return;
        }
        m_cookie = reply.value();
        enter(State::Held);
    });
}

void SleepInhibitor::release()
{
    m_lock = {};
    if (m_cookie)
        giveBackCookie(m_sessionBus, *m_cookie);
    m_cookie.reset();
}

void SleepInhibitor::enter(State state)
{
    const bool wasHeld = isHeld();
    m_state = state;
    if (isHeld() != wasHeld)
        Q_EMIT heldChanged();
}

}  // namespace packmule
