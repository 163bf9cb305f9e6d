#include "core/integrity/Digest.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace packmule;

Q_DECLARE_METATYPE(packmule::ChecksumAlgorithm)

namespace {

QByteArray digestOf(ChecksumAlgorithm algorithm, QByteArrayView bytes)
{
    const auto digest = makeDigest(algorithm);
    digest->add(bytes);
    return digest->result();
}

QByteArray countingBytes(qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (qsizetype i = 0; i < size; ++i)
        bytes[i] = static_cast<char>((i * 131) >> 3);
    return bytes;
}

}  // namespace

class TestDigest : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;

private Q_SLOTS:
    void everyProviderIsThere() { QCOMPARE(m_crypto.missingProvider(), QString()); }

    void digestsEqualThePublishedVectors_data()
    {
        QTest::addColumn<ChecksumAlgorithm>("algorithm");
        QTest::addColumn<QByteArray>("input");
        QTest::addColumn<QByteArray>("hex");
        const QByteArray check("123456789");
        // Check values: the RevEng catalogue of CRC algorithms; SHA: FIPS 180-4 examples; MD5: RFC 1321, A.5.
        QTest::newRow("crc64nvme") << ChecksumAlgorithm::Crc64Nvme << check << QByteArray("ae8b14860a799888");
        QTest::newRow("crc64nvme, nothing") << ChecksumAlgorithm::Crc64Nvme << QByteArray() << QByteArray("0000000000000000");
        QTest::newRow("crc32c") << ChecksumAlgorithm::Crc32c << check << QByteArray("e3069283");
        QTest::newRow("crc32c, 32 zeros, RFC 3720 B.4") << ChecksumAlgorithm::Crc32c << QByteArray(32, '\0') << QByteArray("8a9136aa");
        QTest::newRow("crc32c, nothing") << ChecksumAlgorithm::Crc32c << QByteArray() << QByteArray("00000000");
        QTest::newRow("crc32") << ChecksumAlgorithm::Crc32 << check << QByteArray("cbf43926");
        QTest::newRow("crc32, nothing") << ChecksumAlgorithm::Crc32 << QByteArray() << QByteArray("00000000");
        QTest::newRow("sha256") << ChecksumAlgorithm::Sha256 << QByteArray("abc")
                                << QByteArray("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        QTest::newRow("sha256, nothing") << ChecksumAlgorithm::Sha256 << QByteArray()
                                         << QByteArray("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        QTest::newRow("sha256, a million a") << ChecksumAlgorithm::Sha256 << QByteArray(1'000'000, 'a')
                                             << QByteArray("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
        QTest::newRow("sha1") << ChecksumAlgorithm::Sha1 << QByteArray("abc") << QByteArray("a9993e364706816aba3e25717850c26c9cd0d89d");
        QTest::newRow("md5") << ChecksumAlgorithm::Md5 << QByteArray("abc") << QByteArray("900150983cd24fb0d6963f7d28e17f72");
        QTest::newRow("md5, nothing") << ChecksumAlgorithm::Md5 << QByteArray() << QByteArray("d41d8cd98f00b204e9800998ecf8427e");
    }
    void digestsEqualThePublishedVectors()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        QFETCH(QByteArray, input);
        QFETCH(QByteArray, hex);
        QCOMPARE(digestOf(algorithm, input).toHex(), hex);
    }

    void digestDoesNotDependOnTheSizesOfThePieces_data()
    {
        QTest::addColumn<ChecksumAlgorithm>("algorithm");
        QTest::newRow("crc64nvme") << ChecksumAlgorithm::Crc64Nvme;
        QTest::newRow("crc32c") << ChecksumAlgorithm::Crc32c;
        QTest::newRow("crc32") << ChecksumAlgorithm::Crc32;
        QTest::newRow("sha256") << ChecksumAlgorithm::Sha256;
        QTest::newRow("sha1") << ChecksumAlgorithm::Sha1;
        QTest::newRow("md5") << ChecksumAlgorithm::Md5;
    }
    void digestDoesNotDependOnTheSizesOfThePieces()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        const QByteArray bytes = countingBytes(300'001);
        const auto digest = makeDigest(algorithm);
        qsizetype at = 0;
        for (qsizetype step = 0; at < bytes.size(); step = step * 3 + 1) {
            const qsizetype size = qMin(step, bytes.size() - at);
            digest->add(QByteArrayView(bytes).sliced(at, size));
            at += size;
        }
        QCOMPARE(digest->result().toHex(), digestOf(algorithm, bytes).toHex());
    }

    void hmacEqualsRfc4231_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QByteArray>("message");
        QTest::addColumn<QByteArray>("hex");
        QTest::newRow("case 1") << QByteArray(20, '\x0b') << QByteArray("Hi There")
                                << QByteArray("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
        QTest::newRow("case 2") << QByteArray("Jefe") << QByteArray("what do ya want for nothing?")
                                << QByteArray("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
        QTest::newRow("case 3") << QByteArray(20, '\xaa') << QByteArray(50, '\xdd')
                                << QByteArray("773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
        QTest::newRow("case 6") << QByteArray(131, '\xaa') << QByteArray("Test Using Larger Than Block-Size Key - Hash Key First")
                                << QByteArray("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
        QTest::newRow("case 7") << QByteArray(131, '\xaa')
                                << QByteArray("This is a test using a larger than block-size key and a larger than block-size data. "
                                              "The key needs to be hashed before being used by the HMAC algorithm.")
                                << QByteArray("9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
        // As Python's hmac module answers.
        QTest::newRow("empty key and message") << QByteArray() << QByteArray()
                                               << QByteArray("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }
    void hmacEqualsRfc4231()
    {
        QFETCH(QByteArray, key);
        QFETCH(QByteArray, message);
        QFETCH(QByteArray, hex);
        QCOMPARE(hmacSha256(key, message).toHex(), hex);
    }

    void hmacSha1EqualsRfc2202()
    {
        QCOMPARE(hmacSha1(QByteArray("Jefe"), "what do ya want for nothing?").toHex(),
                 QByteArray("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"));
    }

    void randomBytesHaveTheLengthAndDoNotRepeat()
    {
        QCOMPARE(randomBytes(0).size(), 0);
        QCOMPARE(randomBytes(7).size(), 7);
        QVERIFY(randomBytes(16) != randomBytes(16));
    }

    void threadsDigestSideBySide()
    {
        const QByteArray bytes = countingBytes(200'000);
        const QByteArray expected = digestOf(ChecksumAlgorithm::Sha256, bytes);
        const QByteArray expectedCode = hmacSha256(QByteArray("key"), bytes);
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 4; ++i) {
                threads.emplace_back([&] {
                    for (int round = 0; round < 50; ++round) {
                        wrong += digestOf(ChecksumAlgorithm::Sha256, bytes) != expected;
                        wrong += hmacSha256(QByteArray("key"), bytes) != expectedCode;
                    }
                });
            }
        }
        QCOMPARE(wrong.load(), 0);
    }

    // A report, not a limit: the machine may be busy.
    void speedOfSha256AndHmac()
    {
        const QByteArray bytes = countingBytes(32 << 20);
        QElapsedTimer timer;
        timer.start();
        static_cast<void>(sha256(bytes));
        qInfo("SHA-256: %.0f MB/s", double(bytes.size()) * 1e3 / double(timer.nsecsElapsed()));
        timer.restart();
        static_cast<void>(digestOf(ChecksumAlgorithm::Crc64Nvme, bytes));
        qInfo("CRC64NVME: %.0f MB/s", double(bytes.size()) * 1e3 / double(timer.nsecsElapsed()));
        timer.restart();
        for (int i = 0; i < 1000; ++i)
            static_cast<void>(hmacSha256(QByteArray(32, 'k'), QByteArrayView(bytes).first(200)));
        qInfo("HMAC-SHA256 of 200 bytes: %.1f us", double(timer.nsecsElapsed()) / 1e6);
    }
};

QTEST_GUILESS_MAIN(TestDigest)
#include "test_digest.moc"
