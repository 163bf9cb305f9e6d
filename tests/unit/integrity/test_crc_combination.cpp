#include "core/integrity/Digest.h"

#include <QRandomGenerator>
#include <QTest>

using namespace packmule;
using namespace packmule::literals;

Q_DECLARE_METATYPE(packmule::ChecksumAlgorithm)

namespace {

QByteArray crcOf(ChecksumAlgorithm algorithm, QByteArrayView bytes)
{
    const auto digest = makeDigest(algorithm);
    digest->add(bytes);
    return digest->result();
}

QByteArray randomText(QRandomGenerator &random, qsizetype size)
{
    QByteArray bytes(size, '\0');
    for (char &byte : bytes)
        byte = static_cast<char>(random.generate());
    return bytes;
}

/// The CRC of that many zero bytes, only by feeding zeros: the slow road that the combination must agree with.
QByteArray crcOfZeros(ChecksumAlgorithm algorithm, ByteCount size)
{
    const QByteArray zeros(16 << 20, '\0');
    const auto digest = makeDigest(algorithm);
    for (qint64 left = size.value(); left > 0; left -= zeros.size())
        digest->add(QByteArrayView(zeros).first(qMin<qint64>(left, zeros.size())));
    return digest->result();
}

}  // namespace

class TestCrcCombination : public QObject
{
    Q_OBJECT

    static void addAlgorithms()
    {
        QTest::addColumn<ChecksumAlgorithm>("algorithm");
        QTest::newRow("crc64nvme") << ChecksumAlgorithm::Crc64Nvme;
        QTest::newRow("crc32c") << ChecksumAlgorithm::Crc32c;
        QTest::newRow("crc32") << ChecksumAlgorithm::Crc32;
    }

private Q_SLOTS:
    void randomSplitsCombineToTheWhole_data() { addAlgorithms(); }
    void randomSplitsCombineToTheWhole()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        QRandomGenerator random(20261121);
        for (int round = 0; round < 300; ++round) {
            const QByteArray bytes = randomText(random, random.bounded(5000));
            const qsizetype split = random.bounded(static_cast<int>(bytes.size()) + 1);
            const QByteArrayView a = QByteArrayView(bytes).first(split);
            const QByteArrayView b = QByteArrayView(bytes).sliced(split);
            QCOMPARE(combineCrc(algorithm, crcOf(algorithm, a), crcOf(algorithm, b), ByteCount(b.size())), crcOf(algorithm, bytes));
        }
    }

    void anEmptySecondHalfChangesNothing_data() { addAlgorithms(); }
    void anEmptySecondHalfChangesNothing()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        const QByteArray a = crcOf(algorithm, "some bytes");
        QCOMPARE(combineCrc(algorithm, a, crcOf(algorithm, ""), 0_B), a);
    }

    void anEmptyFirstHalfIsNeutral_data() { addAlgorithms(); }
    void anEmptyFirstHalfIsNeutral()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        const QByteArray b = crcOf(algorithm, "x");
        QCOMPARE(combineCrc(algorithm, crcOf(algorithm, ""), b, 1_B), b);
    }

    void orderMatters_data() { addAlgorithms(); }
    void orderMatters()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        const QByteArray a = crcOf(algorithm, "first");
        const QByteArray b = crcOf(algorithm, "other");
        QVERIFY(combineCrc(algorithm, a, b, 5_B) != combineCrc(algorithm, b, a, 5_B));
    }

    void tenThousandPartsFoldIntoOneObject_data() { addAlgorithms(); }
    void tenThousandPartsFoldIntoOneObject()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        QRandomGenerator random(7);
        const QByteArray bytes = randomText(random, 10'000 * 17 - 5);
        QByteArray folded = crcOf(algorithm, "");
        for (qsizetype at = 0; at < bytes.size(); at += 17) {
            const QByteArrayView part = QByteArrayView(bytes).sliced(at, qMin<qsizetype>(17, bytes.size() - at));
            folded = combineCrc(algorithm, folded, crcOf(algorithm, part), ByteCount(part.size()));
        }
        QCOMPARE(folded, crcOf(algorithm, bytes));
    }

    void combiningIsAssociativeForTheLargestObjects_data()
    {
        QTest::addColumn<ChecksumAlgorithm>("algorithm");
        QTest::addColumn<qint64>("b");
        QTest::addColumn<qint64>("c");
        const qint64 part = (5_GiB).value();
        const qint64 object = (50_TiB).value();
        for (const auto &[name, algorithm] : {std::pair{"crc64nvme", ChecksumAlgorithm::Crc64Nvme},
                                              std::pair{"crc32c", ChecksumAlgorithm::Crc32c}, std::pair{"crc32", ChecksumAlgorithm::Crc32}}) {
            QTest::addRow("%s 5 GiB + 5 GiB", name) << algorithm << part << part;
            QTest::addRow("%s 4 GiB + 1", name) << algorithm << (4_GiB).value() << qint64(1);
            QTest::addRow("%s 50 TiB + 5 GiB - 1", name) << algorithm << object << part - 1;
        }
    }
    void combiningIsAssociativeForTheLargestObjects()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        QFETCH(qint64, b);
        QFETCH(qint64, c);
        // The lengths are claims only: associativity holds for any register values if the powers of x are right.
        const QByteArray crcA = crcOf(algorithm, "a"), crcB = crcOf(algorithm, "bb"), crcC = crcOf(algorithm, "ccc");
        const QByteArray left = combineCrc(algorithm, combineCrc(algorithm, crcA, crcB, ByteCount(b)), crcC, ByteCount(c));
        const QByteArray right = combineCrc(algorithm, crcA, combineCrc(algorithm, crcB, crcC, ByteCount(c)), ByteCount(b + c));
        QCOMPARE(left, right);
    }

    void lengthsBeyondFourGibibytesAgreeWithFedZeros_data() { addAlgorithms(); }
    void lengthsBeyondFourGibibytesAgreeWithFedZeros()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        const ByteCount size = 4_GiB + 12345_B;
        const QByteArray zeros = crcOfZeros(algorithm, size);
        // Doubling from one zero byte to 2^32 of them, then the rest.
        QByteArray doubled = crcOfZeros(algorithm, 1_B);
        for (ByteCount length = 1_B; length < 4_GiB; length += length)
            doubled = combineCrc(algorithm, doubled, doubled, length);
        const ByteCount rest = 12345_B;
        QCOMPARE(combineCrc(algorithm, doubled, crcOfZeros(algorithm, rest), rest), zeros);
        QCOMPARE(combineCrc(algorithm, crcOfZeros(algorithm, rest), doubled, 4_GiB), zeros);
    }
};

QTEST_GUILESS_MAIN(TestCrcCombination)
#include "test_crc_combination.moc"
