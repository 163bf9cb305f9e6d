#include "core/s3/S3Headers.h"
#include "core/s3/SignatureV4.h"
#include "tests/unit/s3/StoreUnderTest.h"

using namespace packmule;

// What goes out, byte for byte, and what is made of a good answer.

namespace {

const QByteArray kCreated = "<InitiateMultipartUploadResult><UploadId>up+1/=</UploadId></InitiateMultipartUploadResult>";
const QByteArray kCompleted = "<CompleteMultipartUploadResult><ETag>\"abc-2\"</ETag></CompleteMultipartUploadResult>";
const PartAddress kPart{.object = kObject, .uploadId = "up+1/=", .partNumber = PartNumber::fromIndex(2)};

QByteArray header(const SentRequest &request, const QByteArray &name)
{
    return request.headers.value(name);
}

}  // namespace

class TestS3Requests : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;

private Q_SLOTS:
    void createsWithTheObjectsSettings()
    {
        StoreUnderTest t;
        t.transport.answer(200, kCreated, {{"x-amz-checksum-algorithm", "CRC64NVME"},
                                           {"x-amz-abort-date", "Sun, 22 Nov 2026 12:00:00 GMT"},
                                           {"Date", "Sat, 21 Nov 2026 12:00:02 GMT"}});
        ObjectSettings settings;
        settings.acl = "private";
        settings.storageClass = "STANDARD_IA";
        settings.contentType = "image/jpeg";
        settings.metadata = {{"Packmule-Id", "00ff"}, {"colour", "grün"}};
        settings.tags = {{"a b", "c&d"}, {"e", ""}};
        Outcome<CreatedUpload> outcome;
        t.call = t.store.createMultipartUpload(kObject, settings, kCrc64, outcome.done());
        QVERIFY(outcome.isPending());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        const SentRequest &sent = t.transport.sent.constFirst();
        QCOMPARE(sent.method, QByteArray("POST"));
        QCOMPARE(sent.origin.host, QByteArray("store.example.com"));
        QCOMPARE(sent.target, QByteArray("/photos/a%20b/c.jpg?uploads"));
        QVERIFY(!sent.hasBodyDevice);
        QCOMPARE(header(sent, "content-type"), QByteArray("image/jpeg"));
        QCOMPARE(header(sent, "x-amz-acl"), QByteArray("private"));
        QCOMPARE(header(sent, "x-amz-storage-class"), QByteArray("STANDARD_IA"));
        QCOMPARE(header(sent, "x-amz-meta-packmule-id"), QByteArray("00ff"));
        QCOMPARE(header(sent, "x-amz-meta-colour"), QByteArray("=?UTF-8?B?Z3LDvG4=?="));
        QCOMPARE(header(sent, "x-amz-tagging"), QByteArray("a%20b=c%26d&e="));
        QCOMPARE(header(sent, "x-amz-checksum-algorithm"), QByteArray("CRC64NVME"));
        QCOMPARE(header(sent, "x-amz-checksum-type"), QByteArray("FULL_OBJECT"));
        QCOMPARE(outcome.value().uploadId, QByteArray("up+1/="));
        QVERIFY(outcome.value().checksumEchoed);
        QVERIFY(outcome.value().abortDate.has_value());
        QVERIFY(outcome.value().serverTime == t.clock.wallNow() + Milliseconds(2000));
    }

    void sendsWithEveryRequestWhatIsNotSigned()
    {
        StoreUnderTest t;
        t.transport.answer(200, kCreated);
        Outcome<CreatedUpload> outcome;
        t.call = t.store.createMultipartUpload(kObject, {}, kSigned, outcome.done());
        QVERIFY(outcome.wait());
        const SentRequest &sent = t.transport.sent.constFirst();
        // A form's content type would become the object's (finding 5).
        QCOMPARE(header(sent, "Content-Type"), QByteArray("application/octet-stream"));
        QVERIFY(!header(sent, "amz-sdk-invocation-id").isEmpty());
        QVERIFY(!t.signer.requests.constFirst().headers.contains("amz-sdk-invocation-id"));
        QCOMPARE(header(sent, "User-Agent"), QByteArray("packmule/" PACKMULE_VERSION));
        QCOMPARE(header(sent, "Authorization"), QByteArray("signed"));
        QVERIFY(!t.signer.requests.constFirst().headers.contains("User-Agent"));
        QCOMPARE(t.signer.requests.constFirst().payloadHash, QByteArray(kEmptyPayloadHash));
        QCOMPARE(t.signer.requests.constFirst().target, sent.target);
        QCOMPARE(t.signer.requests.constFirst().hostHeader, QByteArray("store.example.com"));
        QVERIFY(t.signer.requests.constFirst().time == t.clock.wallNow());
    }

    void sendsAPart_data()
    {
        QTest::addColumn<int>("plan");
        QTest::addColumn<QByteArray>("checksumHeader");
        QTest::addColumn<QByteArray>("payloadHash");
        QTest::newRow("checksum, payload unsigned") << 0 << QByteArray("x-amz-checksum-crc64nvme") << QByteArray("UNSIGNED-PAYLOAD");
        QTest::newRow("payload signed") << 1 << QByteArray() << sha256(QByteArray("123456789")).toHex();
        QTest::newRow("md5") << 2 << QByteArray("Content-MD5") << QByteArray("UNSIGNED-PAYLOAD");
    }
    void sendsAPart()
    {
        QFETCH(int, plan);
        QFETCH(QByteArray, checksumHeader);
        QFETCH(QByteArray, payloadHash);
        const IntegrityPlan integrity = QList{kCrc64, kSigned, kMd5}[plan];
        StoreUnderTest t;
        t.transport.answer(200, {}, {{"ETag", "\"e3\""}});
        Outcome<PartReceipt> outcome;
        QList<qint64> progress;
        t.call = t.store.uploadPart(kPart, integrity, bodyOf("123456789", integrity),
                                    [&](ByteCount sent, ByteCount) { progress.append(sent.value()); }, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        const SentRequest &sent = t.transport.sent.constFirst();
        QCOMPARE(sent.method, QByteArray("PUT"));
        QCOMPARE(sent.target, QByteArray("/photos/a%20b/c.jpg?partNumber=3&uploadId=up%2B1%2F%3D"));
        QCOMPARE(sent.body, QByteArray("123456789"));
        QCOMPARE(header(sent, "Content-Type"), QByteArray("application/octet-stream"));
        QCOMPARE(t.signer.requests.constFirst().payloadHash, payloadHash);
        QCOMPARE(sent.headers.fields().size(), checksumHeader.isEmpty() ? 4 : 5);
        if (!checksumHeader.isEmpty())
            QVERIFY(sent.headers.contains(checksumHeader));
        QCOMPARE(outcome.value().eTag, QByteArray("e3"));
        QCOMPARE(progress, QList<qint64>{9});
    }

    void judgesTheEchoOfAChecksum_data()
    {
        QTest::addColumn<bool>("isMd5");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("error");
        QTest::addColumn<bool>("isEchoed");
        const QByteArray crc = QByteArray::fromHex("AE8B14860A799888").toBase64();  // of "123456789" (facts A5.5)
        QTest::newRow("the same") << false << QByteArray("x-amz-checksum-crc64nvme") << crc << QByteArray("none") << true;
        QTest::newRow("another") << false << QByteArray("x-amz-checksum-crc64nvme") << QByteArray("AAAAAAAAAAA=") << QByteArray("bodyMismatch") << false;
        QTest::newRow("broken") << false << QByteArray("x-amz-checksum-crc64nvme") << QByteArray("!") << QByteArray("bodyMismatch") << false;
        QTest::newRow("of another algorithm") << false << QByteArray("x-amz-checksum-crc32") << QByteArray("AAAAAA==") << QByteArray("none") << false;
        QTest::newRow("none") << false << QByteArray("x-other") << QByteArray("1") << QByteArray("none") << false;
        QTest::newRow("md5 is the etag") << true << QByteArray("ETag") << QByteArray("\"25F9E794323B453885F5181F1B624D0B\"") << QByteArray("none") << true;
        QTest::newRow("md5 is not the etag, as with kms") << true << QByteArray("ETag") << QByteArray("\"0123\"") << QByteArray("none") << false;
    }
    void judgesTheEchoOfAChecksum()
    {
        QFETCH(bool, isMd5);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, error);
        QFETCH(bool, isEchoed);
        const IntegrityPlan plan = isMd5 ? kMd5 : kCrc64;
        StoreUnderTest t;
        t.transport.answer(200, {}, {{name, value}, {"etag", "\"e3\""}});
        Outcome<PartReceipt> outcome;
        t.call = t.store.uploadPart(kPart, plan, bodyOf("123456789", plan), {}, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), error);
        QCOMPARE(outcome.isGood() && outcome.value().checksumEchoed, isEchoed);
    }

    void completes()
    {
        StoreUnderTest t;
        t.transport.answer(200, "\n  \n" + kCompleted, {{"x-amz-version-id", "v1"}});
        CompleteRequest complete;
        complete.parts = {{.partNumber = PartNumber::fromIndex(0), .size = {}, .eTag = "e1", .checksum = {}}};
        complete.objectSize = ByteCount(1234);
        complete.objectChecksum = {.algorithm = ChecksumAlgorithm::Crc64Nvme, .rawBytes = QByteArray(8, 'c')};
        complete.ifNoneMatch = true;
        Outcome<StoredObject> outcome;
        t.call = t.store.completeMultipartUpload(kObject, "up+1/=", complete, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        const SentRequest &sent = t.transport.sent.constFirst();
        QCOMPARE(sent.method, QByteArray("POST"));
        QCOMPARE(sent.target, QByteArray("/photos/a%20b/c.jpg?uploadId=up%2B1%2F%3D"));
        QCOMPARE(header(sent, "Content-Type"), QByteArray("application/xml"));
        QCOMPARE(header(sent, "x-amz-mp-object-size"), QByteArray("1234"));
        QCOMPARE(header(sent, "x-amz-checksum-crc64nvme"), QByteArray(8, 'c').toBase64());
        QCOMPARE(header(sent, "x-amz-checksum-type"), QByteArray("FULL_OBJECT"));
        QCOMPARE(header(sent, "If-None-Match"), QByteArray("*"));
        QCOMPARE(t.signer.requests.constFirst().payloadHash, sha256(sent.body).toHex());
        QVERIFY(sent.body.contains("<PartNumber>1</PartNumber><ETag>&quot;e1&quot;</ETag>"));
        QVERIFY(sent.limits.answer >= std::chrono::minutes(5));
        QCOMPARE(outcome.value().eTag, QByteArray("abc-2"));
        QCOMPARE(outcome.value().versionId, QByteArray("v1"));
    }

    void judgesBadAnswers_data()
    {
        QTest::addColumn<bool>("isComplete");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QByteArray>("error");
        // Finding 18: 200 is not success.
        QTest::newRow("complete: error") << true << errorXml("InternalError") << QByteArray("serverFault");
        QTest::newRow("complete: error after white space") << true << "   \n" + errorXml("InternalError") << QByteArray("serverFault");
        QTest::newRow("complete: error that says more") << true << errorXml("InvalidPart") << QByteArray("invalidPart");
        QTest::newRow("complete: cut short") << true << kCompleted.chopped(5) << QByteArray("serverFault");
        QTest::newRow("complete: only white space") << true << QByteArray("   ") << QByteArray("serverFault");
        QTest::newRow("complete: empty") << true << QByteArray() << QByteArray("serverFault");
        QTest::newRow("complete: another document") << true << kCreated << QByteArray("serverFault");
        QTest::newRow("complete: no etag") << true << QByteArray("<CompleteMultipartUploadResult/>") << QByteArray("malformedAnswer");
        QTest::newRow("complete repeated on Ceph: the etag is empty") << true << QByteArray("<CompleteMultipartUploadResult><Key>k</Key><ETag></ETag></CompleteMultipartUploadResult>") << QByteArray("none");
        QTest::newRow("create: control character in the echoed key, from Ceph") << false << QByteArray("<InitiateMultipartUploadResult><Key>c&#x01;c</Key><UploadId>u</UploadId></InitiateMultipartUploadResult>") << QByteArray("none");
        QTest::newRow("create: error") << false << errorXml("SlowDown") << QByteArray("throttled");
        QTest::newRow("create: cut short") << false << kCreated.chopped(5) << QByteArray("serverFault");
        QTest::newRow("create: empty") << false << QByteArray() << QByteArray("serverFault");
        QTest::newRow("create: no upload id") << false << QByteArray("<InitiateMultipartUploadResult/>") << QByteArray("malformedAnswer");
        QTest::newRow("create: empty upload id") << false << QByteArray("<InitiateMultipartUploadResult><UploadId> </UploadId></InitiateMultipartUploadResult>") << QByteArray("malformedAnswer");
    }
    void judgesBadAnswers()
    {
        QFETCH(bool, isComplete);
        QFETCH(QByteArray, body);
        QFETCH(QByteArray, error);
        StoreUnderTest t;
        t.transport.answer(200, body);
        Outcome<CreatedUpload> created;
        Outcome<StoredObject> completed;
        t.call = isComplete ? t.store.completeMultipartUpload(kObject, "u", {}, completed.done())
                            : t.store.createMultipartUpload(kObject, {}, kSigned, created.done());
        QVERIFY(isComplete ? completed.wait() : created.wait());
        QCOMPARE(isComplete ? completed.kind() : created.kind(), error);
    }

    void refusesPartsAndObjectsWithoutETag()
    {
        StoreUnderTest t;
        t.transport.answer(200);
        t.transport.answer(200);
        Outcome<PartReceipt> part;
        t.call = t.store.uploadPart(kPart, kSigned, bodyOf("x", kSigned), {}, part.done());
        QVERIFY(part.wait());
        QCOMPARE(part.kind(), QByteArray("malformedAnswer"));
        Outcome<StoredObject> object;
        t.call = t.store.putObject(kObject, {}, kSigned, bodyOf("x", kSigned), false, {}, object.done());
        QVERIFY(object.wait());
        QCOMPARE(object.kind(), QByteArray("malformedAnswer"));
    }

    void putsAnEmptyObject()
    {
        StoreUnderTest t;
        t.transport.answer(200, {}, {{"ETag", "\"d41d8cd98f00b204e9800998ecf8427e\""}});
        Outcome<StoredObject> outcome;
        t.call = t.store.putObject(kObject, {}, kCrc64, bodyOf({}, kCrc64), true, {}, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        const SentRequest &sent = t.transport.sent.constFirst();
        QCOMPARE(sent.target, QByteArray("/photos/a%20b/c.jpg"));
        QCOMPARE(header(sent, "If-None-Match"), QByteArray("*"));
        QCOMPARE(header(sent, "x-amz-checksum-crc64nvme"), QByteArray("AAAAAAAAAAA="));
    }

    void refusesWhatCanNeverBeSent_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("metadataName");
        QTest::addColumn<QByteArray>("metadataValue");
        QTest::addColumn<QByteArray>("disposition");
        const QByteArray k = "k", n = "colour", v = "red", none;
        QTest::newRow("empty key") << none << n << v << none;
        QTest::newRow("nul in the key") << QByteArray("a\0b", 3) << n << v << none;
        QTest::newRow("1025 bytes") << QByteArray(1025, 'k') << n << v << none;
        QTest::newRow("a target the transport refuses") << QByteArray("a/../b") << n << v << none;
        QTest::newRow("line break in metadata") << k << n << QByteArray("red\r\nx-amz-acl: public-read") << none;
        QTest::newRow("lone line feed") << k << n << QByteArray("red\nx") << none;
        QTest::newRow("nul in metadata") << k << n << QByteArray("a\0b", 3) << none;
        QTest::newRow("metadata that is not utf-8") << k << n << QByteArray("\xFF") << none;
        QTest::newRow("metadata name with a colon") << k << QByteArray("a:b") << v << none;
        QTest::newRow("metadata name empty") << k << none << v << none;
        QTest::newRow("metadata too long") << k << n << QByteArray(2048, 'v') << none;
        QTest::newRow("header that is not ascii") << k << n << v << QByteArray("inline; filename=\xC3\xA9");
        QTest::newRow("line break in a header") << k << n << v << QByteArray("inline\r\nX: y");
    }
    void refusesWhatCanNeverBeSent()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, metadataName);
        QFETCH(QByteArray, metadataValue);
        QFETCH(QByteArray, disposition);
        StoreUnderTest t;
        t.transport.refusedPart = "/../";
        ObjectSettings settings;
        settings.metadata = {{metadataName, metadataValue}};
        settings.contentDisposition = disposition;
        Outcome<CreatedUpload> outcome;
        t.call = t.store.createMultipartUpload({"photos", key}, settings, kCrc64, outcome.done());
        QVERIFY(outcome.isPending());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("invalidRequest"));
        QVERIFY(t.transport.sent.isEmpty());
        QCOMPARE(t.store.requestCount(), 0);
    }

    void sendsKeysOf1024OddBytes()
    {
        StoreUnderTest t;
        t.transport.answer(204);
        Outcome<void> outcome;
        t.call = t.store.deleteObject({"photos", QByteArray(1024, '\x01')}, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent.constFirst().target, "/photos/" + QByteArray("%01").repeated(1024));
    }

    void readsAHead()
    {
        StoreUnderTest t;
        t.transport.answer(200, {}, {{"Content-Length", "33554432"}, {"ETag", "\"abc-2\""}, {"Last-Modified", "Sat, 21 Nov 2026 12:00:00 GMT"},
                                     {"x-amz-checksum-crc64nvme", "AQIDBAUGBwg="}, {"x-amz-checksum-type", "FULL_OBJECT"},
                                     {"X-Amz-Meta-Packmule-Id", "00ff"}, {"x-amz-meta-colour", "=?UTF-8?B?Z3LDvG4=?="},
                                     {"x-amz-mp-parts-count", "2"}, {"x-amz-storage-class", "STANDARD_IA"}});
        Outcome<ObjectHead> outcome;
        t.call = t.store.headObject(kObject, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent.constFirst().method, QByteArray("HEAD"));
        QCOMPARE(header(t.transport.sent.constFirst(), "x-amz-checksum-mode"), QByteArray("ENABLED"));
        const ObjectHead &head = outcome.value();
        QCOMPARE(head.size, ByteCount(33554432));
        QCOMPARE(head.eTag, QByteArray("abc-2"));
        QVERIFY(head.lastModified == t.clock.wallNow());
        QVERIFY(head.checksum.algorithm == ChecksumAlgorithm::Crc64Nvme && !head.checksum.isComposite);
        QCOMPARE(head.metadata.value(0).second, QByteArray("00ff"));
        QCOMPARE(head.metadata.value(0).first, QByteArray("packmule-id"));
        QCOMPARE(head.metadata.value(1).second, QByteArray("grün"));
        QCOMPARE(head.partCount, 2);
    }

    void asksStoresWithoutChecksumsForNone()
    {
        StoreUnderTest t("https://s3.us-west-004.backblazeb2.com", "b2");
        t.transport.answer(200, {}, {{"Content-Length", "1"}});
        Outcome<ObjectHead> outcome;
        t.call = t.store.headObject(kObject, outcome.done());
        QVERIFY(outcome.wait());
        QVERIFY(!t.transport.sent.constFirst().headers.contains("x-amz-checksum-mode"));
    }

    void judgesRanges_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("contentRange");
        QTest::addColumn<QByteArray>("error");
        QTest::newRow("exact") << 206 << QByteArray("bytes 10-19/100") << QByteArray("none");
        QTest::newRow("object ends before") << 206 << QByteArray("bytes 10-14/15") << QByteArray("none");
        QTest::newRow("another range") << 206 << QByteArray("bytes 0-9/100") << QByteArray("malformedAnswer");
        QTest::newRow("shorter than asked") << 206 << QByteArray("bytes 10-15/100") << QByteArray("malformedAnswer");
        QTest::newRow("the whole object") << 200 << QByteArray() << QByteArray("malformedAnswer");
        QTest::newRow("no range named") << 206 << QByteArray() << QByteArray("malformedAnswer");
    }
    void judgesRanges()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, contentRange);
        QFETCH(QByteArray, error);
        StoreUnderTest t;
        t.transport.answer(status, "0123456789", {{"Content-Range", contentRange}, {"Content-Length", "10"}});
        QByteArray received;
        Outcome<ObjectHead> outcome;
        t.call = t.store.getObject(kObject, ByteRange{.first = 10, .last = 19},
                                   [&](const QByteArray &bytes) { received += bytes; }, outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), error);
        QCOMPARE(header(t.transport.sent.constFirst(), "Range"), QByteArray("bytes=10-19"));
        QCOMPARE(received, QByteArray("0123456789"));
    }

    void listsByProfile_data()
    {
        QTest::addColumn<QByteArray>("provider");
        QTest::addColumn<QByteArray>("target");
        QTest::newRow("version 2") << QByteArray("other") << QByteArray("/photos?list-type=2&continuation-token=t&delimiter=%2F&encoding-type=url&prefix=x%2F");
        QTest::newRow("version 1") << QByteArray("ceph") << QByteArray("/photos?marker=t&delimiter=%2F&prefix=x%2F");
    }
    void listsByProfile()
    {
        QFETCH(QByteArray, provider);
        StoreUnderTest t("https://store.example.com", provider);
        t.transport.answer(200, "<ListBucketResult/>");
        Outcome<ObjectPage> outcome;
        t.call = t.store.listObjects("photos", "x/", "/", "t", outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        QTEST(t.transport.sent.constFirst().target, "target");
    }

    void listsPartsAndUploads()
    {
        StoreUnderTest t("https://store.example.com", "minio");
        t.transport.answer(200, "<ListPartsResult/>");
        t.transport.answer(200, "<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
                                "<NextKeyMarker>a+b</NextKeyMarker><NextUploadIdMarker>u+1</NextUploadIdMarker>"
                                "<Upload><Key>a+b</Key><UploadId>u+1</UploadId><Initiator><ID>me</ID></Initiator>"
                                "<Initiated>2026-11-21T12:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>");
        Outcome<PartPage> parts;
        t.call = t.store.listParts(kObject, "u", 7, 1000, parts.done());
        QVERIFY(parts.wait());
        QCOMPARE(t.transport.sent[0].target, QByteArray("/photos/a%20b/c.jpg?max-parts=1000&part-number-marker=7&uploadId=u"));
        Outcome<UploadPage> uploads;
        t.call = t.store.listMultipartUploads("photos", "a", "k", "u", uploads.done());
        QVERIFY(uploads.wait());
        QCOMPARE(uploads.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent[1].target, QByteArray("/photos?uploads&encoding-type=url&key-marker=k&prefix=a&upload-id-marker=u"));
        const UnfinishedUpload upload = uploads.value().uploads.value(0);
        QCOMPARE(upload.object.key, QByteArray("a b"));
        QCOMPARE(upload.uploadId, QByteArray("u+1"));
        QCOMPARE(upload.initiatorId, QByteArray("me"));
        QVERIFY(upload.initiated == t.clock.wallNow());
        QCOMPARE(uploads.value().nextKeyMarker, QByteArray("a b"));
        QCOMPARE(uploads.value().nextUploadIdMarker, QByteArray("u+1"));
    }

    void readsUploadsAsCephListsThem()
    {
        // Asked for encoding-type=url it would encode Key without saying so, and "a%20b" be taken for the key itself.
        StoreUnderTest t;
        t.transport.answer(200, "<ListMultipartUploadsResult><NextKeyMarker>a b&#x01;%20</NextKeyMarker><IsTruncated>true</IsTruncated>"
                                "<NextUploadIdMarker>u</NextUploadIdMarker><Upload><Key>a b&#x01;%20</Key><UploadId>u</UploadId></Upload></ListMultipartUploadsResult>");
        Outcome<UploadPage> uploads;
        t.call = t.store.listMultipartUploads("photos", {}, {}, {}, uploads.done());
        QVERIFY(uploads.wait());
        QCOMPARE(t.transport.sent[0].target, QByteArray("/photos?uploads"));
        QCOMPARE(uploads.kind(), QByteArray("none"));
        QCOMPARE(uploads.value().uploads.value(0).object.key, QByteArray("a b\x01%20"));
        QCOMPARE(uploads.value().nextKeyMarker, QByteArray("a b\x01%20"));
    }

    void takesAGoneUploadForAborted()
    {
        StoreUnderTest t;
        t.transport.answer(404, errorXml("NoSuchUpload"));
        Outcome<void> outcome;
        t.call = t.store.abortMultipartUpload(kObject, "u", outcome.done());
        QVERIFY(outcome.wait());
        QCOMPARE(outcome.kind(), QByteArray("none"));
        QCOMPARE(t.transport.sent.constFirst().method, QByteArray("DELETE"));
    }

    void managesBuckets()
    {
        StoreUnderTest t("https://s3.eu-west-1.amazonaws.com", "aws");
        t.transport.answer(200, "<ListAllMyBucketsResult><Buckets><Bucket><Name>a</Name><CreationDate>2026-11-21T12:00:00Z</CreationDate></Bucket></Buckets></ListAllMyBucketsResult>");
        t.transport.answer(200);
        t.transport.answer(204);
        t.transport.answer(200, "<CORSConfiguration/>");
        Outcome<QList<BucketSummary>> buckets;
        t.call = t.store.listBuckets(buckets.done());
        QVERIFY(buckets.wait());
        QCOMPARE(buckets.value().value(0).name, QByteArray("a"));
        Outcome<void> created;
        t.call = t.store.createBucket("photos", created.done());
        QVERIFY(created.wait());
        QCOMPARE(t.transport.sent[1].origin.host, QByteArray("photos.s3.eu-west-1.amazonaws.com"));
        QVERIFY(t.transport.sent[1].body.contains("<LocationConstraint>eu-west-1</LocationConstraint>"));
        Outcome<void> deleted;
        t.call = t.store.deleteBucket("photos", deleted.done());
        QVERIFY(deleted.wait());
        QCOMPARE(t.transport.sent[2].method, QByteArray("DELETE"));
        Outcome<QByteArray> cors;
        t.call = t.store.bucketConfiguration("photos", "cors", cors.done());
        QVERIFY(cors.wait());
        QCOMPARE(t.transport.sent[3].target, QByteArray("/?cors"));
        QCOMPARE(cors.value(), QByteArray("<CORSConfiguration/>"));
        QCOMPARE(t.store.requestCount(), 4);
    }

    void encodesMetadataInWordsAndBack_data()
    {
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("ascii") << QByteArray("plain =?not a word?= text");
        QTest::newRow("short") << QByteArray("grün");
        QTest::newRow("long, whole characters in each word") << QByteArray("äöü€𝄞 ").repeated(40);
    }
    void encodesMetadataInWordsAndBack()
    {
        QFETCH(QByteArray, value);
        const QByteArray encoded = encodedMetadataValue(value);
        for (const QByteArray &word : encoded.split(' ')) {
            QVERIFY(word.size() <= 75);
            if (word.startsWith("=?UTF-8?B?"))
                QVERIFY(QByteArray::fromBase64(word.sliced(10, word.size() - 12)).isValidUtf8());
        }
        QCOMPARE(decodedMetadataValue(encoded), value);
    }

    void decodesQuotedWordsOfOthers()
    {
        QCOMPARE(decodedMetadataValue("=?utf-8?Q?gr=C3=BCn_&_100%?="), QByteArray("grün & 100%"));
        QCOMPARE(decodedMetadataValue("=?iso-8859-1?Q?gr=FCn?="), QByteArray("=?iso-8859-1?Q?gr=FCn?="));
    }
};

QTEST_GUILESS_MAIN(TestS3Requests)
#include "test_s3_requests.moc"
