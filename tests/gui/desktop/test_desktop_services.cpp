#include "app/gui/desktop/DesktopNotifier.h"
#include "app/gui/desktop/SleepInhibitor.h"
#include "app/gui/desktop/TaskbarProgress.h"
#include "tests/gui/desktop/DesktopBus.h"

#include <QDBusArgument>
#include <QDBusVariant>
#include <QSignalSpy>
#include <QTest>

using namespace packmule;

namespace {

const QString kLogin = QStringLiteral("org.freedesktop.login1"), kLoginPath = QStringLiteral("/org/freedesktop/login1");
const QString kPower = QStringLiteral("org.freedesktop.UPower"), kPowerPath = QStringLiteral("/org/freedesktop/UPower");
const QString kSaver = QStringLiteral("org.freedesktop.ScreenSaver"), kSaverPath = QStringLiteral("/org/freedesktop/ScreenSaver");
const QString kNotices = QStringLiteral("org.freedesktop.Notifications"), kNoticesPath = QStringLiteral("/org/freedesktop/Notifications");
const QString kMock = QStringLiteral("org.freedesktop.DBus.Mock");

QDBusConnection noBus()
{
    return QDBusConnection(QStringLiteral("there is no such bus"));
}

/// The listener at the other end of TaskbarProgress.
class Dock : public QObject
{
    Q_OBJECT

public:
    explicit Dock(QDBusConnection bus)
    {
        bus.connect(QString(), QString(), QStringLiteral("com.canonical.Unity.LauncherEntry"), QStringLiteral("Update"), this,
                    SLOT(take(QString, QVariantMap)));
    }
    QStringList programs;
    QList<QVariantMap> updates;

public Q_SLOTS:
    void take(const QString &program, const QVariantMap &properties)
    {
        programs.append(program);
        updates.append(properties);
    }
};

}  // namespace

/// Each test has a bus of its own, so that what is absent is really absent.
class TestDesktopServices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_bus = std::make_unique<DesktopBus>();
        QVERIFY(m_bus->start());
    }
    void cleanup() { m_bus.reset(); }

    void loginHoldsOffSleepWhileTransfersRun()
    {
        QVERIFY(m_bus->serve(QStringLiteral("logind"), kLogin));
        SleepInhibitor inhibitor(m_bus->connection(), m_bus->connection(), QStringLiteral("Packmule is uploading"));
        QVERIFY(!inhibitor.isHeld());
        inhibitor.setWanted(true);
        QTRY_VERIFY(inhibitor.isHeld());
        QCOMPARE(inhibitors(), QStringList{QStringLiteral("sleep:idle|Packmule|Packmule is uploading|block")});
        inhibitor.setWanted(false);
        QVERIFY(!inhibitor.isHeld());
        QTRY_VERIFY(inhibitors().isEmpty());
    }

    void theScreenSaverIsAskedWhereThereIsNoLogin()
    {
        QVERIFY(m_bus->serveObject(kSaver, kSaverPath));
        addMethod(kSaver, kSaverPath, QStringLiteral("Inhibit"), QStringLiteral("ss"), QStringLiteral("u"), QStringLiteral("ret = 77"));
        addMethod(kSaver, kSaverPath, QStringLiteral("UnInhibit"), QStringLiteral("u"), QString(), QString());
        SleepInhibitor inhibitor(m_bus->connection(), m_bus->connection(), QStringLiteral("Packmule is uploading"));
        inhibitor.setWanted(true);
        QTRY_VERIFY(inhibitor.isHeld());
        inhibitor.setWanted(false);
        QTRY_COMPARE(callsOf(kSaver, kSaverPath, QStringLiteral("UnInhibit")), 1);
    }

    void onBatteryTheComputerMaySleep()
    {
        QVERIFY(m_bus->serve(QStringLiteral("logind"), kLogin));
        QVERIFY(m_bus->serve(QStringLiteral("upower"), kPower, QStringLiteral("{\"OnBattery\": false}")));
        SleepInhibitor inhibitor(m_bus->connection(), m_bus->connection(), QStringLiteral("Packmule is uploading"));
        inhibitor.setWanted(true);
        QTRY_VERIFY(inhibitor.isHeld());
        setOnBattery(true);
        QTRY_VERIFY(!inhibitor.isHeld());
        inhibitor.setOnMainsOnly(false);
        QTRY_VERIFY(inhibitor.isHeld());
        inhibitor.setOnMainsOnly(true);
        setOnBattery(false);
        QTRY_VERIFY(inhibitor.isHeld());
    }

    void whoeverIsNotThereIsNotMissed()
    {
        SleepInhibitor inhibitor(noBus(), noBus(), QStringLiteral("Packmule is uploading"));
        inhibitor.setWanted(true);
        DesktopNotifier notifier(noBus());
        QSignalSpy unserved(&notifier, &DesktopNotifier::unserved);
        notifier.show({.tag = "a", .title = QStringLiteral("Done"), .text = {}, .actions = {}});
        QVERIFY(unserved.wait());
        TaskbarProgress(noBus()).show(50, 0);
        QVERIFY(!inhibitor.isHeld());
    }

    void aNoticeShowsForeignNamesAsTheyAre()
    {
        QVERIFY(m_bus->serve(QStringLiteral("notification_daemon"), kNotices));
        DesktopNotifier notifier(m_bus->connection());
        QSignalSpy chosen(&notifier, &DesktopNotifier::actionChosen);
        DesktopNotice notice{.tag = "run 1", .title = QStringLiteral("Uploaded"), .text = QStringLiteral("<b>film</b>.mov is in the bucket"), .actions = {}};
        notice.actions = {{QStringLiteral("default"), QStringLiteral("Show")}};
        notifier.show(notice);
        QTRY_COMPARE(callsOf(kNotices, kNoticesPath, QStringLiteral("Notify")), 1);
        const QVariantList sent = argumentsOfLast(kNotices, kNoticesPath, QStringLiteral("Notify"));
        QCOMPARE(sent.value(3).toString(), QStringLiteral("Uploaded"));
        QCOMPARE(sent.value(4).toString(), QStringLiteral("&lt;b&gt;film&lt;/b&gt;.mov is in the bucket"));
        // The id has to be back before anybody can click on it.
        QTRY_VERIFY(m_bus->call(kNotices, kNoticesPath, kMock, QStringLiteral("EmitSignal"),
                                {kNotices, QStringLiteral("ActionInvoked"), QStringLiteral("us"),
                                 QVariant::fromValue(QVariantList{1U, QStringLiteral("default")})}).type() == QDBusMessage::ReplyMessage
                    && chosen.wait(50));
        QCOMPARE(chosen.first().at(0).toByteArray(), QByteArray("run 1"));
        QCOMPARE(chosen.first().at(1).toString(), QStringLiteral("default"));
    }

    void aLaterNoticeTakesThePlaceOfAnEarlier()
    {
        QVERIFY(m_bus->serve(QStringLiteral("notification_daemon"), kNotices));
        DesktopNotifier notifier(m_bus->connection());
        notifier.show({.tag = "run 1", .title = QStringLiteral("One"), .text = {}, .actions = {}});
        QTRY_COMPARE(callsOf(kNotices, kNoticesPath, QStringLiteral("Notify")), 1);
        QTRY_VERIFY(notifier.isShown("run 1"));
        notifier.show({.tag = "run 1", .title = QStringLiteral("Two"), .text = {}, .actions = {}});
        QTRY_COMPARE(callsOf(kNotices, kNoticesPath, QStringLiteral("Notify")), 2);
        QCOMPARE(argumentsOfLast(kNotices, kNoticesPath, QStringLiteral("Notify")).value(1).toUInt(), 1U);
    }

    void theTaskbarHearsOfEveryChangeOnce()
    {
        Dock dock(m_bus->connection());
        TaskbarProgress progress(m_bus->connection());
        progress.show(25, 0);
        progress.show(25, 0);
        progress.show(std::nullopt, 2);
        QTRY_COMPARE(dock.updates.size(), 2);
        QCOMPARE(dock.programs.first(), QStringLiteral("application://packmule.desktop"));
        QCOMPARE(dock.updates.first().value(QStringLiteral("progress")).toDouble(), 0.25);
        QVERIFY(dock.updates.first().value(QStringLiteral("progress-visible")).toBool());
        QVERIFY(!dock.updates.last().value(QStringLiteral("progress-visible")).toBool());
        QCOMPARE(dock.updates.last().value(QStringLiteral("count")).toInt(), 2);
    }

private:
    void addMethod(const QString &name, const QString &path, const QString &method, const QString &in, const QString &out, const QString &code)
    {
        m_bus->call(name, path, kMock, QStringLiteral("AddMethod"), {name, method, in, out, code});
    }

    QStringList inhibitors() const
    {
        QStringList found;
        const auto reply = m_bus->call(kLogin, kLoginPath, kLogin + QStringLiteral(".Manager"), QStringLiteral("ListInhibitors"));
        const auto list = reply.arguments().value(0).value<QDBusArgument>();
        list.beginArray();
        while (!list.atEnd()) {
            QString what, who, why, mode;
            uint user = 0, process = 0;
            list.beginStructure();
            list >> what >> who >> why >> mode >> user >> process;
            list.endStructure();
            found.append(what + QLatin1Char('|') + who + QLatin1Char('|') + why + QLatin1Char('|') + mode);
        }
        list.endArray();
        return found;
    }

    /// The arguments of every call of that method so far.
    QList<QVariantList> callsWith(const QString &name, const QString &path, const QString &method) const
    {
        QList<QVariantList> calls;
        const auto reply = m_bus->call(name, path, kMock, QStringLiteral("GetMethodCalls"), {method});
        const auto list = reply.arguments().value(0).value<QDBusArgument>();
        list.beginArray();
        while (!list.atEnd()) {
            qulonglong time = 0;
            QVariantList arguments;
            list.beginStructure();
            list >> time >> arguments;
            list.endStructure();
            calls.append(arguments);
        }
        list.endArray();
        return calls;
    }
    qsizetype callsOf(const QString &name, const QString &path, const QString &method) const { return callsWith(name, path, method).size(); }
    QVariantList argumentsOfLast(const QString &name, const QString &path, const QString &method) const { return callsWith(name, path, method).value(callsOf(name, path, method) - 1); }

    void setOnBattery(bool isOnBattery)
    {
        m_bus->call(kPower, kPowerPath, kMock, QStringLiteral("UpdateProperties"),
                    {kPower, QVariantMap{{QStringLiteral("OnBattery"), isOnBattery}}});
    }

    std::unique_ptr<DesktopBus> m_bus;
};

QTEST_GUILESS_MAIN(TestDesktopServices)
#include "test_desktop_services.moc"
