#include "core/s3/Endpoint.h"
#include "core/s3/ProviderProfile.h"

#include <QTest>

using namespace packmule;

class TestEndpoint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void acceptsServices_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QByteArray>("region");
        QTest::addColumn<QByteArray>("normalised");
        QTest::addColumn<QByteArray>("effectiveRegion");
        QTest::addColumn<bool>("isAws");
        const QByteArray none;
        QTest::newRow("aws") << none << none << QByteArray("https://s3.us-east-1.amazonaws.com") << QByteArray("us-east-1") << true;
        QTest::newRow("aws in a region") << none << QByteArray("eu-west-1") << QByteArray("https://s3.eu-west-1.amazonaws.com") << QByteArray("eu-west-1") << true;
        QTest::newRow("aws in china") << none << QByteArray("cn-north-1") << QByteArray("https://s3.cn-north-1.amazonaws.com.cn") << QByteArray("cn-north-1") << true;
        QTest::newRow("aws by url") << QByteArray("https://s3.eu-central-1.amazonaws.com/") << none << QByteArray("https://s3.eu-central-1.amazonaws.com") << QByteArray("eu-central-1") << true;
        QTest::newRow("aws by its old global url") << QByteArray("https://s3.amazonaws.com") << none << QByteArray("https://s3.amazonaws.com") << QByteArray("us-east-1") << true;
        QTest::newRow("port") << QByteArray("http://127.0.0.1:9000") << none << QByteArray("http://127.0.0.1:9000") << QByteArray("us-east-1") << false;
        QTest::newRow("default port is dropped") << QByteArray("https://Minio.Example.COM:443/") << QByteArray("home") << QByteArray("https://minio.example.com") << QByteArray("home") << false;
        QTest::newRow("plain default port") << QByteArray("http://minio.example.com:80") << none << QByteArray("http://minio.example.com") << QByteArray("us-east-1") << false;
        QTest::newRow("ipv6") << QByteArray("http://[::1]:9000") << none << QByteArray("http://[::1]:9000") << QByteArray("us-east-1") << false;
        QTest::newRow("upper-case scheme") << QByteArray("HTTPS://minio.example.com") << none << QByteArray("https://minio.example.com") << QByteArray("us-east-1") << false;
        QTest::newRow("international name") << QByteArray("https://b\xC3\xBC" "cher.example") << none << QByteArray("https://xn--bcher-kva.example") << QByteArray("us-east-1") << false;
        QTest::newRow("a private host of aws stays fixed") << QByteArray("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com") << none << QByteArray("https://bucket.vpce-1a2b.s3.us-east-1.vpce.amazonaws.com") << QByteArray("us-east-1") << false;
    }
    void acceptsServices()
    {
        QFETCH(QByteArray, url);
        QFETCH(QByteArray, region);
        const auto endpoint = Endpoint::parse(url, region);
        QVERIFY2(endpoint, endpoint ? "" : qPrintable(endpoint.error().detail));
        QTEST(endpoint->url(), "normalised");
        QTEST(endpoint->region(), "effectiveRegion");
        QTEST(endpoint->isAws(), "isAws");
    }

    void refusesJunk_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<QString>("reason");
        QTest::newRow("no scheme") << QByteArray("minio.example.com:9000") << QStringLiteral("https://");
        QTest::newRow("ftp") << QByteArray("ftp://minio.example.com") << QStringLiteral("https://");
        QTest::newRow("file") << QByteArray("file:///etc/passwd") << QStringLiteral("https://");
        QTest::newRow("s3 uri") << QByteArray("s3://bucket") << QStringLiteral("https://");
        QTest::newRow("user") << QByteArray("https://me@minio.example.com") << QStringLiteral("user name");
        QTest::newRow("user and password") << QByteArray("https://me:pw@minio.example.com") << QStringLiteral("user name");
        QTest::newRow("path") << QByteArray("https://minio.example.com/s3") << QStringLiteral("path");
        QTest::newRow("two slashes") << QByteArray("https://minio.example.com//") << QStringLiteral("path");
        QTest::newRow("query") << QByteArray("https://minio.example.com?x=1") << QStringLiteral("query");
        QTest::newRow("empty query") << QByteArray("https://minio.example.com/?") << QStringLiteral("query");
        QTest::newRow("fragment") << QByteArray("https://minio.example.com#top") << QStringLiteral("fragment");
        QTest::newRow("no host") << QByteArray("https://") << QStringLiteral("host");
        QTest::newRow("only a port") << QByteArray("https://:9000") << QStringLiteral("host");
        QTest::newRow("port 0") << QByteArray("https://minio.example.com:0") << QStringLiteral("port");
        QTest::newRow("port too large") << QByteArray("https://minio.example.com:65536") << QStringLiteral("port");
        QTest::newRow("port is no number") << QByteArray("https://minio.example.com:http") << QStringLiteral("port");
        QTest::newRow("space") << QByteArray("https://minio .example.com") << QStringLiteral("space");
        QTest::newRow("line break") << QByteArray("https://minio.example.com\r\nX: y") << QStringLiteral("control");
        QTest::newRow("nul") << QByteArray("https://minio\0.example.com", 26) << QStringLiteral("control");
        QTest::newRow("backslash") << QByteArray("https://minio.example.com\\evil") << QStringLiteral("backslash");
        QTest::newRow("empty label") << QByteArray("https://a..b") << QStringLiteral("host");
        QTest::newRow("broken ipv6") << QByteArray("http://[::1") << QStringLiteral("host");
        QTest::newRow("too long") << "https://" + QByteArray(3000, 'a') << QStringLiteral("long");
    }
    void refusesJunk()
    {
        QFETCH(QByteArray, url);
        QFETCH(QString, reason);
        const auto endpoint = Endpoint::parse(url, {});
        QVERIFY(!endpoint);
        QCOMPARE(endpoint.error().kind, ErrorKind::InvalidRequest);
        QVERIFY2(endpoint.error().detail.contains(reason), qPrintable(endpoint.error().detail));
        QVERIFY(!endpoint.error().detail.contains(QStringLiteral("pw@")));
    }

    void knowsRegionNames_data()
    {
        QTest::addColumn<bool>("isName");
        for (const char *name : {"us-east-1", "auto", "fr-par", "home", "us-west-004", "EU"})
            QTest::newRow(name) << true;
        for (const char *name : {"", "-a", "a-", "evil.example/x", "a b", "a\nb", "a_b", "a@b", "a:80", "eu-west-1."})
            QTest::newRow(name) << false;
    }
    void knowsRegionNames()
    {
        const QByteArray name = QTest::currentDataTag();
        QTEST(isRegionName(name), "isName");
    }

    void refusesARegionThatCouldBecomeAHost()
    {
        QVERIFY(!Endpoint::parse({}, "x.evil.example/"));
    }

    void addresses_data()
    {
        QTest::addColumn<QByteArray>("url");
        QTest::addColumn<AddressingStyle>("style");
        QTest::addColumn<QByteArray>("bucket");
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<QByteArray>("target");
        const QByteArray aws;
        const QByteArray awsHost = "s3.us-east-1.amazonaws.com";
        const QByteArray own = "https://store.example.com";
        const auto automatic = AddressingStyle::Auto;
        QTest::newRow("aws") << aws << automatic << QByteArray("photos") << QByteArray("a b.jpg") << "photos." + awsHost << QByteArray("/a%20b.jpg");
        QTest::newRow("aws, dots break the certificate") << aws << automatic << QByteArray("my.photos") << QByteArray("k") << awsHost << QByteArray("/my.photos/k");
        QTest::newRow("aws, underscore is no host name") << aws << automatic << QByteArray("my_photos") << QByteArray("k") << awsHost << QByteArray("/my_photos/k");
        QTest::newRow("aws, old bucket with capitals") << aws << automatic << QByteArray("Photos") << QByteArray("k") << awsHost << QByteArray("/Photos/k");
        QTest::newRow("aws, hyphen at the end") << aws << automatic << QByteArray("photos-") << QByteArray("k") << awsHost << QByteArray("/photos-/k");
        QTest::newRow("aws, key begins with a slash") << aws << automatic << QByteArray("photos") << QByteArray("/k") << "photos." + awsHost << QByteArray("//k");
        QTest::newRow("aws, path asked for") << aws << AddressingStyle::Path << QByteArray("photos") << QByteArray("k") << awsHost << QByteArray("/photos/k");
        QTest::newRow("own host") << own << automatic << QByteArray("photos") << QByteArray("a/b") << QByteArray("store.example.com") << QByteArray("/photos/a/b");
        QTest::newRow("own host, virtual asked for") << own << AddressingStyle::VirtualHosted << QByteArray("photos") << QByteArray("a/b") << QByteArray("photos.store.example.com") << QByteArray("/a/b");
        QTest::newRow("virtual asked for with dots") << own << AddressingStyle::VirtualHosted << QByteArray("my.photos") << QByteArray("k") << QByteArray("my.photos.store.example.com") << QByteArray("/k");
        QTest::newRow("bucket alone") << own << automatic << QByteArray("photos") << QByteArray() << QByteArray("store.example.com") << QByteArray("/photos");
        QTest::newRow("bucket alone, virtual") << aws << automatic << QByteArray("photos") << QByteArray() << "photos." + awsHost << QByteArray("/");
        QTest::newRow("service") << own << automatic << QByteArray() << QByteArray() << QByteArray("store.example.com") << QByteArray("/");
        QTest::newRow("key of odd bytes") << own << automatic << QByteArray("b") << QByteArray("\x01 +%\xFF?#&") << QByteArray("store.example.com") << QByteArray("/b/%01%20%2B%25%FF%3F%23%26");
        QTest::newRow("tenant") << own << automatic << QByteArray("tenant:b") << QByteArray("k") << QByteArray("store.example.com") << QByteArray("/tenant%3Ab/k");
    }
    void addresses()
    {
        QFETCH(QByteArray, url);
        QFETCH(AddressingStyle, style);
        QFETCH(QByteArray, bucket);
        QFETCH(QByteArray, key);
        const auto endpoint = Endpoint::parse(url, {});
        const auto place = endpoint->place(bucket, key, {}, endpoint->region(), style);
        QVERIFY(place);
        QTEST(place->origin.host, "host");
        QTEST(place->target, "target");
    }

    void appendsTheQuery()
    {
        const auto endpoint = Endpoint::parse("http://localhost:9000", {});
        const auto place = endpoint->place("b", "k", {{"partNumber", "7"}, {"uploadId", "a/b+c=="}}, "us-east-1", AddressingStyle::Auto);
        QCOMPARE(place->target, QByteArray("/b/k?partNumber=7&uploadId=a%2Fb%2Bc%3D%3D"));
        QCOMPARE(endpoint->place("b", "k", {{"uploads", ""}}, "us-east-1", AddressingStyle::Auto)->target, QByteArray("/b/k?uploads"));
    }

    void followsTheRegionOnAwsOnly()
    {
        const auto aws = Endpoint::parse({}, "us-east-1");
        QCOMPARE(aws->place("photos", "k", {}, "eu-west-3", AddressingStyle::Auto)->origin.host, QByteArray("photos.s3.eu-west-3.amazonaws.com"));
        const auto own = Endpoint::parse("https://store.example.com", "us-east-1");
        QCOMPARE(own->place("photos", "k", {}, "eu-west-3", AddressingStyle::Auto)->origin.host, QByteArray("store.example.com"));
    }

    void refusesBucketsThatCannotBe_data()
    {
        QTest::addColumn<QByteArray>("bucket");
        QTest::addColumn<AddressingStyle>("style");
        for (const char *bucket : {".", "..", "a/b", "a b", "a?b", "a#b", "a@evil.example", "a%2f", "a\nb", "\xC3\xA9"})
            QTest::newRow(bucket) << QByteArray(bucket) << AddressingStyle::Auto;
        QTest::newRow("too long") << QByteArray(256, 'a') << AddressingStyle::Auto;
        QTest::newRow("capitals in a host") << QByteArray("Photos") << AddressingStyle::VirtualHosted;
        QTest::newRow("dots in a row in a host") << QByteArray("a..b") << AddressingStyle::VirtualHosted;
        QTest::newRow("colon in a host") << QByteArray("tenant:b") << AddressingStyle::VirtualHosted;
    }
    void refusesBucketsThatCannotBe()
    {
        QFETCH(QByteArray, bucket);
        QFETCH(AddressingStyle, style);
        const auto place = Endpoint::parse("https://store.example.com", {})->place(bucket, "k", {}, "us-east-1", style);
        QVERIFY(!place);
        QCOMPARE(place.error().kind, ErrorKind::InvalidRequest);
    }

    void readsTheRegionOfAwsHosts_data()
    {
        QTest::addColumn<QByteArray>("region");
        QTest::newRow("s3.amazonaws.com") << QByteArray("us-east-1");
        QTest::newRow("bucket.s3.amazonaws.com") << QByteArray("us-east-1");
        QTest::newRow("bucket.s3-us-west-2.amazonaws.com") << QByteArray("us-west-2");
        QTest::newRow("bucket.s3.us-west-2.amazonaws.com") << QByteArray("us-west-2");
        QTest::newRow("s3.cn-north-1.amazonaws.com.cn") << QByteArray("cn-north-1");
        QTest::newRow("my.s3.bucket.s3.eu-west-1.amazonaws.com") << QByteArray("eu-west-1");
        QTest::newRow("s3.eu-west-1.amazonaws.com.evil.example") << QByteArray();
        QTest::newRow("s3.evil.example") << QByteArray();
        QTest::newRow("evilamazonaws.com") << QByteArray();
        QTest::newRow("ec2.eu-west-1.amazonaws.com") << QByteArray();
        QTest::newRow("") << QByteArray();
    }
    void readsTheRegionOfAwsHosts()
    {
        const QByteArray host = QTest::currentDataTag();
        QTEST(Endpoint::regionOfAwsHost(host), "region");
    }

    void knowsVendorsByTheirHosts_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("region");
        QTest::newRow("s3.eu-west-1.amazonaws.com") << QByteArray("aws") << QByteArray("eu-west-1");
        QTest::newRow("0123abcd.r2.cloudflarestorage.com") << QByteArray("r2") << QByteArray("auto");
        QTest::newRow("s3.us-west-004.backblazeb2.com") << QByteArray("b2") << QByteArray("us-west-004");
        QTest::newRow("s3.eu-central-1.wasabisys.com") << QByteArray("wasabi") << QByteArray("eu-central-1");
        QTest::newRow("s3.wasabisys.com") << QByteArray("wasabi") << QByteArray("us-east-1");
        QTest::newRow("fra1.digitaloceanspaces.com") << QByteArray("spaces") << QByteArray("fra1");
        QTest::newRow("storage.googleapis.com") << QByteArray("gcs") << QByteArray("auto");
        QTest::newRow("s3.nl-ams.scw.cloud") << QByteArray("scaleway") << QByteArray("nl-ams");
        QTest::newRow("gateway.storjshare.io") << QByteArray("storj") << QByteArray("us-east-1");
        QTest::newRow("play.min.io") << QByteArray("minio") << QByteArray("us-east-1");
        QTest::newRow("127.0.0.1") << QByteArray("other") << QByteArray("us-east-1");
        QTest::newRow("notbackblazeb2.com") << QByteArray("other") << QByteArray("us-east-1");
    }
    void knowsVendorsByTheirHosts()
    {
        const ProviderProfile profile = providerProfileFor({.isEncrypted = true, .host = QTest::currentDataTag(), .port = 443});
        QTEST(profile.name, "provider");
        QTEST(profile.defaultRegion, "region");
    }

    void carriesTheQuirksOfVendors()
    {
        QVERIFY(providerProfile("r2")->needsUniformParts);
        QVERIFY(!providerProfile("r2")->isPartETagMd5);
        QVERIFY(!providerProfile("b2")->hasChecksums);
        QCOMPARE(providerProfile("scaleway")->maxParts, 1000);
        QCOMPARE(providerProfile("storj")->minPartSize, ByteCount(64LL << 20));
        QCOMPARE(providerProfile("ceph")->listVersion, 1);
        QVERIFY(!providerProfile("ceph")->urlEncodesListings);
        QCOMPARE(providerProfile("aws")->maxObjectSize, ByteCount(10'000 * (5LL << 30)));
        QVERIFY(!providerProfile("nobody"));
        QVERIFY(providerNames().contains("localstore"));
    }
};

QTEST_GUILESS_MAIN(TestEndpoint)
#include "test_endpoint.moc"
