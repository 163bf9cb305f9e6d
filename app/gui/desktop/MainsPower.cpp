#include "app/gui/desktop/MainsPower.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

namespace packmule {

namespace {

// Source: UPower reference manual, org.freedesktop.UPower, property OnBattery.
const QLatin1String kUPower("org.freedesktop.UPower"), kUPowerPath("/org/freedesktop/UPower"), kOnBattery("OnBattery");
const QLatin1String kProperties("org.freedesktop.DBus.Properties");

}  // namespace

MainsPower::MainsPower(const QDBusConnection &systemBus, QObject *parent) : QObject(parent), m_bus(systemBus)
{
    if (!m_bus.isConnected())
        return;
    m_bus.connect(kUPower, kUPowerPath, kProperties, QStringLiteral("PropertiesChanged"), this,
                  SLOT(takeProperties(QString, QVariantMap, QStringList)));
    ask();
}

void MainsPower::ask()
{
    QDBusMessage call = QDBusMessage::createMethodCall(kUPower, kUPowerPath, kProperties, QStringLiteral("Get"));
    call << QString(kUPower) << QString(kOnBattery);
    auto *answer = new QDBusPendingCallWatcher(m_bus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *answer;
        if (!reply.isError())
            take(reply.value().variant().toBool());
    });
}

void MainsPower::takeProperties(const QString &interface, const QVariantMap &changedNow, const QStringList &invalidated)
{
    if (interface != kUPower)
        return;
    if (changedNow.contains(kOnBattery))
        take(changedNow.value(kOnBattery).toBool());
    else if (invalidated.contains(kOnBattery))
        ask();
}

void MainsPower::take(bool isOnBattery)
{
    if (m_isOnMains == !isOnBattery)
        return;
    m_isOnMains = !isOnBattery;
    Q_EMIT changed();
}

}  // namespace packmule
