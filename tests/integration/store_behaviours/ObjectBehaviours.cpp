#include "tests/integration/store_behaviours/ObjectBehaviours.h"

#include "core/integrity/Digest.h"
#include "core/s3/S3Requests.h"

#include <QTest>

namespace packmule {

namespace {

constexpr int kSize = 100'000;

QByteArray metadataValue(const ObjectHead &head, const QByteArray &name)
{
    for (const auto &[key, value] : head.metadata) {
        if (key == name)
            return value;
    }
    return "nothing";
}

}  // namespace

void ObjectBehaviours::aPutObjectComesBackByteForByte()
{
    const QByteArray bytes = randomBytes(kSize);
    const auto stored = m_store.put("put/film.bin", bytes, {}, settingsWith("video/x-test"));
    BEHAVES("put", answerOf(stored), "ok");
    BEHAVES("put: ETag", stored->eTag, md5(bytes).toHex());

    const auto head = m_store.head("put/film.bin");
    BEHAVES("head", answerOf(head), "ok");
    QCOMPARE(head->size, ByteCount(kSize));
    QCOMPARE(head->eTag, stored->eTag);
    BEHAVES("head: content type", head->contentType, "video/x-test");
    QVERIFY(head->lastModified != WallTime{});

    const auto fetched = m_store.get("put/film.bin");
    BEHAVES("get", answerOf(fetched), "ok");
    QVERIFY(fetched->bytes == bytes);
    QCOMPARE(fetched->head.size, ByteCount(kSize));
}

void ObjectBehaviours::anEmptyObjectIsAnObject()
{
    const auto stored = m_store.put("put/empty", {});
    BEHAVES("put: nothing", answerOf(stored), "ok");
    BEHAVES("put: ETag of nothing", stored->eTag, md5({}).toHex());
    const auto head = m_store.head("put/empty");
    BEHAVES("head: nothing", answerOf(head), "ok");
    QCOMPARE(head->size, ByteCount(0));
    const auto fetched = m_store.get("put/empty");
    BEHAVES("get: nothing", answerOf(fetched), "ok");
    QCOMPARE(fetched->bytes, QByteArray());
}

void ObjectBehaviours::aSecondPutReplacesTheFirst()
{
    QVERIFY(m_store.put("put/twice", "the first one, and the longer"));
    BEHAVES("put: over an object", answerOf(m_store.put("put/twice", "the second")), "ok");
    BEHAVES("put: what is there after a second", m_store.contentOf("put/twice"), "the second");
}

void ObjectBehaviours::aRangeBringsItsBytesOnly_data()
{
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    QTest::addColumn<int>("size");
    QTest::newRow("the first byte") << 0 << 0 << 1;
    QTest::newRow("the middle") << 1'000 << 69'999 << 69'000;
    QTest::newRow("the last byte") << kSize - 1 << kSize - 1 << 1;
    QTest::newRow("beyond the end") << kSize - 10 << kSize + 10 << 10;
}

void ObjectBehaviours::aRangeBringsItsBytesOnly()
{
    QFETCH(int, first);
    QFETCH(int, last);
    QFETCH(int, size);
    const QByteArray bytes = randomBytes(kSize);
    QVERIFY(m_store.put("range.bin", bytes));
    const auto fetched = m_store.get("range.bin", ByteRange{first, last});
    BEHAVES(QByteArray("range: ") + QTest::currentDataTag(), answerOf(fetched), "ok");
    QCOMPARE(fetched->bytes.size(), size);
    QVERIFY(fetched->bytes == bytes.sliced(first, size));
    QCOMPARE(fetched->head.size, ByteCount(kSize));
}

void ObjectBehaviours::aRangeBehindTheEndIsRefused()
{
    QVERIFY(m_store.put("range.bin", "ten bytes."));
    BEHAVES("range: behind the end", answerOf(m_store.get("range.bin", ByteRange{10, 20})), "serviceRefused 416 InvalidRange");
}

void ObjectBehaviours::checksumsAreEchoedAndKept_data()
{
    QTest::addColumn<ChecksumAlgorithm>("algorithm");
    QTest::newRow("CRC64NVME") << ChecksumAlgorithm::Crc64Nvme;
    QTest::newRow("CRC32C") << ChecksumAlgorithm::Crc32c;
    QTest::newRow("CRC32") << ChecksumAlgorithm::Crc32;
    QTest::newRow("SHA256") << ChecksumAlgorithm::Sha256;
}

void ObjectBehaviours::checksumsAreEchoedAndKept()
{
    QFETCH(ChecksumAlgorithm, algorithm);
    const QByteArray behaviour = QByteArray("put with ") + QTest::currentDataTag();
    const QByteArray bytes = randomBytes(kSize);
    const QByteArray key = behaviour + ".bin";
    const auto stored = m_store.put(key, bytes, {.algorithm = algorithm});
    BEHAVES(behaviour, answerOf(stored), "ok");
    const auto head = m_store.head(key);
    QVERIFY(head);
    const Checksum expected{.algorithm = algorithm, .rawBytes = digestOf(algorithm, bytes)};
    const QByteArray kept = head->checksum.isEmpty() ? "none" : head->checksum == expected ? "the same" : "another";
    BEHAVES(behaviour + ": told by PutObject, by HeadObject",
            QByteArray(stored->checksumEchoed ? "the same" : "none") + ", " + kept, "the same, the same");
}

void ObjectBehaviours::aWrongDigestIsRefusedAndStoresNothing_data()
{
    QTest::addColumn<ChecksumAlgorithm>("algorithm");
    QTest::addColumn<QByteArray>("refusal");
    QTest::newRow("CRC64NVME") << ChecksumAlgorithm::Crc64Nvme << QByteArray("bodyMismatch 400 BadDigest");
    QTest::newRow("CRC32C") << ChecksumAlgorithm::Crc32c << QByteArray("bodyMismatch 400 BadDigest");
    QTest::newRow("CRC32") << ChecksumAlgorithm::Crc32 << QByteArray("bodyMismatch 400 BadDigest");
    QTest::newRow("SHA256") << ChecksumAlgorithm::Sha256 << QByteArray("bodyMismatch 400 BadDigest");
    QTest::newRow("Content-MD5") << ChecksumAlgorithm::Md5 << QByteArray("bodyMismatch 400 BadDigest");
    QTest::newRow("signed hash") << ChecksumAlgorithm::None << QByteArray("bodyMismatch 400 XAmzContentSHA256Mismatch");
}

void ObjectBehaviours::aWrongDigestIsRefusedAndStoresNothing()
{
    QFETCH(ChecksumAlgorithm, algorithm);
    QFETCH(QByteArray, refusal);
    const QByteArray behaviour = QByteArray("put with a wrong ") + QTest::currentDataTag();
    const bool isHash = algorithm == ChecksumAlgorithm::None;
    const BodyProof lie{.algorithm = algorithm, .isChecksumWrong = !isHash, .isPayloadHashWrong = isHash};
    const QByteArray answer = answerOf(m_store.put(behaviour, "some bytes", lie));
    BEHAVES(behaviour, answer + ", " + m_store.presenceOf(behaviour), refusal + ", nothing there");
}

void ObjectBehaviours::aPutThatMustNotOverwriteDoesNot()
{
    BEHAVES("put If-None-Match: nothing there", answerOf(m_store.put("put/once", "the first", {}, {}, true)), "ok");
    BEHAVES("put If-None-Match: an object there", answerOf(m_store.put("put/once", "the second", {}, {}, true)),
            "preconditionFailed 412 PreconditionFailed");
    BEHAVES("put If-None-Match: what is there", m_store.contentOf("put/once"), "the first");
}

void ObjectBehaviours::aDeletedObjectIsGone()
{
    QVERIFY(m_store.put("delete/me", "soon gone"));
    BEHAVES("delete", answerOf(m_store.remove("delete/me")), "ok");
    BEHAVES("delete: head", m_store.presenceOf("delete/me"), "nothing there");
    BEHAVES("delete: get", m_store.contentOf("delete/me"), "noSuchKey 404 NoSuchKey");
}

void ObjectBehaviours::deletingWhatIsNotThereIsNoError()
{
    BEHAVES("delete: nothing there", answerOf(m_store.remove("delete/never-there")), "ok");
}

void ObjectBehaviours::whatIsNotThereIsNamed()
{
    BEHAVES("head: no object", answerOf(m_store.head("never/there")), "noSuchKey 404");
    BEHAVES("get: no object", m_store.contentOf("never/there"), "noSuchKey 404 NoSuchKey");
    StoreAccess elsewhere = m_store.access();
    elsewhere.bucket = "packmule-no-such-bucket";
    StoreSession noBucket(elsewhere);
    BEHAVES("put: no bucket", answerOf(noBucket.put("film.bin", "bytes")), "noSuchBucket 404 NoSuchBucket");
    BEHAVES("get: no bucket", noBucket.contentOf("film.bin"), "noSuchBucket 404 NoSuchBucket");
    BEHAVES("list: no bucket", answerOf(noBucket.objects({})), "noSuchBucket 404 NoSuchBucket");
}

void ObjectBehaviours::theClientTokenComesBack()
{
    const QByteArray token = randomBytes(16).toHex();
    QVERIFY(m_store.put("token.bin", "bytes", {}, settingsWith({}, {{kTokenMetadataName, token}})));
    const auto head = m_store.head("token.bin");
    QVERIFY(head);
    BEHAVES("metadata: client token", metadataValue(*head, kTokenMetadataName) == token ? "the same" : "another", "the same");
}

void ObjectBehaviours::metadataBeyondAsciiComesBack()
{
    const QByteArray value = "Gr\xC3\xBC\xC3\x9F" "e, 日本 \xF0\x9F\x90\xB4";
    const auto stored = m_store.put("metadata.bin", "bytes", {}, settingsWith({}, {{"greeting", value}}));
    BEHAVES("metadata: not ASCII", answerOf(stored), "ok");
    const auto head = m_store.head("metadata.bin");
    QVERIFY(head);
    BEHAVES("metadata: not ASCII, read again", metadataValue(*head, "greeting"), value);
}

void ObjectBehaviours::aWrongSecretIsRefused()
{
    StoreAccess stranger = m_store.access();
    stranger.secretAccessKey += "x";
    StoreSession strange(stranger);
    const QByteArray answer = answerOf(strange.put("by-a-stranger", "bytes"));
    BEHAVES("wrong secret", answer + ", " + m_store.presenceOf("by-a-stranger"),
            "credentialsRefused 403 SignatureDoesNotMatch, nothing there");
}

}  // namespace packmule
