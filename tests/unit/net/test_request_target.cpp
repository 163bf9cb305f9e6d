#include "core/net/RequestTarget.h"

#include <QTest>

using namespace packmule;

class TestRequestTarget : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void refusesWhatQtWouldChange_data();
    void refusesWhatQtWouldChange();
    void keepsEveryEncodedByte_data();
    void keepsEveryEncodedByte();
    void refusesHostsThatAreNone_data();
    void refusesHostsThatAreNone();
    void keepsTheHostAsItIs_data();
    void keepsTheHostAsItIs();
    void writesHostHeaders_data();
    void writesHostHeaders();
};

namespace {

HttpOrigin originOf(const QByteArray &host, quint16 port = 9000, bool isEncrypted = false)
{
    return {.isEncrypted = isEncrypted, .host = host, .port = port};
}

}  // namespace

void TestRequestTarget::refusesWhatQtWouldChange_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<bool>("isRefused");
    const std::initializer_list<std::pair<const char *, bool>> rows{
        {"/b/k", false}, {"/", false}, {"/b//k", false}, {"/b/k/", false}, {"/b/k//", false}, {"/?list-type=2", false},
        {"/b/k?uploads", false}, {"/b/k?uploads=", false}, {"/b/k?a=1&b=%2F", false}, {"/b/k?", false}, {"/b/%20%25%2F", false},
        {"/b/...", false}, {"/b/.hidden", false}, {"/b/a..b", false}, {"/b/k?x=../..", false}, {"/b/c%3A", false},
        {"/b/%C3%A9", false}, {"/b/%FF%FE", false}, {"/b/%01%0A%0D%7F", false},
        {"/b/../k", true}, {"/b/./k", true}, {"/b/.", true}, {"/b/..", true}, {"/b/%2E%2E/k", true}, {"/b/%2e/k", true},
        {"/b/.%2E", true}, {"//k", false}, {"//", false}, {"///k", false}, {"//h/../k", true}, {"/b/%7E", true}, {"/b/%41", true}, {"/b/%c3%a9", true}, {"/b/k#f", true},
        {"b/k", true}, {"", true}, {"/b/k k", true}, {"/b/\xC3\xA9", true}, {"/b/k\r\nX: y", true}, {"/b/%", true}};
    for (const auto &[target, isRefused] : rows)
        QTest::newRow(*target ? target : "empty") << QByteArray(target) << isRefused;
}

void TestRequestTarget::refusesWhatQtWouldChange()
{
    QFETCH(QByteArray, target);
    QFETCH(bool, isRefused);
    QCOMPARE(refusalByQnam(target).has_value(), isRefused);
    const auto url = exactUrl(originOf("h.example"), target);
    QCOMPARE(url.has_value(), !isRefused);
    if (isRefused)
        QCOMPARE(url.error().kind, ErrorKind::InvalidRequest);
}

void TestRequestTarget::keepsEveryEncodedByte_data()
{
    QTest::addColumn<QByteArray>("encoded");
    const QByteArray unreserved("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    for (int byte = 1; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        const QByteArray hex = QByteArray::number(byte, 16).rightJustified(2, '0').toUpper();
        const QByteArray encoded = unreserved.contains(c) ? QByteArray(1, c) : QByteArray('%' + hex);
        QTest::newRow(hex.constData()) << encoded;
    }
}

void TestRequestTarget::keepsEveryEncodedByte()
{
    QFETCH(QByteArray, encoded);
    QCOMPARE(refusalByQnam("/b/x" + encoded + "y"), std::nullopt);
    QCOMPARE(refusalByQnam("/b/k?prefix=" + encoded), std::nullopt);
    // "." alone is a segment, so a lone byte is tried at the end of a longer one.
    QCOMPARE(refusalByQnam("/b/x" + encoded), std::nullopt);
}

void TestRequestTarget::refusesHostsThatAreNone_data()
{
    QTest::addColumn<QByteArray>("host");
    for (const char *host : {"", "a..b", "h/../x", "h@x", "h:1", "h?x", "h#x", "h x", "h%41", "EXAMPLE.com", "127.1", "0x7f.0.0.1"})
        QTest::newRow(*host ? host : "empty") << QByteArray(host);
}

void TestRequestTarget::refusesHostsThatAreNone()
{
    QFETCH(QByteArray, host);
    const auto url = exactUrl(originOf(host), "/b/k");
    QVERIFY(!url.has_value());
    QCOMPARE(url.error().kind, ErrorKind::InvalidRequest);
}

void TestRequestTarget::keepsTheHostAsItIs_data()
{
    QTest::addColumn<QByteArray>("host");
    for (const char *host : {"h.example", "my_bucket.s3.example", "127.0.0.1", "::1", "2001:db8::1", "xn--bcher-kva.example", "localhost", "a-b.c"})
        QTest::newRow(host) << QByteArray(host);
}

void TestRequestTarget::keepsTheHostAsItIs()
{
    QFETCH(QByteArray, host);
    const auto url = exactUrl(originOf(host), "/b/k?x");
    QVERIFY2(url.has_value(), url ? "" : qPrintable(url.error().detail));
    QCOMPARE(url->port(), 9000);
    QCOMPARE(url->path(), QStringLiteral("/b/k"));
}

void TestRequestTarget::writesHostHeaders_data()
{
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<quint16>("port");
    QTest::addColumn<bool>("isEncrypted");
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("http's own port") << QByteArray("h") << quint16(80) << false << QByteArray("h");
    QTest::newRow("https' own port") << QByteArray("h") << quint16(443) << true << QByteArray("h");
    QTest::newRow("the other's port") << QByteArray("h") << quint16(443) << false << QByteArray("h:443");
    QTest::newRow("another port") << QByteArray("h") << quint16(9000) << true << QByteArray("h:9000");
    QTest::newRow("IPv6") << QByteArray("::1") << quint16(9000) << false << QByteArray("[::1]:9000");
    QTest::newRow("IPv6, own port") << QByteArray("::1") << quint16(80) << false << QByteArray("[::1]");
}

void TestRequestTarget::writesHostHeaders()
{
    QFETCH(QByteArray, host);
    QFETCH(quint16, port);
    QFETCH(bool, isEncrypted);
    QTEST(originOf(host, port, isEncrypted).hostHeader(), "header");
}

QTEST_GUILESS_MAIN(TestRequestTarget)
#include "test_request_target.moc"
