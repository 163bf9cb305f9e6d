#pragma once

#include <QDBusConnection>
#include <QObject>
#include <QVariantMap>

namespace packmule {

/// Whether the computer runs on mains power, as UPower tells it. Without UPower (a desktop computer, a container) it
/// does. Thread: GUI; asks without waiting.
class MainsPower final : public QObject
{
    Q_OBJECT

public:
    explicit MainsPower(const QDBusConnection &systemBus, QObject *parent = nullptr);

    bool isOnMains() const { return m_isOnMains; }

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void takeProperties(const QString &interface, const QVariantMap &changedNow, const QStringList &invalidated);

private:
    void ask();
    void take(bool isOnBattery);

    QDBusConnection m_bus;
    bool m_isOnMains = true;
};

}  // namespace packmule
