#include "core/net/DefaultRoute.h"
#include "core/net/NetworkWatch.h"

#include <QHostInfo>
#include <QNetworkInterface>
#include <QTest>

using namespace packmule;

class TestNetworkWatch : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void findsTheDefaultRoute_data();
    void findsTheDefaultRoute();
    void ignoresARouteOverADeadInterface();
    void knowsThisMachine_data();
    void knowsThisMachine();
    void knowsItsOwnNameAndAddresses();
    void readsTheRealTables();
};

void TestNetworkWatch::findsTheDefaultRoute_data()
{
    QTest::addColumn<QByteArray>("ipv4");
    QTest::addColumn<QByteArray>("ipv6");
    QTest::addColumn<bool>("isThere");
    const QByteArray head("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT \n");
    const QByteArray zeros(32, '0');
    const QByteArray local6("fe800000000000000000000000000000 40 " + zeros + " 00 " + zeros + " 00000100 00000001 00000000 00000001     eth0\n");
    const QByteArray reject6(zeros + " 00 " + zeros + " 00 " + zeros + " ffffffff 00000001 00000000 00200200       lo\n");
    const QByteArray default6(zeros + " 00 " + zeros + " 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n");
    QTest::newRow("nothing") << head << QByteArray() << false;
    QTest::newRow("IPv4") << QByteArray(head + "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n") << QByteArray() << true;
    QTest::newRow("IPv4 without gateway (tunnel)") << QByteArray(head + "tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n") << QByteArray() << true;
    QTest::newRow("IPv4, only the own network") << QByteArray(head + "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n") << local6 << false;
    QTest::newRow("IPv4, rejecting") << QByteArray(head + "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n") << QByteArray() << false;
    QTest::newRow("IPv4, down") << QByteArray(head + "eth0\t00000000\t010200C0\t0002\t0\t0\t0\t00000000\t0\t0\t0\n") << QByteArray() << false;
    QTest::newRow("IPv4, half of everything") << QByteArray(head + "tun0\t00000000\t010200C0\t0003\t0\t0\t0\t00000080\t0\t0\t0\n") << QByteArray() << false;
    QTest::newRow("IPv6") << head << QByteArray(local6 + default6 + reject6) << true;
    QTest::newRow("IPv6, only the kernel's rejecting one") << head << QByteArray(local6 + reject6) << false;
    QTest::newRow("cut lines") << QByteArray(head + "eth0\t00000000") << QByteArray(zeros + " 00") << false;
}

void TestNetworkWatch::findsTheDefaultRoute()
{
    QFETCH(QByteArray, ipv4);
    QFETCH(QByteArray, ipv6);
    QTEST(hasDefaultRoute(ipv4, ipv6, [](const QByteArray &) { return true; }), "isThere");
}

void TestNetworkWatch::ignoresARouteOverADeadInterface()
{
    const QByteArray table("Iface\neth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
    QVERIFY(!hasDefaultRoute(table, {}, [](const QByteArray &name) { return name != "eth0"; }));
    QVERIFY(hasDefaultRoute(table, {}, [](const QByteArray &name) { return name == "eth0"; }));
}

void TestNetworkWatch::knowsThisMachine_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("isLocal");
    for (const char *host : {"localhost", "s3.localhost", "127.0.0.1", "127.9.9.9", "::1"})
        QTest::newRow(host) << QByteArray(host) << true;
    for (const char *host : {"s3.amazonaws.com", "192.0.2.1", "2001:db8::1", "localhost.example", "notlocalhost", ""})
        QTest::newRow(*host ? host : "empty") << QByteArray(host) << false;
}

void TestNetworkWatch::knowsThisMachine()
{
    QFETCH(QByteArray, host);
    const NetworkWatch watch;
    QTEST(watch.isLocalHost(host), "isLocal");
}

void TestNetworkWatch::knowsItsOwnNameAndAddresses()
{
    const NetworkWatch watch;
    QVERIFY(watch.isLocalHost(QHostInfo::localHostName().toLatin1().toLower()));
    for (const QHostAddress &address : QNetworkInterface::allAddresses()) {
        QVERIFY(watch.isLocalHost(address.toString().toLatin1()));
        QVERIFY(watch.canReach(address.toString().toLatin1()));
    }
}

void TestNetworkWatch::readsTheRealTables()
{
    // Whether this machine has a route is its own affair; that loopback is reachable is not.
    const NetworkWatch watch;
    QVERIFY(watch.canReach("127.0.0.1"));
    QCOMPARE(watch.canReach("192.0.2.1"), watch.isOnline());
}

QTEST_GUILESS_MAIN(TestNetworkWatch)
#include "test_network_watch.moc"
