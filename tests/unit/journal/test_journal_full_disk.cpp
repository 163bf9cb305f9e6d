#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>

#include <atomic>
#include <cerrno>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

using namespace packmule;
using namespace packmule::samples;

namespace {

/// The disk as the journal thread finds it: 0, or the errno of every write.
std::atomic<int> g_writeError = 0;
/// Whether removing the ballast cures a full disk.
std::atomic<bool> g_ballastHelps = false;

template<typename Function>
Function next(const char *name)
{
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

// These stand before the C library's for SQLite and for Ballast alike.
extern "C" {

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset)
{
    if (const int error = g_writeError) {
        errno = error;
        return -1;
    }
    return next<ssize_t (*)(int, const void *, size_t, off64_t)>("pwrite64")(descriptor, bytes, count, offset);
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset)
{
    return pwrite64(descriptor, bytes, count, offset);
}

int posix_fallocate(int descriptor, off_t offset, off_t length)
{
    if (const int error = g_writeError)
        return error;
    return next<int (*)(int, off_t, off_t)>("posix_fallocate")(descriptor, offset, length);
}

int unlink(const char *name) noexcept
{
    if (g_ballastHelps && QByteArrayView(name).endsWith(".ballast"))
        g_writeError = 0;
    return next<int (*)(const char *)>("unlink")(name);
}

}  // extern "C"

/// A full or failing disk is waited out; nothing that was given to the journal is lost.
class TestJournalFullDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void commitWaitsUntilThereIsRoom_data();
    void commitWaitsUntilThereIsRoom();
    void orderSurvivesTheWait();
    void ballastMakesRoomAtOnce();
    void readersAreAnsweredMeanwhile();
    void closingOnAFullDiskEndsAndSaysSo();
    void nothingHalfIsLeft();

private:
    void open(const JournalOptions &options);
    QString path() const { return m_folder->filePath(QStringLiteral("journal.db")); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<SqliteJournal> m_journal;
    QList<std::optional<Error>> m_troubles;
};

void TestJournalFullDisk::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    open({.firstRetry = Milliseconds(20), .longestRetry = Milliseconds(50)});
}

void TestJournalFullDisk::open(const JournalOptions &options)
{
    m_troubles.clear();
    m_journal.reset();
    auto opened = SqliteJournal::open(path(), options);
    QVERIFY(opened);
    m_journal = std::move(*opened);
    m_journal->onTrouble = [this](const std::optional<Error> &trouble) { m_troubles.append(trouble); };
    QVERIFY(QFileInfo(path() + QStringLiteral(".ballast")).size() == 1 << 20);
}

void TestJournalFullDisk::cleanup()
{
    g_ballastHelps = false;
    g_writeError = 0;
    m_journal.reset();
}

void TestJournalFullDisk::commitWaitsUntilThereIsRoom_data()
{
    QTest::addColumn<int>("writeError");
    QTest::addColumn<int>("kind");
    QTest::newRow("full") << ENOSPC << int(ErrorKind::DiskFull);
    QTest::newRow("broken") << EIO << int(ErrorKind::JournalUnavailable);
    QTest::newRow("quota") << EDQUOT << int(ErrorKind::JournalUnavailable);
}

void TestJournalFullDisk::commitWaitsUntilThereIsRoom()
{
    QFETCH(const int, writeError);
    g_writeError = writeError;
    bool isDone = false;
    const CallHandle handle = m_journal->commit({SaveTransfer{transfer(1)}}, [&](const Result<void> &result) { isDone = result.has_value(); });
    QTRY_COMPARE(m_troubles.size(), 1);
    QVERIFY(m_troubles[0]);
    QTEST(int(m_troubles[0]->kind), "kind");
    QVERIFY(m_troubles[0]->detail.contains(path()));
    QVERIFY(!isDone);
    g_writeError = 0;
    QTRY_VERIFY(isDone);
    QTRY_COMPARE(m_troubles.size(), 2);
    QVERIFY(!m_troubles[1]);
    QVERIFY(QFile::exists(path() + QStringLiteral(".ballast")));
    QCOMPARE(load(*m_journal)->liveTransfers.size(), 1);
}

void TestJournalFullDisk::orderSurvivesTheWait()
{
    g_writeError = ENOSPC;
    QList<int> order;
    const CallHandle first = m_journal->commit({SaveTransfer{bareTransfer(1, TransferState::Queued)}}, [&](const Result<void> &) { order.append(1); });
    QTRY_COMPARE(m_troubles.size(), 1);
    m_journal->record({SaveTransfer{bareTransfer(1, TransferState::Sending)}});
    const CallHandle second = m_journal->commit({SaveTransfer{bareTransfer(1, TransferState::Completing)}}, [&](const Result<void> &) { order.append(2); });
    g_writeError = 0;
    QTRY_COMPARE(order, (QList<int>{1, 2}));
    QCOMPARE(load(*m_journal)->liveTransfers.value(0).state, TransferState::Completing);
}

void TestJournalFullDisk::ballastMakesRoomAtOnce()
{
    open({.firstRetry = Milliseconds(3'600'000)});
    g_ballastHelps = true;
    g_writeError = ENOSPC;
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(1)}}));
    QVERIFY(!m_troubles.isEmpty());
    QCOMPARE(m_troubles[0]->kind, ErrorKind::DiskFull);
}

void TestJournalFullDisk::readersAreAnsweredMeanwhile()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(1)}}));
    g_writeError = ENOSPC;
    m_journal->record({SaveTransfer{transfer(2)}});
    const auto contents = load(*m_journal);
    QVERIFY(contents);
    QCOMPARE(idsOf(contents->liveTransfers), QList<TransferId>{1});
}

void TestJournalFullDisk::closingOnAFullDiskEndsAndSaysSo()
{
    g_writeError = ENOSPC;
    std::optional<Result<void>> answer;
    const CallHandle handle = m_journal->commit({SaveTransfer{transfer(1)}}, [&](const Result<void> &result) { answer = result; });
    QVERIFY(closeAndWait(*m_journal));
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().kind, ErrorKind::JournalUnavailable);
}

void TestJournalFullDisk::nothingHalfIsLeft()
{
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(1)}}));
    g_writeError = ENOSPC;
    m_journal->record({SaveTransfer{transfer(2)}, SavePart{part(2, 1)}});
    QVERIFY(load(*m_journal));
    m_journal.reset();
    g_writeError = 0;
    const auto again = SqliteJournal::open(path());
    QVERIFY(again);
    const auto contents = load(**again);
    QCOMPARE(contents->notices, QStringList());
    QCOMPARE(idsOf(contents->liveTransfers), QList<TransferId>{1});
}

QTEST_GUILESS_MAIN(TestJournalFullDisk)
#include "test_journal_full_disk.moc"
