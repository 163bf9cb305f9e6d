#pragma once

#include <QByteArray>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QProcess>
#include <QString>

#include <memory>
#include <vector>

/// A message bus of its own, with python3-dbusmock's services on it. It plays the session's and the system's bus.
class DesktopBus
{
public:
    /// @return false: no dbus-daemon.
    bool start();
    ~DesktopBus();

    QDBusConnection connection() const { return QDBusConnection(m_name); }
    /// One of dbusmock's templates ("logind"); returns when its name is on the bus.
    bool serve(const QString &dbusmockTemplate, const QString &busName, const QString &parameters = {});
    /// An empty object that gets its methods by `addMethod`.
    bool serveObject(const QString &busName, const QString &path);
    /// Waits; for tests only.
    QDBusMessage call(const QString &busName, const QString &path, const QString &interface, const QString &method,
                      const QVariantList &arguments = {}) const;

private:
    bool startMock(const QStringList &arguments, const QString &busName);

    QProcess m_daemon;
    QByteArray m_address;
    QString m_name;
    std::vector<std::unique_ptr<QProcess>> m_mocks;
};
