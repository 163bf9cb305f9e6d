#include "tests/gui/desktop/DesktopBus.h"

#include <QDBusConnectionInterface>
#include <QDBusReply>
#include <QProcessEnvironment>
#include <QTest>

bool DesktopBus::start()
{
    m_daemon.start(QStringLiteral("dbus-daemon"), {QStringLiteral("--session"), QStringLiteral("--nofork"), QStringLiteral("--print-address")});
    if (!m_daemon.waitForStarted() || !m_daemon.waitForReadyRead())
        return false;
    m_address = m_daemon.readLine().trimmed();
    m_name = QString::fromLatin1(m_address);
    return QDBusConnection::connectToBus(m_name, m_name).isConnected();
}

DesktopBus::~DesktopBus()
{
    QDBusConnection::disconnectFromBus(m_name);
    m_mocks.clear();
    m_daemon.kill();
    m_daemon.waitForFinished();
}

bool DesktopBus::startMock(const QStringList &arguments, const QString &busName)
{
    auto mock = std::make_unique<QProcess>();
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), m_name);
    environment.insert(QStringLiteral("DBUS_SYSTEM_BUS_ADDRESS"), m_name);
    mock->setProcessEnvironment(environment);
    mock->setStandardOutputFile(QProcess::nullDevice());
    mock->start(QStringLiteral("python3"), QStringList{QStringLiteral("-m"), QStringLiteral("dbusmock")} + arguments);
    m_mocks.push_back(std::move(mock));
    return QTest::qWaitFor([&] { return connection().interface()->isServiceRegistered(busName).value(); }, 30'000);
}

bool DesktopBus::serve(const QString &dbusmockTemplate, const QString &busName, const QString &parameters)
{
    QStringList arguments{QStringLiteral("--template"), dbusmockTemplate};
    if (!parameters.isEmpty())
        arguments << QStringLiteral("--parameters") << parameters;
    return startMock(arguments, busName);
}

bool DesktopBus::serveObject(const QString &busName, const QString &path)
{
    return startMock({QStringLiteral("--session"), busName, path, busName}, busName);
}

QDBusMessage DesktopBus::call(const QString &busName, const QString &path, const QString &interface, const QString &method,
                              const QVariantList &arguments) const
{
    QDBusMessage message = QDBusMessage::createMethodCall(busName, path, interface, method);
    message.setArguments(arguments);
    return connection().call(message);
}
