// Proxies: which one, and a clear error where it does not serve (facts/faults.md row 36).
#include "tests/unit/net/ScriptedServer.h"
#include "tests/unit/net/TransportBench.h"

#include <QTest>

using namespace packmule;

class TestTransportProxy : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void readsTheEnvironment_data();
    void readsTheEnvironment();
    void refusesAddressesOfNoProxy_data();
    void refusesAddressesOfNoProxy();
    void plainRequestsGoThroughTheProxyWhole();
    void sendsCredentialsToTheProxyOnly();
    void proxyWantsCredentials_data();
    void proxyWantsCredentials();
    void proxyRefusesTheTunnel();
    void proxyIsDown_data();
    void proxyIsDown();
    void socksProxyClosesAtOnce();
    void loopbackIsNotProxiedUnlessTold();
};

namespace {

TransportSettings through(const QString &address)
{
    TransportSettings settings;
    settings.proxy = ProxyRules::explicitProxy(address).value();
    return settings;
}

QString local(const QString &scheme, quint16 port, const QString &user = {})
{
    return scheme + QLatin1String("://") + user + QLatin1String("127.0.0.1:") + QString::number(port);
}

HttpRequest to(const QByteArray &host, bool isEncrypted)
{
    HttpRequest request = TransportBench::upload(80, "body");
    request.origin = {.isEncrypted = isEncrypted, .host = host, .port = static_cast<quint16>(isEncrypted ? 443 : 80)};
    return request;
}

}  // namespace

void TestTransportProxy::readsTheEnvironment_data()
{
    QTest::addColumn<QStringList>("environment");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<bool>("isEncrypted");
    QTest::addColumn<QString>("proxy");  // kind host:port, empty if direct
    const QStringList both{QStringLiteral("http_proxy=http://p:3128"), QStringLiteral("https_proxy=http://q:3129")};
    const auto with = [&](const char *more) { return QStringList(both) << QString::fromLatin1(more); };
    QTest::newRow("nothing set") << QStringList() << QByteArray("h.example") << true << QString();
    QTest::newRow("http") << both << QByteArray("h.example") << false << QStringLiteral("http p:3128");
    QTest::newRow("https") << both << QByteArray("h.example") << true << QStringLiteral("http q:3129");
    QTest::newRow("upper case https") << QStringList{QStringLiteral("HTTPS_PROXY=q:1")} << QByteArray("h") << true << QStringLiteral("http q:1");
    QTest::newRow("upper case http is CGI's") << QStringList{QStringLiteral("HTTP_PROXY=q:1")} << QByteArray("h") << false << QString();
    QTest::newRow("all") << QStringList{QStringLiteral("ALL_PROXY=socks5h://s")} << QByteArray("h") << true << QStringLiteral("socks s:1080");
    QTest::newRow("own beats all") << QStringList{QStringLiteral("all_proxy=a:1"), QStringLiteral("https_proxy=b:2")} << QByteArray("h") << true << QStringLiteral("http b:2");
    QTest::newRow("no_proxy name") << with("no_proxy=a,h.example") << QByteArray("h.example") << true << QString();
    QTest::newRow("no_proxy domain") << with("no_proxy=.example") << QByteArray("h.example") << true << QString();
    QTest::newRow("no_proxy domain without dot") << with("no_proxy=example") << QByteArray("h.example") << true << QString();
    QTest::newRow("no_proxy is no mere suffix") << with("no_proxy=ample") << QByteArray("h.example") << true << QStringLiteral("http q:3129");
    QTest::newRow("no_proxy everything") << with("NO_PROXY=*") << QByteArray("h.example") << true << QString();
    QTest::newRow("no_proxy address") << with("no_proxy=10.0.0.1") << QByteArray("10.0.0.1") << true << QString();
    QTest::newRow("no_proxy network") << with("no_proxy=10.0.0.0/8") << QByteArray("10.2.3.4") << true << QString();
    QTest::newRow("no_proxy other network") << with("no_proxy=10.0.0.0/8") << QByteArray("11.2.3.4") << true << QStringLiteral("http q:3129");
    QTest::newRow("no_proxy IPv6") << with("no_proxy=2001:db8::/32 x") << QByteArray("2001:db8::7") << true << QString();
    QTest::newRow("loopback name") << both << QByteArray("localhost") << false << QString();
    QTest::newRow("loopback address") << both << QByteArray("127.0.0.9") << false << QString();
    QTest::newRow("loopback IPv6") << both << QByteArray("::1") << true << QString();
}

void TestTransportProxy::readsTheEnvironment()
{
    QFETCH(QStringList, environment);
    QFETCH(QByteArray, host);
    QFETCH(bool, isEncrypted);
    QFETCH(QString, proxy);
    QProcessEnvironment variables;
    for (const QString &row : environment)
        variables.insert(row.section(QLatin1Char('='), 0, 0), row.section(QLatin1Char('='), 1));
    const auto rules = ProxyRules::fromEnvironment(variables);
    QVERIFY(rules.has_value());
    const QNetworkProxy chosen = rules->proxyFor({.isEncrypted = isEncrypted, .host = host, .port = 443});
    QString text;
    if (chosen.type() != QNetworkProxy::NoProxy)
        text = (chosen.type() == QNetworkProxy::HttpProxy ? QLatin1String("http ") : QLatin1String("socks ")) + chosen.hostName()
            + QLatin1Char(':') + QString::number(chosen.port());
    QCOMPARE(text, proxy);
}

void TestTransportProxy::refusesAddressesOfNoProxy_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address : {"ftp://p:1", "http://", "https://p:1", "p:99999", "http://user:secret@/", "a b"})
        QTest::newRow(address) << QString::fromLatin1(address);
}

void TestTransportProxy::refusesAddressesOfNoProxy()
{
    QFETCH(QString, address);
    const auto rules = ProxyRules::explicitProxy(address);
    QVERIFY(!rules.has_value());
    QCOMPARE(rules.error().kind, ErrorKind::InvalidRequest);
    QVERIFY(!rules.error().detail.contains(QLatin1String("secret")));
}

void TestTransportProxy::plainRequestsGoThroughTheProxyWhole()
{
    ScriptedServer proxy([](ScriptedServer::Line &line) { line.answer(200); });
    TransportBench bench(through(local(QStringLiteral("http"), proxy.port())));
    HttpRequest request = to("h.example", false);
    request.target = "/b//%C3%A9%2F?uploads&x=%20";
    const auto sent = bench.send(std::move(request));
    QTRY_VERIFY(sent->isDone());
    QVERIFY2(sent->isAnswered(), qPrintable(sent->detail()));
    QCOMPARE(proxy.lastRequestLine(), QByteArray("PUT http://h.example/b//%C3%A9%2F?uploads&x=%20 HTTP/1.1"));
    QCOMPARE(proxy.lastField("host"), QByteArray("h.example"));
    QCOMPARE(proxy.lastBody(), QByteArray("body"));
}

void TestTransportProxy::sendsCredentialsToTheProxyOnly()
{
    ScriptedServer proxy([](ScriptedServer::Line &line) {
        if (line.requests.last().startsWith("CONNECT") && !line.requests.last().toLower().contains("proxy-authorization"))
            line.answer(407, {}, "Proxy-Authenticate: Basic realm=\"p\"\r\n");
        else
            line.answer(line.requests.last().startsWith("CONNECT") ? 503 : 200);
    });
    TransportBench bench(through(local(QStringLiteral("http"), proxy.port(), QStringLiteral("user:pa%40ss@"))));
    const auto plain = bench.send(to("h.example", false));
    QTRY_COMPARE(plain->status(), 200);
    QCOMPARE(proxy.lastField("proxy-authorization"), "Basic " + QByteArray("user:pa@ss").toBase64());
    const auto tunnelled = bench.send(to("h.example", true));
    QTRY_VERIFY(tunnelled->isDone());
    QVERIFY(proxy.lastRequestLine().startsWith("CONNECT h.example:443"));
    QCOMPARE(proxy.lastField("proxy-authorization"), "Basic " + QByteArray("user:pa@ss").toBase64());
}

void TestTransportProxy::proxyWantsCredentials_data()
{
    QTest::addColumn<bool>("isEncrypted");
    QTest::addColumn<QString>("user");
    QTest::newRow("plain, none given") << false << QString();
    QTest::newRow("tunnel, none given") << true << QString();
    QTest::newRow("plain, wrong ones") << false << QStringLiteral("user:wrong@");
    QTest::newRow("tunnel, wrong ones") << true << QStringLiteral("user:wrong@");
}

void TestTransportProxy::proxyWantsCredentials()
{
    QFETCH(bool, isEncrypted);
    QFETCH(QString, user);
    ScriptedServer proxy([](ScriptedServer::Line &line) { line.answer(407, "no", "Proxy-Authenticate: Basic realm=\"p\"\r\n"); });
    TransportBench bench(through(local(QStringLiteral("http"), proxy.port(), user)));
    const auto sent = bench.send(to("h.example", isEncrypted));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), ErrorKind::ProxyRefused);
    QVERIFY2(sent->detail().contains(QLatin1String("user name and password")), qPrintable(sent->detail()));
    QVERIFY(!sent->detail().contains(QLatin1String("wrong")));
}

void TestTransportProxy::proxyRefusesTheTunnel()
{
    ScriptedServer proxy([](ScriptedServer::Line &line) { line.answer(403, "blocked"); });
    TransportBench bench(through(local(QStringLiteral("http"), proxy.port())));
    const auto sent = bench.send(to("h.example", true));
    QTRY_VERIFY(sent->isDone());
    QVERIFY2(sent->kind() == ErrorKind::ProxyRefused, qPrintable(sent->detail()));
}

void TestTransportProxy::proxyIsDown_data()
{
    QTest::addColumn<QString>("scheme");
    QTest::addColumn<bool>("isEncrypted");
    QTest::newRow("http, plain") << "http" << false;
    QTest::newRow("http, tunnel") << "http" << true;
    QTest::newRow("socks5, plain") << "socks5" << false;
    QTest::newRow("socks5h, tunnel") << "socks5h" << true;
}

void TestTransportProxy::proxyIsDown()
{
    QFETCH(QString, scheme);
    QFETCH(bool, isEncrypted);
    ScriptedServer proxy({});
    const quint16 port = proxy.port();
    proxy.stop();
    TransportBench bench(through(local(scheme, port)));
    const auto sent = bench.send(to("192.0.2.1", isEncrypted));
    QTRY_VERIFY(sent->isDone());
    QVERIFY2(sent->kind() == ErrorKind::NetworkUnreachable, qPrintable(sent->detail()));
    QVERIFY2(sent->detail().contains(QStringLiteral("127.0.0.1:%1").arg(port)), qPrintable(sent->detail()));
}

void TestTransportProxy::socksProxyClosesAtOnce()
{
    ScriptedServer proxy({}, [](ScriptedServer::Line &line) { line.closePolitely(); });
    TransportBench bench(through(local(QStringLiteral("socks5h"), proxy.port())));
    const auto sent = bench.send(to("h.example", false));
    const bool isDirect = bench.transport->abilities().noHiddenResends;
    // The stock manager of Qt 6.8.2 tries six times and then says nothing at all, so it is the limit that ends this.
    QTRY_VERIFY(isDirect ? sent->isDone() : proxy.lines.size() >= 6);
    bench.scheduler.advance(std::chrono::seconds(11));
    QTRY_VERIFY(sent->isDone());
    QCOMPARE(sent->kind(), isDirect ? ErrorKind::NetworkUnreachable : ErrorKind::Stalled);
    QVERIFY2(sent->detail().contains(QStringLiteral("127.0.0.1:%1").arg(proxy.port())), qPrintable(sent->detail()));
}

void TestTransportProxy::loopbackIsNotProxiedUnlessTold()
{
    ScriptedServer proxy([](ScriptedServer::Line &line) { line.answer(502); });
    ScriptedServer server([](ScriptedServer::Line &line) { line.answer(200); });
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("http_proxy"), local(QStringLiteral("http"), proxy.port()));
    TransportSettings settings;
    settings.proxy = ProxyRules::fromEnvironment(environment).value();
    TransportBench direct(settings);
    const auto sent = direct.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(sent->status(), 200);
    TransportBench told(through(local(QStringLiteral("http"), proxy.port())));
    const auto proxied = told.send(TransportBench::request("GET", server.port()));
    QTRY_COMPARE(proxied->status(), 502);
}

QTEST_GUILESS_MAIN(TestTransportProxy)
#include "test_transport_proxy.moc"
