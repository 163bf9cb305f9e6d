#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <sys/stat.h>
#include <unistd.h>

using namespace packmule;
using namespace packmule::samples;

/// What only a second process can show: kills, the lock, missing rights.
class TestJournalProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void whatWasAcknowledgedSurvivesAKill_data();
    void whatWasAcknowledgedSurvivesAKill();
    void secondProcessIsToldQuicklyAndByPid();
    void killedOwnerLeavesNoLock();
    void killDuringTheFirstMigrationLeavesNothingHalf();
    void folderWithoutRightsIsNamed();
    void readOnlyJournalIsNamed();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("journal.db")); }
    std::unique_ptr<QProcess> child(const QString &mode) const;
    static QByteArray nextLine(QProcess &process);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestJournalProcesses::init()
{
    m_folder = std::make_unique<QTemporaryDir>(QDir::tempPath() + QStringLiteral("/packmule-XXXXXX"));
    QVERIFY(m_folder->isValid());
}

std::unique_ptr<QProcess> TestJournalProcesses::child(const QString &mode) const
{
    auto process = std::make_unique<QProcess>();
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start(QStringLiteral(JOURNAL_CHILD), {mode, path()});
    return process;
}

QByteArray TestJournalProcesses::nextLine(QProcess &process)
{
    while (!process.canReadLine() && process.waitForReadyRead(20'000)) { }
    return process.readLine().trimmed();
}

void TestJournalProcesses::whatWasAcknowledgedSurvivesAKill_data()
{
    QTest::addColumn<int>("acknowledgements");
    QTest::newRow("at once") << 1;
    QTest::newRow("after a few") << 7;
    QTest::newRow("after a checkpoint") << 1500;
}

void TestJournalProcesses::whatWasAcknowledgedSurvivesAKill()
{
    QFETCH(const int, acknowledgements);
    const auto writer = child(QStringLiteral("write"));
    QCOMPARE(nextLine(*writer), "open");
    TransferId last = 0;
    while (last < acknowledgements)
        last = nextLine(*writer).toLongLong();
    writer->kill();
    QVERIFY(writer->waitForFinished());
    QByteArrayList rest = writer->readAllStandardOutput().split('\n');
    rest.removeLast();  // perhaps cut short
    if (!rest.isEmpty())
        last = rest.last().toLongLong();

    const auto journal = SqliteJournal::open(path());
    QVERIFY2(journal, qPrintable(journal ? QString() : journal.error().detail));
    const auto contents = load(**journal);
    QCOMPARE(contents->notices, QStringList());
    QVERIFY(contents->liveTransfers.size() >= last);
    for (qsizetype i = 0; i < last; ++i)
        QVERIFY(isSame(contents->liveTransfers[i], transfer(i + 1, TransferState::Sending)));
    // A batch is whole or absent.
    QCOMPARE(parts(**journal, contents->liveTransfers.last().id)->size(), 3);
}

void TestJournalProcesses::secondProcessIsToldQuicklyAndByPid()
{
    const auto owner = child(QStringLiteral("hold"));
    QCOMPARE(nextLine(*owner), "open");
    QElapsedTimer clock;
    clock.start();
    const auto second = SqliteJournal::open(path());
    QVERIFY(!second);
    QVERIFY(isJournalInUse(second.error()));
    QCOMPARE(ownerPid(path()), owner->processId());
    QVERIFY(second.error().detail.contains(QStringLiteral("pid %1").arg(owner->processId())));
    QVERIFY2(clock.elapsed() < 30'000, "an owner must be found out quickly");
    owner->closeWriteChannel();
    QVERIFY(owner->waitForFinished());
    QVERIFY(SqliteJournal::open(path()));
}

void TestJournalProcesses::killedOwnerLeavesNoLock()
{
    const auto owner = child(QStringLiteral("hold"));
    QCOMPARE(nextLine(*owner), "open");
    owner->kill();
    QVERIFY(owner->waitForFinished());
    QCOMPARE(ownerPid(path()), 0);
    QVERIFY(SqliteJournal::open(path()));
}

void TestJournalProcesses::killDuringTheFirstMigrationLeavesNothingHalf()
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("PACKMULE_CRASH_AT"), QStringLiteral("K13"));
    process.setProcessEnvironment(environment);
    process.start(QStringLiteral(JOURNAL_CHILD), {QStringLiteral("hold"), path()});
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::CrashExit);
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    QCOMPARE(load(**journal)->notices, QStringList());
    QVERIFY(commit(**journal, {SaveTransfer{transfer(1)}}));
}

void TestJournalProcesses::folderWithoutRightsIsNamed()
{
    QVERIFY(::chmod(QFile::encodeName(m_folder->path()).constData(), 0555) == 0);
    const auto nobody = child(QStringLiteral("nobody"));
    const QByteArray answer = nextLine(*nobody);
    QVERIFY(nobody->waitForFinished());
    QVERIFY(::chmod(QFile::encodeName(m_folder->path()).constData(), 0700) == 0);
    QVERIFY2(answer.contains(m_folder->path().toUtf8()) && answer.contains("cannot be written"), answer.constData());
    QCOMPARE(nobody->exitCode(), 1);
}

void TestJournalProcesses::readOnlyJournalIsNamed()
{
    QVERIFY(SqliteJournal::open(path()));
    QVERIFY(QFile::remove(path() + QStringLiteral(".owner")));
    QVERIFY(::chmod(QFile::encodeName(path()).constData(), 0444) == 0);
    QVERIFY(::chmod(QFile::encodeName(m_folder->path()).constData(), 0777) == 0);
    if (::geteuid() != 0)
        QSKIP("only root can make a file that the child may not write");
    const auto nobody = child(QStringLiteral("nobody"));
    const QByteArray answer = nextLine(*nobody);
    QVERIFY(nobody->waitForFinished());
    QVERIFY2(answer.contains(path().toUtf8()) && answer.contains("read-only"), answer.constData());
    QCOMPARE(nobody->exitCode(), 1);
}

QTEST_GUILESS_MAIN(TestJournalProcesses)
#include "test_journal_processes.moc"
