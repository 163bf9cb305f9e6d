#include "core/integrity/Digest.h"
#include "tests/support/faultserver/FaultServer.h"
#include "tests/unit/localstore/StoreClient.h"

#include <QTest>

using namespace packmule;

/// Buckets, objects and listings, over real sockets.
class TestStoreObjects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_server = std::make_unique<FaultServer>();
        QVERIFY(m_server->start());
        m_client = std::make_unique<StoreClient>(m_server->port());
    }

    void bucketsComeAndGo()
    {
        QCOMPARE(m_client->send("PUT", "/photos").status, 200);
        QCOMPARE(m_client->send("PUT", "/photos").code(), QByteArray("BucketAlreadyOwnedByYou"));
        QCOMPARE(m_client->send("HEAD", "/photos").headers.value("x-amz-bucket-region"), QByteArray("us-east-1"));
        QVERIFY(m_client->send("GET", "/").body.contains("<Name>photos</Name>"));
        QCOMPARE(m_client->send("PUT", "/photos/a", "x").status, 200);
        QCOMPARE(m_client->send("DELETE", "/photos").code(), QByteArray("BucketNotEmpty"));
        QCOMPARE(m_client->send("DELETE", "/photos/a").status, 204);
        QCOMPARE(m_client->send("DELETE", "/photos").status, 204);
        QCOMPARE(m_client->send("HEAD", "/photos").status, 404);
        QCOMPARE(m_client->send("GET", "/photos").code(), QByteArray("NoSuchBucket"));
    }

    void bucketNamesAreChecked_data()
    {
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("upper case") << QByteArray("/Photos");
        QTest::newRow("short") << QByteArray("/ab");
        QTest::newRow("parent") << QByteArray("/%2E%2E%2Fetc");
        QTest::newRow("dots") << QByteArray("/a..b");
    }

    void bucketNamesAreChecked()
    {
        QFETCH(QByteArray, target);
        QCOMPARE(m_client->send("PUT", target).code(), QByteArray("InvalidBucketName"));
    }

    void aBucketHasNoConfiguration_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("cors") << QByteArray("cors") << QByteArray("NoSuchCORSConfiguration");
        QTest::newRow("lifecycle") << QByteArray("lifecycle") << QByteArray("NoSuchLifecycleConfiguration");
        QTest::newRow("versioning") << QByteArray("versioning") << QByteArray();
        QTest::newRow("location") << QByteArray("location") << QByteArray();
        QTest::newRow("acl") << QByteArray("acl") << QByteArray("NotImplemented");
    }

    void aBucketHasNoConfiguration()
    {
        QFETCH(QByteArray, name);
        QTEST(m_client->send("GET", QByteArray("/bucket?" + name)).code(), "code");
    }

    void whatIsPutComesBack_data()
    {
        QTest::addColumn<int>("size");
        QTest::newRow("empty") << 0;
        QTest::newRow("one byte") << 1;
        QTest::newRow("in the record") << 64 * 1024;
        QTest::newRow("in a file") << 64 * 1024 + 1;
        QTest::newRow("several reads") << 3'000'000;
    }

    void whatIsPutComesBack()
    {
        QFETCH(int, size);
        const QByteArray body = randomBytes(size);
        const StoreReply put = m_client->send("PUT", "/bucket/k", body,
                                              headersOf({{"Content-Type", "text/x"}, {"x-amz-meta-Packmule-Id", "t1"}, {"Cache-Control", "no-store"}}));
        QCOMPARE(put.status, 200);
        const QByteArray eTag = '"' + md5(body).toHex() + '"';
        QCOMPARE(put.headers.value("ETag"), eTag);
        const StoreReply got = m_client->send("GET", "/bucket/k");
        QCOMPARE(got.status, 200);
        QVERIFY(got.body == body);
        QCOMPARE(got.headers.value("ETag"), eTag);
        QCOMPARE(got.headers.value("Content-Type"), QByteArray("text/x"));
        QCOMPARE(got.headers.value("x-amz-meta-packmule-id"), QByteArray("t1"));
        QCOMPARE(got.headers.value("cache-control"), QByteArray("no-store"));
        QVERIFY(!got.headers.value("x-amz-request-id").isEmpty());
        QVERIFY(!got.headers.value("Date").isEmpty());
        const StoreReply head = m_client->send("HEAD", "/bucket/k");
        QCOMPARE(head.headers.value("Content-Length"), QByteArray::number(size));
        QCOMPARE(head.body, QByteArray());
        QCOMPARE(m_server->store().objectSha256({"bucket", "k"}).value_or(""), sha256(body));
    }

    void keysAreRawBytes_data()
    {
        QTest::addColumn<QByteArray>("key");
        for (int byte = 1; byte < 256; ++byte) {
            const QByteArray key = QByteArray("a") + static_cast<char>(byte) + 'b';
            QTest::addRow("byte %02x", byte) << key;
        }
        QTest::newRow("parent") << QByteArray("x/../../../y");
        QTest::newRow("leading slashes") << QByteArray("//x");
        QTest::newRow("longest") << QByteArray(1024, 'k');
    }

    void keysAreRawBytes()
    {
        QFETCH(QByteArray, key);
        const QByteArray target = "/bucket/" + key.toPercentEncoding("/");
        QCOMPARE(m_client->send("PUT", target, key).status, 200);
        QCOMPARE(m_client->send("GET", target).body, key);
        const StoreReply list = m_client->send("GET", "/bucket?list-type=2&encoding-type=url");
        QCOMPARE(QByteArray::fromPercentEncoding(list.element("Key")), key);
    }

    void aKeyAbove1024BytesIsRefused()
    {
        QCOMPARE(m_client->send("PUT", "/bucket/" + QByteArray(1025, 'k'), "x").code(), QByteArray("KeyTooLongError"));
    }

    void rangesAreServed_data()
    {
        QTest::addColumn<QByteArray>("range");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("middle") << QByteArray("bytes=2-4") << 206 << QByteArray("234");
        QTest::newRow("open") << QByteArray("bytes=7-") << 206 << QByteArray("789");
        QTest::newRow("suffix") << QByteArray("bytes=-2") << 206 << QByteArray("89");
        QTest::newRow("past the end") << QByteArray("bytes=8-100") << 206 << QByteArray("89");
        QTest::newRow("long suffix") << QByteArray("bytes=-100") << 206 << QByteArray("0123456789");
        QTest::newRow("junk is ignored") << QByteArray("bytes=x") << 200 << QByteArray("0123456789");
        QTest::newRow("several are ignored") << QByteArray("bytes=1-2,4-5") << 200 << QByteArray("0123456789");
    }

    void rangesAreServed()
    {
        QFETCH(QByteArray, range);
        QVERIFY(m_client->send("PUT", "/bucket/k", "0123456789").status == 200);
        const StoreReply got = m_client->send("GET", "/bucket/k", {}, headersOf({{"Range", range}}));
        QTEST(got.status, "status");
        QTEST(got.body, "body");
    }

    void aRangeOutsideIsRefused()
    {
        QVERIFY(m_client->send("PUT", "/bucket/k", "0123456789").status == 200);
        const StoreReply got = m_client->send("GET", "/bucket/k", {}, headersOf({{"Range", "bytes=10-"}}));
        QCOMPARE(got.status, 416);
        QCOMPARE(got.code(), QByteArray("InvalidRange"));
    }

    void writesMayBeConditional()
    {
        const HttpHeaders ifNew = headersOf({{"If-None-Match", "*"}});
        const StoreReply first = m_client->send("PUT", "/bucket/k", "one", ifNew);
        QCOMPARE(first.status, 200);
        QCOMPARE(m_client->send("PUT", "/bucket/k", "two", ifNew).status, 412);
        QCOMPARE(m_client->send("PUT", "/bucket/k", "two", headersOf({{"If-Match", first.headers.value("ETag")}})).status, 200);
        QCOMPARE(m_client->send("PUT", "/bucket/k", "three", headersOf({{"If-Match", first.headers.value("ETag")}})).status, 412);
        QCOMPARE(m_client->send("PUT", "/bucket/other", "x", headersOf({{"If-Match", "\"abc\""}})).code(), QByteArray("NoSuchKey"));
        QCOMPARE(m_client->send("GET", "/bucket/k").body, QByteArray("two"));
    }

    void readsMayBeConditional()
    {
        const QByteArray eTag = m_client->send("PUT", "/bucket/k", "one").headers.value("ETag");
        QCOMPARE(m_client->send("GET", "/bucket/k", {}, headersOf({{"If-Match", eTag}})).status, 200);
        QCOMPARE(m_client->send("GET", "/bucket/k", {}, headersOf({{"If-Match", "\"x\""}})).status, 412);
        QCOMPARE(m_client->send("GET", "/bucket/k", {}, headersOf({{"If-None-Match", eTag}})).status, 304);
        QCOMPARE(m_client->send("GET", "/bucket/k", {}, headersOf({{"If-Unmodified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}})).status, 412);
    }

    void digestsAreChecked_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("code");
        const QByteArray right = md5("body").toBase64();
        QTest::newRow("md5") << QByteArray("Content-MD5") << right << QByteArray();
        QTest::newRow("md5 of something else") << QByteArray("Content-MD5") << md5("other").toBase64() << QByteArray("BadDigest");
        QTest::newRow("md5 junk") << QByteArray("Content-MD5") << QByteArray("junk") << QByteArray("InvalidDigest");
        for (const ChecksumAlgorithm algorithm : {ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc64Nvme,
                                                  ChecksumAlgorithm::Sha1, ChecksumAlgorithm::Sha256}) {
            const QByteArray name = checksumAlgorithmName(algorithm);
            const auto ofBody = makeDigest(algorithm);
            ofBody->add("body");
            const auto ofOther = makeDigest(algorithm);
            ofOther->add("other");
            const QByteArray header = "x-amz-checksum-" + name.toLower();
            QTest::addRow("%s", name.constData()) << header << ofBody->result().toBase64() << QByteArray();
            QTest::addRow("%s wrong", name.constData()) << header << ofOther->result().toBase64() << QByteArray("BadDigest");
            QTest::addRow("%s junk", name.constData()) << header << QByteArray("AA==") << QByteArray("InvalidRequest");
        }
    }

    void digestsAreChecked()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, code);
        const StoreReply put = m_client->send("PUT", "/bucket/k", "body", headersOf({{name, value}}));
        QCOMPARE(put.code(), code);
        const bool isStored = !m_server->store().objects().isEmpty();
        QCOMPARE(isStored, code.isEmpty());
        if (code.isEmpty() && name != "Content-MD5") {
            QCOMPARE(put.headers.value(name), value);
            QCOMPARE(m_client->send("HEAD", "/bucket/k", {}, headersOf({{"x-amz-checksum-mode", "ENABLED"}})).headers.value(name), value);
            QVERIFY(!m_client->send("HEAD", "/bucket/k").headers.contains(name));
        }
    }

    void aBodyThatIsNotTheSignedOneIsRefused()
    {
        m_client->payloadHash = sha256("other").toHex();
        QCOMPARE(m_client->send("PUT", "/bucket/k", "body").code(), QByteArray("XAmzContentSHA256Mismatch"));
        m_client->payloadHash = "UNSIGNED-PAYLOAD";
        QCOMPARE(m_client->send("PUT", "/bucket/k", "body").status, 200);
        m_client->payloadHash = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
        QCOMPARE(m_client->send("PUT", "/bucket/k", "body").status, 501);
    }

    void listingsHavePages()
    {
        for (const QByteArray name : {"a", "b/1", "b/2", "b/3", "c", "d/1", "e"})
            QCOMPARE(m_client->send("PUT", QByteArray("/bucket/" + name), name).status, 200);
        QByteArrayList told;
        QByteArray token;
        int pages = 0;
        do {
            const QByteArray more = token.isEmpty() ? QByteArray() : QByteArray("&continuation-token=" + token.toPercentEncoding());
            const StoreReply page = m_client->send("GET", QByteArray("/bucket?list-type=2&delimiter=/&max-keys=2" + more));
            told.append(page.element("KeyCount"));
            QByteArray rest = page.body;
            for (qsizetype at = rest.indexOf("<Key>"); at >= 0; at = rest.indexOf("<Key>", at + 1))
                told.append(rest.mid(at + 5, rest.indexOf('<', at + 5) - at - 5));
            for (qsizetype at = rest.indexOf("<CommonPrefixes><Prefix>"); at >= 0; at = rest.indexOf("<CommonPrefixes><Prefix>", at + 1))
                told.append(rest.mid(at + 24, rest.indexOf('<', at + 24) - at - 24));
            token = page.element("NextContinuationToken");
            ++pages;
        } while (!token.isEmpty() && pages < 10);
        QCOMPARE(told.join('|'), QByteArray("2|a|b/|2|c|d/|1|e"));
    }

    void listingsTakePrefixAndStartAfter()
    {
        for (const QByteArray name : {"a", "b/1", "b/2", "c"})
            QCOMPARE(m_client->send("PUT", QByteArray("/bucket/" + name), name).status, 200);
        const StoreReply byPrefix = m_client->send("GET", "/bucket?list-type=2&prefix=b%2F");
        QCOMPARE(byPrefix.body.count("<Key>"), 2);
        QCOMPARE(m_client->send("GET", "/bucket?list-type=2&start-after=b%2F1").element("Key"), QByteArray("b/2"));
        QCOMPARE(m_client->send("GET", "/bucket?marker=b%2F2").element("Key"), QByteArray("c"));
        QCOMPARE(m_client->send("GET", "/bucket?list-type=2&max-keys=x").code(), QByteArray("InvalidArgument"));
        QCOMPARE(m_client->send("GET", "/bucket?list-type=2&max-keys=0").element("IsTruncated"), QByteArray("false"));
    }

    void errorsSayWhatWhereAndWhich()
    {
        const StoreReply missing = m_client->send("GET", "/bucket/no%26pe");
        QCOMPARE(missing.status, 404);
        QCOMPARE(missing.code(), QByteArray("NoSuchKey"));
        QVERIFY(!missing.element("Message").isEmpty());
        QCOMPARE(missing.element("Resource"), QByteArray("/bucket/no%26pe"));
        QCOMPARE(missing.element("Key"), QByteArray("no&amp;pe"));
        QCOMPARE(missing.element("RequestId"), missing.headers.value("x-amz-request-id"));
    }

    void aConnectionServesManyRequestsEvenAfterErrors()
    {
        m_client->write(m_client->signedRequest("PUT", "/bucket/k", "one"));
        m_client->write(m_client->signedRequest("PUT", "/nowhere/k", "two"));
        QCOMPARE(m_client->waitForReply().status, 200);
        QCOMPARE(m_client->waitForReply().status, 404);
        QCOMPARE(m_client->send("GET", "/bucket/k").body, QByteArray("one"));
        QVERIFY(m_client->isConnected());
    }

    void expectContinueIsAnsweredBeforeTheBody()
    {
        const QByteArray request = m_client->signedRequest("PUT", "/bucket/k", "hello", headersOf({{"Expect", "100-continue"}}));
        m_client->write(request.chopped(5));
        QTRY_COMPARE(m_server->counters().requests(), 1);
        m_client->write("hello");
        const StoreReply reply = m_client->waitForReply();
        QCOMPARE(reply.interimCount, 1);
        QCOMPARE(reply.status, 200);
    }

    void expectContinueIsRefusedWithoutTheBody()
    {
        const QByteArray request = m_client->signedRequest("PUT", "/nowhere/k", "hello", headersOf({{"Expect", "100-continue"}}));
        m_client->write(request.chopped(5));
        const StoreReply reply = m_client->waitForReply();
        QCOMPARE(reply.interimCount, 0);
        QCOMPARE(reply.code(), QByteArray("NoSuchBucket"));
        QCOMPARE(reply.headers.value("Connection"), QByteArray("close"));
    }

    void malformedRequestsAreAnsweredAndCut()
    {
        const StoreReply reply = m_client->sendRaw("GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n");
        QCOMPARE(reply.status, 400);
        QTRY_VERIFY(!m_client->isConnected());
    }

    void bodiesNeedALength()
    {
        m_client->payloadHash = "UNSIGNED-PAYLOAD";
        const QByteArray head = m_client->signedRequest("PUT", "/bucket/k", {}, headersOf({{"Transfer-Encoding", "chunked"}}));
        QCOMPARE(m_client->sendRaw(head + "1\r\nx\r\n0\r\n\r\n").code(), QByteArray("MissingContentLength"));
    }

    void metadataHasALimit()
    {
        QCOMPARE(m_client->send("PUT", "/bucket/k", "x", headersOf({{"x-amz-meta-a", QByteArray(2048, 'm')}})).code(), QByteArray("MetadataTooLarge"));
    }

    void nothingIsMissingAfterARestart()
    {
        const QByteArray large = randomBytes(100'000);
        QVERIFY(m_client->send("PUT", "/bucket/small", "one", headersOf({{"x-amz-meta-a", "b"}})).status == 200);
        QVERIFY(m_client->send("PUT", "/bucket/large", large).status == 200);
        QVERIFY(m_client->send("PUT", "/bucket/large", large + "x").status == 200);
        m_server->stop();
        QVERIFY(m_server->start());
        m_client->drop();
        const StoreReply small = m_client->send("GET", "/bucket/small");
        QCOMPARE(small.body, QByteArray("one"));
        QCOMPARE(small.headers.value("x-amz-meta-a"), QByteArray("b"));
        QVERIFY(m_client->send("GET", "/bucket/large").body == large + "x");
    }

    void onlyLoopbackIsServed()
    {
        LocalStoreOptions options;
        options.root = "/nonexistent";
        options.address = QHostAddress(QHostAddress::Any);
        LocalStore store(options);
        const auto listening = store.listen();
        QVERIFY(!listening);
        QCOMPARE(listening.error().kind, ErrorKind::InvalidRequest);
    }

    void twoStoresDoNotShareAFolder()
    {
        QTemporaryDir folder;
        LocalStoreOptions options;
        options.root = folder.path().toUtf8();
        LocalStore first(options);
        QVERIFY(first.listen());
        LocalStore second(options);
        QVERIFY(!second.listen());
    }

private:
    CryptoLibrary m_crypto;
    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StoreClient> m_client;
};

QTEST_GUILESS_MAIN(TestStoreObjects)
#include "test_store_objects.moc"
