#include "core/integrity/Digest.h"
#include "tests/support/faultserver/FaultServer.h"
#include "tests/unit/localstore/StoreClient.h"

#include <QTest>

using namespace packmule;

namespace {

constexpr int kPartSize = 5 * 1024 * 1024;

QByteArray digestOf(ChecksumAlgorithm algorithm, QByteArrayView bytes)
{
    const auto digest = makeDigest(algorithm);
    digest->add(bytes);
    return digest->result();
}

QByteArray completeXml(const QList<std::pair<int, QByteArray>> &parts)
{
    QByteArray xml = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
    for (const auto &[number, rest] : parts)
        xml += "<Part><PartNumber>" + QByteArray::number(number) + "</PartNumber>" + rest + "</Part>";
    return xml + "</CompleteMultipartUpload>";
}

QByteArray eTagElement(const QByteArray &body)
{
    return "<ETag>\"" + md5(body).toHex() + "\"</ETag>";
}

}  // namespace

class TestStoreMultipart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_one = randomBytes(kPartSize);
        m_two = randomBytes(kPartSize);
        m_last = randomBytes(1000);
        m_whole = m_one + m_two + m_last;
    }

    void init()
    {
        m_server = std::make_unique<FaultServer>();
        QVERIFY(m_server->start());
        m_client = std::make_unique<StoreClient>(m_server->port());
    }

    void partsBecomeAnObject()
    {
        const QByteArray id = create(headersOf({{"x-amz-meta-packmule-id", "t"}, {"Content-Type", "text/x"}}));
        QVERIFY(!id.isEmpty());
        QCOMPARE(put(id, 2, m_two).status, 200);
        QCOMPARE(put(id, 1, m_one).headers.value("ETag"), QByteArray('"' + md5(m_one).toHex() + '"'));
        QCOMPARE(put(id, 3, m_last).status, 200);
        QCOMPARE(m_client->send("GET", "/bucket/k").status, 404);
        const StoreReply done = completeAll(id);
        QCOMPARE(done.status, 200);
        const QByteArray eTag = '"' + md5(QByteArray(md5(m_one) + md5(m_two) + md5(m_last))).toHex() + "-3\"";
        QCOMPARE(done.element("ETag").replace("&quot;", "\""), eTag);
        const StoreReply got = m_client->send("GET", "/bucket/k");
        QVERIFY(got.body == m_whole);
        QCOMPARE(got.headers.value("ETag"), eTag);
        QCOMPARE(got.headers.value("x-amz-meta-packmule-id"), QByteArray("t"));
        QVERIFY(m_server->store().unfinishedUploads().isEmpty());
        const StoreReply across = m_client->send("GET", "/bucket/k", {}, headersOf({{"Range", "bytes=5242870-5242889"}}));
        QCOMPARE(across.body, QByteArray(m_one.right(10) + m_two.left(10)));
    }

    void aPartSentAgainReplacesTheEarlier()
    {
        const QByteArray id = create();
        QCOMPARE(put(id, 1, m_two).status, 200);
        QCOMPARE(put(id, 1, m_one).status, 200);
        QCOMPARE(m_client->send("POST", target(id), completeXml({{1, eTagElement(m_two)}})).code(), QByteArray("InvalidPart"));
        QCOMPARE(m_client->send("POST", target(id), completeXml({{1, eTagElement(m_one)}})).status, 200);
        QVERIFY(m_client->send("GET", "/bucket/k").body == m_one);
    }

    void completeIsRefused_data()
    {
        QTest::addColumn<QByteArray>("document");
        QTest::addColumn<QByteArray>("code");
        const QByteArray one = eTagElement(m_one);
        const QByteArray small = eTagElement(m_last);
        QTest::newRow("descending") << completeXml({{2, small}, {1, one}}) << QByteArray("InvalidPartOrder");
        QTest::newRow("twice") << completeXml({{1, one}, {1, one}}) << QByteArray("InvalidPartOrder");
        QTest::newRow("never uploaded") << completeXml({{1, one}, {7, one}}) << QByteArray("InvalidPart");
        QTest::newRow("another ETag") << completeXml({{1, small}}) << QByteArray("InvalidPart");
        QTest::newRow("too small") << completeXml({{2, small}, {3, one}}) << QByteArray("EntityTooSmall");
        QTest::newRow("no parts") << completeXml({}) << QByteArray("MalformedXML");
        QTest::newRow("no XML") << QByteArray("uploads") << QByteArray("MalformedXML");
        QTest::newRow("number zero") << completeXml({{0, one}}) << QByteArray("MalformedXML");
        QTest::newRow("document type") << QByteArray("<!DOCTYPE x [<!ENTITY a \"b\">]>" + completeXml({{1, one}})) << QByteArray("MalformedXML");
    }

    void completeIsRefused()
    {
        QFETCH(QByteArray, document);
        const QByteArray id = create();
        QCOMPARE(put(id, 1, m_one).status, 200);
        QCOMPARE(put(id, 2, m_last).status, 200);
        QCOMPARE(put(id, 3, m_one).status, 200);
        QTEST(m_client->send("POST", target(id), document).code(), "code");
        QCOMPARE(m_client->send("GET", target(id)).body.count("<Part>"), 3);
    }

    void theObjectsSizeIsChecked()
    {
        const QByteArray id = create();
        QCOMPARE(put(id, 1, m_last).status, 200);
        const QByteArray document = completeXml({{1, eTagElement(m_last)}});
        QCOMPARE(m_client->send("POST", target(id), document, headersOf({{"x-amz-mp-object-size", "999"}})).code(), QByteArray("InvalidRequest"));
        QCOMPARE(m_client->send("POST", target(id), document, headersOf({{"x-amz-mp-object-size", "1000"}})).status, 200);
    }

    void theSameCompleteAgainIsAnsweredAgain()
    {
        const QByteArray id = create();
        putAll(id);
        const StoreReply first = completeAll(id);
        const StoreReply again = completeAll(id);
        QCOMPARE(again.status, 200);
        QCOMPARE(again.element("ETag"), first.element("ETag"));
        QCOMPARE(m_client->send("POST", target(id), completeXml({{1, eTagElement(m_one)}})).code(), QByteArray("NoSuchUpload"));
        QCOMPARE(m_client->send("PUT", "/bucket/k", "overwritten").status, 200);
        QCOMPARE(completeAll(id).code(), QByteArray("NoSuchUpload"));
    }

    void completeMayBeConditional()
    {
        QCOMPARE(m_client->send("PUT", "/bucket/k", "there").status, 200);
        const QByteArray id = create();
        putAll(id);
        QCOMPARE(completeAll(id, headersOf({{"If-None-Match", "*"}})).status, 412);
        QCOMPARE(m_client->send("GET", "/bucket/k").body, QByteArray("there"));
        QCOMPARE(m_client->send("DELETE", "/bucket/k").status, 204);
        QCOMPARE(completeAll(id, headersOf({{"If-None-Match", "*"}})).status, 200);
    }

    void fullObjectCrcsAreCombined_data()
    {
        QTest::addColumn<int>("algorithm");
        for (const ChecksumAlgorithm algorithm : {ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc64Nvme})
            QTest::addRow("%s", checksumAlgorithmName(algorithm).constData()) << int(algorithm);
    }

    void fullObjectCrcsAreCombined()
    {
        QFETCH(int, algorithm);
        const auto crc = static_cast<ChecksumAlgorithm>(algorithm);
        const QByteArray name = checksumAlgorithmName(crc);
        const QByteArray header = "x-amz-checksum-" + name.toLower();
        const QByteArray id = create(headersOf({{"x-amz-checksum-algorithm", name}, {"x-amz-checksum-type", "FULL_OBJECT"}}));
        for (const auto &[number, body] : parts()) {
            const StoreReply reply = put(id, number, body, headersOf({{header, digestOf(crc, body).toBase64()}}));
            QCOMPARE(reply.headers.value(header), digestOf(crc, body).toBase64());
        }
        const StoreReply list = m_client->send("GET", target(id));
        QCOMPARE(list.element("Checksum" + name), digestOf(crc, m_one).toBase64());
        QCOMPARE(list.element("ChecksumType"), QByteArray("FULL_OBJECT"));
        const QByteArray whole = digestOf(crc, m_whole).toBase64();
        QCOMPARE(completeAll(id, headersOf({{header, digestOf(crc, m_one).toBase64()}})).code(), QByteArray("BadDigest"));
        const StoreReply done = completeAll(id, headersOf({{header, whole}, {"x-amz-checksum-type", "FULL_OBJECT"}}));
        QCOMPARE(done.element("Checksum" + name), whole);
        const StoreReply head = m_client->send("HEAD", "/bucket/k", {}, headersOf({{"x-amz-checksum-mode", "ENABLED"}}));
        QCOMPARE(head.headers.value(header), whole);
        QCOMPARE(head.headers.value("x-amz-checksum-type"), QByteArray("FULL_OBJECT"));
    }

    void compositeChecksumsAreOfTheParts()
    {
        const QByteArray id = create(headersOf({{"x-amz-checksum-algorithm", "SHA256"}}));
        QList<std::pair<int, QByteArray>> named;
        QByteArray all;
        for (const auto &[number, body] : parts()) {
            const QByteArray digest = sha256(body);
            QCOMPARE(put(id, number, body, headersOf({{"x-amz-checksum-sha256", digest.toBase64()}})).status, 200);
            named.append({number, eTagElement(body) + "<ChecksumSHA256>" + digest.toBase64() + "</ChecksumSHA256>"});
            all += digest;
        }
        QCOMPARE(completeAll(id).code(), QByteArray("InvalidRequest"));  // without the parts' checksums
        const StoreReply done = m_client->send("POST", target(id), completeXml(named));
        QCOMPARE(done.element("ChecksumSHA256"), QByteArray(sha256(all).toBase64() + "-3"));
        QCOMPARE(done.element("ChecksumType"), QByteArray("COMPOSITE"));
    }

    void checksumsMustFitTheUpload_data()
    {
        QTest::addColumn<QByteArray>("algorithm");
        QTest::addColumn<QByteArray>("type");
        QTest::newRow("CRC64NVME composite") << QByteArray("CRC64NVME") << QByteArray("COMPOSITE");
        QTest::newRow("SHA256 full") << QByteArray("SHA256") << QByteArray("FULL_OBJECT");
        QTest::newRow("unknown") << QByteArray("ADLER") << QByteArray();
        QTest::newRow("type alone") << QByteArray() << QByteArray("FULL_OBJECT");
    }

    void checksumsMustFitTheUpload()
    {
        QFETCH(QByteArray, algorithm);
        QFETCH(QByteArray, type);
        HttpHeaders headers;
        if (!algorithm.isEmpty())
            headers.append("x-amz-checksum-algorithm", algorithm);
        if (!type.isEmpty())
            headers.append("x-amz-checksum-type", type);
        QCOMPARE(m_client->send("POST", "/bucket/k?uploads", {}, headers).code(), QByteArray("InvalidRequest"));
    }

    void aPartWithAnotherChecksumIsRefused()
    {
        const HttpHeaders crc = headersOf({{"x-amz-checksum-crc32", digestOf(ChecksumAlgorithm::Crc32, m_last).toBase64()}});
        QCOMPARE(put(create(), 1, m_last, crc).code(), QByteArray("InvalidRequest"));
        QCOMPARE(put(create(headersOf({{"x-amz-checksum-algorithm", "CRC32C"}})), 1, m_last, crc).code(), QByteArray("InvalidRequest"));
    }

    void aDamagedPartIsNotTaken()
    {
        const QByteArray id = create(headersOf({{"x-amz-checksum-algorithm", "CRC64NVME"}}));
        const HttpHeaders crc = headersOf({{"x-amz-checksum-crc64nvme", digestOf(ChecksumAlgorithm::Crc64Nvme, "else").toBase64()}});
        QCOMPARE(put(id, 1, m_last, crc).code(), QByteArray("BadDigest"));
        QCOMPARE(m_client->send("GET", target(id)).body.count("<Part>"), 0);
    }

    void aStoreWithoutChecksumsIgnoresThem()
    {
        LocalStoreOptions options;
        options.knowsChecksums = false;
        FaultServer server(options);
        QVERIFY(server.start());
        StoreClient client(server.port());
        const StoreReply created = client.send("POST", "/bucket/k?uploads", {}, headersOf({{"x-amz-checksum-algorithm", "CRC64NVME"}}));
        QVERIFY(!created.headers.contains("x-amz-checksum-algorithm"));
        const StoreReply put = client.send("PUT", "/bucket/p", "x", headersOf({{"x-amz-checksum-crc32", "AAAAAA=="}}));
        QCOMPARE(put.status, 200);
        QVERIFY(!put.headers.contains("x-amz-checksum-crc32"));
    }

    void partNumbersHaveBounds_data()
    {
        QTest::addColumn<QByteArray>("number");
        QTest::newRow("0") << QByteArray("0");
        QTest::newRow("10001") << QByteArray("10001");
        QTest::newRow("junk") << QByteArray("x");
    }

    void partNumbersHaveBounds()
    {
        QFETCH(QByteArray, number);
        const QByteArray id = create();
        QCOMPARE(m_client->send("PUT", QByteArray("/bucket/k?partNumber=" + number + "&uploadId=" + id), "x").code(), QByteArray("InvalidArgument"));
    }

    void partsAreListedInPages()
    {
        const QByteArray id = create();
        for (const int number : {10'000, 3, 1, 7})
            QCOMPARE(put(id, number, "x").status, 200);
        const StoreReply first = m_client->send("GET", QByteArray(target(id) + "&max-parts=3"));
        QCOMPARE(first.element("IsTruncated"), QByteArray("true"));
        QCOMPARE(first.element("NextPartNumberMarker"), QByteArray("7"));
        QCOMPARE(first.body.count("<Part>"), 3);
        const StoreReply second = m_client->send("GET", QByteArray(target(id) + "&part-number-marker=7"));
        QCOMPARE(second.element("IsTruncated"), QByteArray("false"));
        QCOMPARE(second.element("PartNumber"), QByteArray("10000"));
        QCOMPARE(second.element("Size"), QByteArray("1"));
    }

    void uploadsAreListedInPages()
    {
        for (const char *key : {"a", "b/1", "b/2", "c"})
            QCOMPARE(m_client->send("POST", QByteArray("/bucket/") + key + "?uploads").status, 200);
        QCOMPARE(m_client->send("POST", "/bucket/a?uploads").status, 200);
        QByteArrayList told;
        QByteArray markers;
        int pages = 0;
        do {
            const StoreReply page = m_client->send("GET", QByteArray("/bucket?uploads&max-uploads=2" + markers));
            for (qsizetype at = page.body.indexOf("<Key>"); at >= 0; at = page.body.indexOf("<Key>", at + 1))
                told.append(page.body.mid(at + 5, page.body.indexOf('<', at + 5) - at - 5));
            markers = page.element("IsTruncated") != "true" ? QByteArray()
                                                            : QByteArray("&key-marker=" + page.element("NextKeyMarker").toPercentEncoding()
                                                                         + "&upload-id-marker=" + page.element("NextUploadIdMarker"));
            ++pages;
        } while (!markers.isEmpty() && pages < 10);
        QCOMPARE(told.join('|'), QByteArray("a|a|b/1|b/2|c"));
        QCOMPARE(pages, 3);
        const StoreReply rolled = m_client->send("GET", "/bucket?uploads&delimiter=/&prefix=b");
        QCOMPARE(rolled.body.count("<Upload>"), 0);
        QVERIFY(rolled.body.contains("<CommonPrefixes><Prefix>b/</Prefix>"));
    }

    void anAbortedUploadIsGone()
    {
        const QByteArray id = create();
        QCOMPARE(put(id, 1, m_last).status, 200);
        QCOMPARE(m_client->send("DELETE", target(id)).status, 204);
        QCOMPARE(m_client->send("DELETE", target(id)).code(), QByteArray("NoSuchUpload"));
        QCOMPARE(put(id, 2, m_last).code(), QByteArray("NoSuchUpload"));
        QCOMPARE(m_client->send("GET", target(id)).code(), QByteArray("NoSuchUpload"));
    }

    void anUploadIsForItsOwnKeyOnly()
    {
        const QByteArray id = create();
        QCOMPARE(m_client->send("PUT", QByteArray("/bucket/other?partNumber=1&uploadId=" + id), "x").code(), QByteArray("NoSuchUpload"));
        QCOMPARE(m_client->send("DELETE", "/bucket/k?uploadId=..%2F..").code(), QByteArray("NoSuchUpload"));
    }

    void uploadsOutliveARestart()
    {
        const QByteArray id = create(headersOf({{"x-amz-checksum-algorithm", "CRC64NVME"}}));
        QCOMPARE(put(id, 1, m_one).status, 200);
        QCOMPARE(put(id, 2, m_one).status, 200);
        QCOMPARE(put(id, 2, m_two).status, 200);
        restart();
        QCOMPARE(put(id, 3, m_last).status, 200);
        const StoreReply done = completeAll(id);
        QCOMPARE(done.element("ChecksumCRC64NVME"), digestOf(ChecksumAlgorithm::Crc64Nvme, m_whole).toBase64());
        restart();
        QVERIFY(m_client->send("GET", "/bucket/k").body == m_whole);
        QVERIFY(m_server->store().unfinishedUploads().isEmpty());
        QCOMPARE(completeAll(id).status, 200);  // and the same Complete is still known
    }

    void discardedBodiesAreStillDigested()
    {
        LocalStoreOptions options;
        options.discardBodies = true;
        FaultServer server(options);
        QVERIFY(server.start());
        m_client = std::make_unique<StoreClient>(server.port());
        const QByteArray id = create(headersOf({{"x-amz-checksum-algorithm", "CRC64NVME"}}));
        putAll(id);
        QCOMPARE(completeAll(id).element("ChecksumCRC64NVME"), digestOf(ChecksumAlgorithm::Crc64Nvme, m_whole).toBase64());
        QCOMPARE(m_client->send("HEAD", "/bucket/k").headers.value("Content-Length"), QByteArray::number(2 * kPartSize + 1000));
        QCOMPARE(m_client->send("GET", "/bucket/k").code(), QByteArray("InvalidObjectState"));
    }

    /// Uploaders of other makes, beside which Packmule is measured, sign their bodies piece by piece.
    void whereBodiesAreDiscardedAwsChunkedIsRead_data()
    {
        QTest::addColumn<QByteArray>("form");
        QTest::addColumn<QByteArray>("body");
        const QByteArray piece(70'000, 'a');
        QTest::newRow("signed") << QByteArray("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")
                                << QByteArray("11170;chunk-signature=00ff\r\n" + piece + "\r\n3;chunk-signature=00fe\r\nbcd\r\n0;chunk-signature=00\r\n\r\n");
        QTest::newRow("with a trailer") << QByteArray("STREAMING-UNSIGNED-PAYLOAD-TRAILER")
                                        << QByteArray("11170\r\n" + piece + "\r\n3\r\nbcd\r\n0\r\nx-amz-checksum-crc32c:AAAAAA==\r\n\r\n");
    }
    void whereBodiesAreDiscardedAwsChunkedIsRead()
    {
        QFETCH(QByteArray, form);
        QFETCH(QByteArray, body);
        LocalStoreOptions options;
        options.discardBodies = true;
        FaultServer server(options);
        QVERIFY(server.start());
        m_client = std::make_unique<StoreClient>(server.port());
        m_client->payloadHash = form;
        const HttpHeaders headers = headersOf({{"Content-Encoding", "aws-chunked"}, {"x-amz-decoded-content-length", "70003"}});
        const StoreReply put = m_client->send("PUT", "/bucket/k", body, headers);
        QCOMPARE(put.status, 200);
        QCOMPARE(put.headers.value("ETag"), QByteArray('"' + md5(QByteArray(70'000, 'a').append("bcd")).toHex() + '"'));
        QCOMPARE(put.headers.value("x-amz-checksum-crc32c"), form.contains("TRAILER") ? QByteArray("AAAAAA==") : QByteArray());
        QCOMPARE(m_client->send("PUT", "/bucket/k", body.first(1000), headers).code(), QByteArray("IncompleteBody"));
        m_client->payloadHash.clear();
        QCOMPARE(m_client->send("HEAD", "/bucket/k").headers.value("Content-Length"), QByteArray("70003"));
    }

private:
    QList<std::pair<int, QByteArray>> parts() const { return {{1, m_one}, {2, m_two}, {3, m_last}}; }
    static QByteArray target(const QByteArray &id) { return "/bucket/k?uploadId=" + id; }
    QByteArray create(const HttpHeaders &headers = {}) { return m_client->send("POST", "/bucket/k?uploads", {}, headers).element("UploadId"); }

    StoreReply put(const QByteArray &id, int number, const QByteArray &body, const HttpHeaders &headers = {})
    {
        return m_client->send("PUT", QByteArray("/bucket/k?partNumber=" + QByteArray::number(number) + "&uploadId=" + id), body, headers);
    }

    void putAll(const QByteArray &id)
    {
        for (const auto &[number, body] : parts())
            QCOMPARE(put(id, number, body).status, 200);
    }

    StoreReply completeAll(const QByteArray &id, const HttpHeaders &headers = {})
    {
        return m_client->send("POST", target(id), completeXml({{1, eTagElement(m_one)}, {2, eTagElement(m_two)}, {3, eTagElement(m_last)}}), headers);
    }

    void restart()
    {
        m_server->stop();
        QVERIFY(m_server->start());
        m_client->drop();
    }

    CryptoLibrary m_crypto;
    QByteArray m_one, m_two, m_last, m_whole;
    std::unique_ptr<FaultServer> m_server;
    std::unique_ptr<StoreClient> m_client;
};

QTEST_GUILESS_MAIN(TestStoreMultipart)
#include "test_store_multipart.moc"
