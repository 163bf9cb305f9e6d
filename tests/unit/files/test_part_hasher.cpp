#include "core/files/PartHasher.h"
#include "core/integrity/Digest.h"

#include "tests/unit/files/FileTree.h"

#include <QCoreApplication>
#include <QSemaphore>
#include <QTest>
#include <QThread>

#include <unistd.h>

#include <atomic>

using namespace packmule;
using namespace packmule::literals;

namespace {

/// Endless zeros, whose reads wait for a permit each: a test can hold a slice in its middle.
class HeldFile final : public SourceFile
{
public:
    const QByteArray &path() const override { return m_path; }
    const SourceIdentity &identity() const override { return m_identity; }
    Result<void> check() const override { return {}; }
    Result<qint64> read(char *buffer, qint64 maxSize, qint64) const override
    {
        ++reads;
        permits.acquire();
        memset(buffer, 0, size_t(maxSize));
        return maxSize;
    }
    std::unique_ptr<QIODevice> window(qint64, ByteCount) override { return nullptr; }

    mutable std::atomic<int> reads = 0;
    mutable QSemaphore permits;

private:
    QByteArray m_path = "held";
    SourceIdentity m_identity;
};

const IntegrityPlan kCrcOnly{.algorithm = ChecksumAlgorithm::Crc64Nvme, .signPayload = false};

QByteArray digestOf(ChecksumAlgorithm algorithm, QByteArrayView bytes)
{
    const auto digest = makeDigest(algorithm);
    digest->add(bytes);
    return digest->result();
}

}  // namespace

class TestPartHasher : public QObject
{
    Q_OBJECT

private:
    CryptoLibrary m_crypto;
    FileTree m_tree;
    std::unique_ptr<PartHasher> m_hasher;
    QByteArray m_content;

    std::shared_ptr<SourceFile> opened(const QByteArray &name) { return SourceFile::open(m_tree.path(name), false).value(); }

private Q_SLOTS:
    void initTestCase()
    {
        m_content.resize(3'000'001);
        for (qsizetype i = 0; i < m_content.size(); ++i)
            m_content[i] = static_cast<char>(i * 7 + (i >> 9));
        m_tree.file("a", m_content);
    }
    void init() { m_hasher = makePooledPartHasher(2); }
    void cleanup() { m_hasher.reset(); }

    void computesWhatThePlanAsksFor_data()
    {
        QTest::addColumn<ChecksumAlgorithm>("algorithm");
        QTest::addColumn<bool>("signPayload");
        QTest::newRow("crc64nvme") << ChecksumAlgorithm::Crc64Nvme << false;
        QTest::newRow("crc32c and signed") << ChecksumAlgorithm::Crc32c << true;
        QTest::newRow("md5 and signed") << ChecksumAlgorithm::Md5 << true;
        QTest::newRow("sha256 both ways") << ChecksumAlgorithm::Sha256 << true;
        QTest::newRow("only signed") << ChecksumAlgorithm::None << true;
        QTest::newRow("nothing") << ChecksumAlgorithm::None << false;
    }
    void computesWhatThePlanAsksFor()
    {
        QFETCH(ChecksumAlgorithm, algorithm);
        QFETCH(bool, signPayload);
        const QByteArrayView slice = QByteArrayView(m_content).sliced(1000, 2'500'000);
        std::optional<Result<BodyDigests>> answer;
        const auto handle = m_hasher->hash(opened("a"), 1000, ByteCount(slice.size()), {.algorithm = algorithm, .signPayload = signPayload},
                                           [&](Result<BodyDigests> digests) { answer = digests; });
        QVERIFY(!answer);
        QTRY_VERIFY(answer);
        QVERIFY(*answer);
        QCOMPARE((*answer)->checksum.algorithm, algorithm);
        QCOMPARE((*answer)->checksum.rawBytes, algorithm == ChecksumAlgorithm::None ? QByteArray() : digestOf(algorithm, slice));
        QCOMPARE((*answer)->sha256, signPayload ? sha256(slice) : QByteArray());
    }

    void anEmptySliceHasTheDigestsOfNothing()
    {
        std::optional<Result<BodyDigests>> answer;
        const auto handle = m_hasher->hash(opened("a"), 0, 0_B, {.algorithm = ChecksumAlgorithm::Crc32c, .signPayload = true},
                                           [&](Result<BodyDigests> digests) { answer = digests; });
        QTRY_VERIFY(answer);
        QCOMPARE((*answer)->checksum.rawBytes.toHex(), QByteArray("00000000"));
        QCOMPARE((*answer)->sha256, sha256(""));
    }

    void answersOnTheThreadThatAsked()
    {
        QThread *answered = nullptr;
        const auto handle = m_hasher->hash(opened("a"), 0, 10_B, kCrcOnly, [&](const Result<BodyDigests> &) { answered = QThread::currentThread(); });
        QTRY_VERIFY(answered);
        QCOMPARE(answered, QThread::currentThread());
    }

    /// The pool reads through a mapping, and a page that is not there any more is a signal and not an error.
    void aFileThatIsCutWhileItIsHashedIsAChangedSource_data()
    {
        QTest::addColumn<qint64>("newSize");
        QTest::newRow("to nothing") << qint64(0);
        QTest::newRow("within the mapping") << qint64(2'500'000);
        QTest::newRow("within the last page") << qint64(3 * 1024 * 1024 - 100);
    }
    void aFileThatIsCutWhileItIsHashedIsAChangedSource()
    {
        QFETCH(qint64, newSize);
        m_tree.file("cut", QByteArray(3 * 1024 * 1024, 'x'));
        const auto file = opened("cut");
        std::optional<Result<BodyDigests>> answer;
        QCOMPARE(::truncate(m_tree.path("cut").constData(), newSize), 0);
        const auto handle = m_hasher->hash(file, 0, 3_MiB, kCrcOnly, [&](Result<BodyDigests> digests) { answer = digests; });
        QTRY_VERIFY(answer);
        QVERIFY(!*answer);
        QCOMPARE(answer->error().kind, ErrorKind::SourceChanged);
        QVERIFY2(answer->error().detail.contains(QLatin1String("shorter")), qPrintable(answer->error().detail));
        // And the pool still works.
        std::optional<Result<BodyDigests>> next;
        const auto other = m_hasher->hash(opened("a"), 0, 2'500'000_B, kCrcOnly, [&](Result<BodyDigests> digests) { next = digests; });
        QTRY_VERIFY(next);
        QCOMPARE((*next)->checksum.rawBytes, digestOf(ChecksumAlgorithm::Crc64Nvme, QByteArrayView(m_content).first(2'500'000)));
    }

    void aWindowSaysWhenItsBytesWereNotTheFiles()
    {
        m_tree.file("window", QByteArray(1024 * 1024, 'x'));
        const auto file = opened("window");
        const auto window = file->map(1000, 1'000'000);
        QVERIFY(window);
        qsizetype count = 0;
        QVERIFY(window->pass([&](QByteArrayView bytes) { count = bytes.count('x'); }));
        QCOMPARE(count, qsizetype(1'000'000));
        QVERIFY(!window->pass([&](QByteArrayView bytes) {
            QCOMPARE(bytes.at(0), 'x');
            QCOMPARE(::truncate(m_tree.path("window").constData(), 500'000), 0);  // in the middle of the reading
            count = bytes.count('x');
        }));
        QVERIFY(count < 510'000);
    }

    void aSliceBeyondTheEndIsAChangedSource()
    {
        std::optional<Result<BodyDigests>> answer;
        const auto handle = m_hasher->hash(opened("a"), 2'999'999, 10_B, kCrcOnly, [&](Result<BodyDigests> digests) { answer = digests; });
        QTRY_VERIFY(answer);
        QVERIFY(!*answer);
        QCOMPARE(answer->error().kind, ErrorKind::SourceChanged);
    }

    void manySlicesEachGetTheirOwnAnswer()
    {
        const auto file = opened("a");
        QList<QByteArray> answers(300);
        std::vector<CallHandle> handles;
        int count = 0;
        for (int i = 0; i < 300; ++i) {
            handles.push_back(m_hasher->hash(file, i * 10'000, 10'000_B, kCrcOnly, [&, i](const Result<BodyDigests> &digests) {
                answers[i] = digests->checksum.rawBytes;
                ++count;
            }));
        }
        QTRY_COMPARE(count, 300);
        QByteArray whole = digestOf(ChecksumAlgorithm::Crc64Nvme, "");
        for (const QByteArray &crc : answers)
            whole = combineCrc(ChecksumAlgorithm::Crc64Nvme, whole, crc, 10'000_B);
        QCOMPARE(whole, digestOf(ChecksumAlgorithm::Crc64Nvme, QByteArrayView(m_content).first(3'000'000)));
    }

    void aDroppedHandleEndsItsSliceInTheMiddle()
    {
        const auto file = std::make_shared<HeldFile>();
        bool answered = false;
        auto handle = m_hasher->hash(file, 0, 5_GiB, kCrcOnly, [&](const Result<BodyDigests> &) { answered = true; });
        QTRY_COMPARE(file->reads.load(), 1);
        handle.cancel();
        file->permits.release(1000);
        QTRY_COMPARE(file.use_count(), 1L);  // the pool has let go of it
        QCOMPARE(file->reads.load(), 1);
        QCoreApplication::sendPostedEvents();
        QVERIFY(!answered);
    }

    void aDroppedHandleTakesItsSliceOutOfTheQueue()
    {
        const auto busy = std::make_shared<HeldFile>();
        const auto first = m_hasher->hash(busy, 0, 1_B, kCrcOnly, [](const Result<BodyDigests> &) {});
        const auto second = m_hasher->hash(busy, 0, 1_B, kCrcOnly, [](const Result<BodyDigests> &) {});
        const auto file = std::make_shared<HeldFile>();
        auto waiting = m_hasher->hash(file, 0, 1_B, kCrcOnly, [](const Result<BodyDigests> &) { QFAIL("dropped"); });
        waiting.cancel();
        busy->permits.release(2);
        QTRY_COMPARE(file.use_count(), 1L);
        QCOMPARE(file->reads.load(), 0);
    }

    void anAnswerUnderWayIsSilencedByItsHandle()
    {
        const auto file = std::make_shared<HeldFile>();
        file->permits.release(1);
        auto handle = m_hasher->hash(file, 0, 1_B, kCrcOnly, [](const Result<BodyDigests> &) { QFAIL("dropped"); });
        // The pool ends without this thread's event loop having run, so its answer is in the mailbox now or will be.
        while (file->reads == 0)
            QThread::yieldCurrentThread();
        handle.cancel();
        bool later = false;
        file->permits.release(1);
        const auto next = m_hasher->hash(file, 0, 1_B, kCrcOnly, [&](const Result<BodyDigests> &) { later = true; });
        QTRY_VERIFY(later);
    }

    void doneMayDestroyTheHasher()
    {
        bool answered = false;
        const auto handle = m_hasher->hash(opened("a"), 0, 10_B, kCrcOnly, [&](const Result<BodyDigests> &) {
            m_hasher.reset();
            answered = true;
        });
        const auto other = m_hasher->hash(opened("a"), 0, 3'000'000_B, kCrcOnly, [](const Result<BodyDigests> &) {});
        QTRY_VERIFY(answered);
    }

    void destructionEndsWhatRunsAndSilencesIt()
    {
        const auto file = std::make_shared<HeldFile>();
        file->permits.release(100'000'000);
        const auto handle = m_hasher->hash(file, 0, 50_TiB, kCrcOnly, [](const Result<BodyDigests> &) { QFAIL("destroyed"); });
        QTRY_VERIFY(file->reads > 0);
        m_hasher.reset();
        QCOMPARE(file.use_count(), 1L);
        QCoreApplication::sendPostedEvents();
    }

    void aHandleMayOutliveTheHasher()
    {
        auto handle = m_hasher->hash(std::make_shared<HeldFile>(), 0, 0_B, kCrcOnly, [](const Result<BodyDigests> &) {});
        m_hasher.reset();
        handle.cancel();
    }
};

QTEST_GUILESS_MAIN(TestPartHasher)
#include "test_part_hasher.moc"
