#include "app/cli/CompositeGuess.h"

#include <QTest>

using namespace packmule;
using namespace packmule::literals;

class TestCompositeGuess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePartSizeOfEveryToolIsAmongTheGuesses_data()
    {
        QTest::addColumn<qint64>("fileMiB");
        QTest::addColumn<qint64>("partMiB");
        QTest::newRow("packmule") << qint64(100) << qint64(16);
        QTest::newRow("aws-cli") << qint64(100) << qint64(8);
        QTest::newRow("rclone") << qint64(101) << qint64(5);
        QTest::newRow("s3cmd") << qint64(100) << qint64(15);
        QTest::newRow("a large file with a raised size") << qint64(400'000) << qint64(40);
    }
    void thePartSizeOfEveryToolIsAmongTheGuesses()
    {
        QFETCH(qint64, fileMiB);
        QFETCH(qint64, partMiB);
        const ByteCount size = 1_MiB * fileMiB + 1_B;
        const int parts = static_cast<int>((size.value() + (partMiB << 20) - 1) / (partMiB << 20));
        const auto sizes = likelyPartSizes(size, parts, 6);
        QVERIFY(sizes.contains(1_MiB * partMiB));
        QVERIFY(sizes.size() <= 6);
    }
    void aPartCountThatNoSizeGivesHasNoGuess()
    {
        QVERIFY(likelyPartSizes(1_MiB, 10'000, 6).isEmpty());
    }
    void compositesOfSeveralSizesComeFromOneReading()
    {
        const QByteArray content = QByteArray(3000, 'a') + QByteArray(1500, 'b');
        CompositeDigests digests(ChecksumAlgorithm::Md5, {ByteCount(1000), ByteCount(4500), ByteCount(4000)});
        for (qsizetype at = 0; at < content.size(); at += 700)
            digests.add(QByteArrayView(content).sliced(at, std::min<qsizetype>(700, content.size() - at)));
        const auto expected = [&content](qsizetype partSize) {
            QByteArray hashes;
            for (qsizetype at = 0; at < content.size(); at += partSize)
                hashes += md5(QByteArrayView(content).sliced(at, std::min(partSize, content.size() - at)));
            return md5(hashes);
        };
        QCOMPARE(digests.results(), (QList<QByteArray>{expected(1000), expected(4500), expected(4000)}));
    }
};

int main(int argc, char **argv)
{
    const CryptoLibrary crypto;
    TestCompositeGuess test;
    return QTest::qExec(&test, argc, argv);
}

#include "test_composite_guess.moc"
