#include "core/http/HttpHeaders.h"

#include <QTest>

using packmule::HttpHeaders;

class TestHttpHeaders : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesCompareWithoutCase()
    {
        HttpHeaders headers;
        headers.append("Content-Type", "text/plain");
        QVERIFY(headers.contains("content-type"));
        QCOMPARE(headers.value("CONTENT-TYPE"), QByteArray("text/plain"));
        QVERIFY(!headers.contains("Content"));
    }

    void setReplacesEveryFieldOfTheNameInPlace()
    {
        HttpHeaders headers;
        headers.append("A", "1");
        headers.append("B", "2");
        headers.append("a", "3");
        headers.set("A", "4");
        const QList<std::pair<QByteArray, QByteArray>> expected{{"A", "4"}, {"B", "2"}};
        QCOMPARE(headers.fields(), expected);
        headers.set("C", "5");
        QCOMPARE(headers.fields().last().first, QByteArray("C"));
    }

    void removeTakesAllOfThem()
    {
        HttpHeaders headers;
        headers.append("A", "1");
        headers.append("a", "2");
        headers.remove("A");
        QVERIFY(headers.fields().isEmpty());
        QCOMPARE(headers.value("A"), QByteArray());
    }

    void valuesWithControlCharactersAreRefused_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<bool>("isValid");
        QTest::newRow("plain") << QByteArray("a b\tc") << true;
        QTest::newRow("empty") << QByteArray() << true;
        QTest::newRow("utf8") << QByteArray("\xc3\xa9") << true;
        QTest::newRow("injected line") << QByteArray("x\r\nx-amz-acl: public-read") << false;
        QTest::newRow("bare LF") << QByteArray("x\ny") << false;
        QTest::newRow("NUL") << QByteArray("x\0y", 3) << false;
        QTest::newRow("delete") << QByteArray("x\x7f") << false;
    }

    void valuesWithControlCharactersAreRefused()
    {
        QFETCH(QByteArray, value);
        QTEST(packmule::isHeaderValue(value), "isValid");
    }

    void namesAreTokens_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("isValid");
        QTest::newRow("plain") << QByteArray("x-amz-meta-a_b.c") << true;
        QTest::newRow("empty") << QByteArray() << false;
        QTest::newRow("blank") << QByteArray("a b") << false;
        QTest::newRow("colon") << QByteArray("a:b") << false;
        QTest::newRow("utf8") << QByteArray("\xc3\xa9") << false;
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << false;
    }

    void namesAreTokens()
    {
        QFETCH(QByteArray, name);
        QTEST(packmule::isHeaderName(name), "isValid");
    }
};

QTEST_GUILESS_MAIN(TestHttpHeaders)
#include "test_http_headers.moc"
