#include "app/cli/S3Uri.h"

#include <QTest>

using namespace packmule;

class TestS3Uri : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keysKeepTheirBytes_data()
    {
        QTest::addColumn<QByteArray>("uri");
        QTest::addColumn<QByteArray>("key");
        QTest::newRow("plain") << QByteArray("s3://bucket/a/b.txt") << QByteArray("a/b.txt");
        QTest::newRow("no key") << QByteArray("s3://bucket") << QByteArray();
        QTest::newRow("prefix") << QByteArray("s3://bucket/x/") << QByteArray("x/");
        QTest::newRow("leading slash") << QByteArray("s3://bucket//x") << QByteArray("/x");
        QTest::newRow("percent is not decoded") << QByteArray("s3://bucket/a%20b") << QByteArray("a%20b");
        QTest::newRow("query and fragment are key") << QByteArray("s3://bucket/a?b#c") << QByteArray("a?b#c");
        QTest::newRow("plus and space") << QByteArray("s3://bucket/a+b c") << QByteArray("a+b c");
        QTest::newRow("not UTF-8") << QByteArray("s3://bucket/\xFF\xFE") << QByteArray("\xFF\xFE");
    }
    void keysKeepTheirBytes()
    {
        QFETCH(QByteArray, uri);
        const auto object = s3UriFrom(uri);
        QVERIFY(object);
        QCOMPARE(object->bucket, QByteArray("bucket"));
        QTEST(object->key, "key");
    }

    void refusedUrisSayWhy_data()
    {
        QTest::addColumn<QByteArray>("uri");
        QTest::addColumn<QString>("part");
        QTest::newRow("a path") << QByteArray("/tmp/x") << QStringLiteral("s3://bucket/key");
        QTest::newRow("http") << QByteArray("http://bucket/key") << QStringLiteral("not an object URI");
        QTest::newRow("upper-case scheme") << QByteArray("S3://bucket/key") << QStringLiteral("not an object URI");
        QTest::newRow("no bucket") << QByteArray("s3:///key") << QStringLiteral("names no bucket");
        QTest::newRow("bucket with a space") << QByteArray("s3://my bucket/key") << QStringLiteral("cannot be a bucket's name");
        QTest::newRow("bucket too short") << QByteArray("s3://ab/key") << QStringLiteral("cannot be a bucket's name");
        QTest::newRow("access point") << QByteArray("s3://arn:aws:s3:eu:1:accesspoint/x") << QStringLiteral("access point");
    }
    void refusedUrisSayWhy()
    {
        QFETCH(QByteArray, uri);
        QFETCH(QString, part);
        const auto object = s3UriFrom(uri);
        QVERIFY(!object);
        QCOMPARE(object.error().kind, ErrorKind::InvalidRequest);
        QVERIFY2(object.error().detail.contains(part), qPrintable(object.error().detail));
    }

    void keysThatCannotBeStored_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<bool>("isRefused");
        QTest::newRow("1024 bytes") << QByteArray(1024, 'k') << false;
        QTest::newRow("1025 bytes") << QByteArray(1025, 'k') << true;
        QTest::newRow("dot segment") << QByteArray("a/./b") << false;
        QTest::newRow("only dot-dot") << QByteArray("..") << false;
        QTest::newRow("three dots") << QByteArray("a/.../b") << false;
        QTest::newRow("NUL") << QByteArray("a\0b", 3) << true;
        QTest::newRow("control characters") << QByteArray("a\x01\n\x7F") << false;
    }
    void keysThatCannotBeStored()
    {
        QFETCH(QByteArray, key);
        QTEST(!keyRefusal(key).isEmpty(), "isRefused");
    }

    void objectsNeedAKeyAndBucketsMustHaveNone()
    {
        QVERIFY(!objectUriFrom("s3://bucket/"));
        QVERIFY(objectUriFrom("s3://bucket/k"));
        QVERIFY(!bucketUriFrom("s3://bucket/k"));
        QCOMPARE(bucketUriFrom("s3://bucket/").value_or(QByteArray()), QByteArray("bucket"));
    }
    void controlCharactersAreShownEscaped()
    {
        QCOMPARE(s3UriText({"bucket", "a\x1b[31mb\xFF"}), QStringLiteral("s3://bucket/a\\x1B[31mb\\xFF"));
    }
};

QTEST_GUILESS_MAIN(TestS3Uri)
#include "test_s3_uri.moc"
