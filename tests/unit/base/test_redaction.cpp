#include "core/base/Redaction.h"

#include <QTest>

using namespace packmule;

class TestRedaction : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void secretsNeverPass_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("kept");
        const auto row = [](const char *title, const char *text, const char *kept) {
            QTest::newRow(title) << QString::fromUtf8(text) << QString::fromUtf8(kept);
        };
        row("authorization header", "Authorization: AWS4-HMAC-SHA256 Credential=SECRET/x, Signature=SECRET", "Authorization");
        row("in lower case, with equals", "authorization=SECRET", "authorization");
        row("proxy", "Proxy-Authorization: Basic SECRET", "Proxy-Authorization");
        row("session token header", "x-amz-security-token: SECRET/+=", "x-amz-security-token");
        row("cookies", "Set-Cookie: id=SECRET; Path=/", "Set-Cookie");
        row("presigned", "GET https://b.example/k?X-Amz-Algorithm=AWS4&X-Amz-Credential=SECRET&X-Amz-Signature=SECRET now", "https://b.example/k");
        row("parameter alone", "X-Amz-Signature=SECRET&x=1", "x=1");
        row("version 2", "AWSAccessKeyId=SECRET&Signature=SECRET&Expires=1", "Expires=1");
        row("user and password in a URL", "http://user:SECRET@host:9000/b", "host:9000/b");
        row("password parameter", "?password=SECRET&next=1", "next=1");
        row("second line stays", "Authorization: SECRET\r\nHost: example", "Host: example");
    }
    void secretsNeverPass()
    {
        QFETCH(QString, text);
        QFETCH(QString, kept);
        const QString out = redacted(text);
        QVERIFY2(!out.contains(QStringLiteral("SECRET")), qPrintable(out));
        QVERIFY2(out.contains(kept), qPrintable(out));
    }

    void ordinaryLinesPass_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("sentence") << QStringLiteral("uploading a.bin to s3://b/k, part 3 of 7");
        QTest::newRow("url") << QStringLiteral("https://host/b/k?uploads");
        QTest::newRow("mail address") << QStringLiteral("someone@example.org");
    }
    void ordinaryLinesPass()
    {
        QFETCH(QString, text);
        QCOMPARE(redacted(text), text);
    }

    void namesAreSafeToShow_data()
    {
        QTest::addColumn<QByteArray>("raw");
        QTest::addColumn<QString>("shown");
        QTest::newRow("plain") << QByteArray("photos/a b.jpg") << QStringLiteral("photos/a b.jpg");
        QTest::newRow("umlaut") << QByteArray("\xc3\xa4") << QStringLiteral(u"\u00e4");
        QTest::newRow("emoji") << QByteArray("\xf0\x9f\x90\xb4") << QStringLiteral(u"\U0001F434");
        QTest::newRow("newline and escape") << QByteArray("a\n\x1b[31m") << QStringLiteral("a\\x0A\\x1B[31m");
        QTest::newRow("delete") << QByteArray("\x7f") << QStringLiteral("\\x7F");
        QTest::newRow("C1 control") << QByteArray("\xc2\x9b") << QStringLiteral("\\x9B");
        QTest::newRow("not UTF-8") << QByteArray("a\xff\xfe.bin") << QStringLiteral("a\\xFF\\xFE.bin");
        QTest::newRow("cut UTF-8") << QByteArray("a\xc3") << QStringLiteral("a\\xC3");
        QTest::newRow("surrogate in UTF-8") << QByteArray("\xed\xa0\x80") << QStringLiteral("\\xED\\xA0\\x80");
        QTest::newRow("overlong slash") << QByteArray("\xc0\xaf") << QStringLiteral("\\xC0\\xAF");
        QTest::newRow("right-to-left override") << QByteArray("\xe2\x80\xae" "gpj.exe") << QStringLiteral("\\u{202e}gpj.exe");
        QTest::newRow("zero width space") << QByteArray("a\xe2\x80\x8b") << QStringLiteral("a\\u{200b}");
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << QStringLiteral("a\\x00b");
    }
    void namesAreSafeToShow()
    {
        QFETCH(QByteArray, raw);
        QFETCH(QString, shown);
        QCOMPARE(displayName(raw), shown);
    }
};

QTEST_APPLESS_MAIN(TestRedaction)
#include "test_redaction.moc"
