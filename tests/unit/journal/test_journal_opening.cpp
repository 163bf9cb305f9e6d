#include "core/journal/JournalFolder.h"
#include "core/journal/JournalLocation.h"
#include "core/journal/JournalSalvage.h"
#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

#include <sys/stat.h>

using namespace packmule;
using namespace packmule::samples;

/// Where the journal is, what guards it, and what happens to files that are not this program's journal.
class TestJournalOpening : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void locationFollowsTheEnvironment();
    void folderAndFilesAreForTheUserOnly();
    void existingForeignFolderKeepsItsMode();
    void settingsAreTheOnesOfTheFacts_data();
    void settingsAreTheOnesOfTheFacts();
    void networkFileSystemsGetNoLog_data();
    void networkFileSystemsGetNoLog();
    void networkFileSystemIsToldAndStillWorks();
    void secondOpeningSaysWhoHasIt();
    void foreignLockIsNotTakenForAnOwner();
    void linkAndFileAreOneJournal();
    void pathThatIsAFolderIsNamed();
    void newerJournalIsLeftAlone();
    void otherProgramsDatabaseIsLeftAlone();
    void otherProgramsFileIsLeftAlone();
    void goldenVersion1Opens();
    void releasedSchemaHasNotBeenEdited();
    void migrationBacksUpFirst();
    void failedMigrationLeavesTheOldJournal();

private:
    QString path(const QString &name = QStringLiteral("journal.db")) const { return m_folder->filePath(name); }
    void makeGolden(const QString &target) const;

    std::unique_ptr<QTemporaryDir> m_folder;
};

namespace {

unsigned modeOf(const QString &path)
{
    struct stat facts = {};
    return ::stat(QFile::encodeName(path).constData(), &facts) == 0 ? facts.st_mode & 07777U : 0U;
}

QString errorOf(const QString &path, const JournalOptions &options = {})
{
    const auto journal = SqliteJournal::open(path, options);
    return journal ? QString() : journal.error().detail;
}

QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// One step more than this program knows.
QList<MigrationStep> futureMigrations()
{
    return journalMigrations()
        + QList<MigrationStep>{{.version = journalMigrations().last().version + 1, .statements = {QStringLiteral("ALTER TABLE transfer ADD COLUMN mood TEXT")}}};
}

/// Of the copy made before a step to the future.
QString backupSuffix()
{
    return QStringLiteral(".backup-v%1").arg(journalMigrations().last().version);
}

}  // namespace

void TestJournalOpening::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    qputenv("PACKMULE_HOME", QFile::encodeName(m_folder->path()));
}

void TestJournalOpening::locationFollowsTheEnvironment()
{
    QCOMPARE(journalPath(), path());
    qunsetenv("PACKMULE_HOME");
    qputenv("XDG_DATA_HOME", QFile::encodeName(m_folder->path()));
    QCOMPARE(journalPath(), path(QStringLiteral("packmule/journal.db")));
    qunsetenv("XDG_DATA_HOME");
    QCOMPARE(journalPath(path(QStringLiteral("./x/../other.db"))), path(QStringLiteral("other.db")));
}

void TestJournalOpening::folderAndFilesAreForTheUserOnly()
{
    const mode_t before = ::umask(0);
    const QString home = path(QStringLiteral("a/b"));
    qputenv("PACKMULE_HOME", QFile::encodeName(home));
    {
        const auto journal = SqliteJournal::open(journalPath());
        QVERIFY(journal);
        QVERIFY(commit(**journal, {SaveTransfer{bareTransfer(1)}}));
        const QStringList files = QDir(home).entryList(QDir::Files);
        QCOMPARE(files, (QStringList{QStringLiteral("journal.db"), QStringLiteral("journal.db-wal"),
                                     QStringLiteral("journal.db.ballast"), QStringLiteral("journal.db.owner")}));
        for (const QString &file : files)
            QCOMPARE(modeOf(home + u'/' + file), 0600U);
    }
    QVERIFY(SqliteJournal::open(journalPath(), {.migrations = futureMigrations()}));
    QCOMPARE(modeOf(journalPath() + backupSuffix()), 0600U);
    ::umask(before);
    QCOMPARE(modeOf(home), 0700U);
    QCOMPARE(modeOf(path(QStringLiteral("a"))), 0700U);
}

void TestJournalOpening::existingForeignFolderKeepsItsMode()
{
    const QString shared = path(QStringLiteral("shared"));
    QVERIFY(QDir().mkdir(shared));
    QVERIFY(::chmod(QFile::encodeName(shared).constData(), 0755) == 0);
    QVERIFY(SqliteJournal::open(shared + QStringLiteral("/mine.db")));
    QCOMPARE(modeOf(shared), 0755U);
    QCOMPARE(modeOf(shared + QStringLiteral("/mine.db")), 0600U);
}

void TestJournalOpening::settingsAreTheOnesOfTheFacts_data()
{
    QTest::addColumn<QString>("pragma");
    QTest::addColumn<QString>("value");
    QTest::newRow("log") << "journal_mode" << "wal";
    QTest::newRow("flush") << "synchronous" << "2";
    QTest::newRow("lock") << "locking_mode" << "exclusive";
    QTest::newRow("foreign keys") << "foreign_keys" << "1";
    QTest::newRow("schema") << "trusted_schema" << "0";
    QTest::newRow("cells") << "cell_size_check" << "1";
    QTest::newRow("mmap") << "mmap_size" << "0";
    QTest::newRow("application") << "application_id" << QString::number(kJournalApplicationId);
    QTest::newRow("version") << "user_version" << QString::number(journalMigrations().last().version);
}

void TestJournalOpening::settingsAreTheOnesOfTheFacts()
{
    QFETCH(const QString, pragma);
    const auto opened = openJournalFile(path(), {});
    QVERIFY(opened);
    QTEST(opened->database->value(QStringLiteral("PRAGMA ") + pragma)->toString(), "value");
    QVERIFY(!QFile::exists(path() + QStringLiteral("-shm")));
}

void TestJournalOpening::networkFileSystemsGetNoLog_data()
{
    QTest::addColumn<quint32>("type");
    QTest::addColumn<bool>("isUnsafe");
    QTest::newRow("nfs") << 0x6969U << true;
    QTest::newRow("cifs") << 0xFF534D42U << true;
    QTest::newRow("smb2") << 0xFE534D42U << true;
    QTest::newRow("fuse") << 0x65735546U << true;
    QTest::newRow("ext4") << 0xEF53U << false;
    QTest::newRow("btrfs") << 0x9123683EU << false;
    QTest::newRow("tmpfs") << 0x01021994U << false;
    QTest::newRow("overlay") << 0x794C7630U << false;
}

void TestJournalOpening::networkFileSystemsGetNoLog()
{
    QFETCH(const quint32, type);
    QTEST(unsafeFileSystemName(type).has_value(), "isUnsafe");
}

void TestJournalOpening::networkFileSystemIsToldAndStillWorks()
{
    const auto journal = SqliteJournal::open(path(), {.unsafeFileSystem = QStringLiteral("NFS")});
    QVERIFY(journal);
    QVERIFY(commit(**journal, {SaveTransfer{bareTransfer(1)}}));
    const auto contents = load(**journal);
    QCOMPARE(contents->notices.size(), 1);
    QVERIFY(contents->notices[0].contains(QStringLiteral("NFS")));
    QVERIFY(!QFile::exists(path() + QStringLiteral("-wal")));
}

void TestJournalOpening::secondOpeningSaysWhoHasIt()
{
    QCOMPARE(ownerPid(path()), 0);
    auto first = SqliteJournal::open(path());
    QVERIFY(first);
    const auto second = SqliteJournal::open(path());
    QVERIFY(!second);
    QVERIFY(isJournalInUse(second.error()));
    QVERIFY(second.error().detail.contains(QString::number(QCoreApplication::applicationPid())));
    QVERIFY(second.error().detail.contains(path()));
    QCOMPARE(ownerPid(path()), QCoreApplication::applicationPid());
    first->reset();
    QCOMPARE(ownerPid(path()), 0);
    QVERIFY(SqliteJournal::open(path()));
}

void TestJournalOpening::foreignLockIsNotTakenForAnOwner()
{
    QVERIFY(SqliteJournal::open(path()));
    const auto shell = SqliteDatabase::open(path(), Milliseconds(0));
    QVERIFY(shell && (*shell)->run(QStringLiteral("BEGIN IMMEDIATE")));
    const auto journal = SqliteJournal::open(path());
    QVERIFY(!journal);
    QVERIFY(!isJournalInUse(journal.error()));  // nobody could be asked
    QVERIFY(journal.error().detail.contains(QStringLiteral("another program")));
    QCOMPARE(ownerPid(path()), 0);
    QVERIFY((*shell)->run(QStringLiteral("COMMIT")));
}

void TestJournalOpening::linkAndFileAreOneJournal()
{
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    const QString link = path(QStringLiteral("link.db"));
    QVERIFY(QFile::link(path(), link));
    QCOMPARE(journalPath(link), path());
    QVERIFY(isJournalInUse(openJournal(journalPath(link)).error()));
}

void TestJournalOpening::pathThatIsAFolderIsNamed()
{
    QVERIFY(QDir().mkdir(path()));
    QVERIFY(errorOf(path()).contains(path()));
    QCOMPARE(modeOf(path()) & 0700U, 0700U);
}

void TestJournalOpening::newerJournalIsLeftAlone()
{
    QVERIFY(SqliteJournal::open(path(), {.migrations = futureMigrations()}));
    const QByteArray before = contentOf(path());
    const auto refused = SqliteJournal::open(path());
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::JournalUnavailable);
    QVERIFY(!isJournalInUse(refused.error()));
    QVERIFY(refused.error().detail.contains(QStringLiteral("newer Packmule (format %1").arg(journalMigrations().last().version + 1)));
    QCOMPARE(contentOf(path()), before);
    QVERIFY(QDir(m_folder->path()).entryList({QStringLiteral("*corrupt*")}).isEmpty());
}

void TestJournalOpening::otherProgramsDatabaseIsLeftAlone()
{
    {
        const auto other = SqliteDatabase::open(path(), Milliseconds(0));
        QVERIFY(other && (*other)->run(QStringLiteral("CREATE TABLE bookmarks (url TEXT)")));
    }
    const QByteArray before = contentOf(path());
    QVERIFY(errorOf(path()).contains(QStringLiteral("another program")));
    QCOMPARE(contentOf(path()), before);
}

void TestJournalOpening::otherProgramsFileIsLeftAlone()
{
    const QString photo = path(QStringLiteral("photo.jpg"));
    QFile file(photo);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(QByteArray(100'000, 'x')) == 100'000);
    file.close();
    QVERIFY(::chmod(QFile::encodeName(photo).constData(), 0644) == 0);
    QVERIFY(errorOf(photo).contains(QStringLiteral("not a Packmule journal")));
    QCOMPARE(contentOf(photo), QByteArray(100'000, 'x'));
    QCOMPARE(modeOf(photo), 0644U);
}

void TestJournalOpening::makeGolden(const QString &target) const
{
    QFile dump(QStringLiteral(GOLDEN_FOLDER "/journal-v1.sql"));
    QVERIFY(dump.open(QIODevice::ReadOnly));
    const auto database = SqliteDatabase::open(target, Milliseconds(0));
    QVERIFY(database);
    while (!dump.atEnd()) {
        const QString statement = QString::fromUtf8(dump.readLine()).trimmed();
        QVERIFY2((*database)->run(statement), qPrintable(statement));
    }
}

void TestJournalOpening::goldenVersion1Opens()
{
    makeGolden(path());
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    const auto contents = load(**journal);
    QVERIFY(contents);
    QCOMPARE(contents->notices, QStringList());
    QCOMPARE(contents->liveTransfers.size(), 2);
    QVERIFY(isSame(contents->liveTransfers[0], transfer(1, TransferState::Sending)));
    QVERIFY(isSame(contents->liveTransfers[1], bareTransfer(3)));
    QCOMPARE(finished(**journal, 7, 0, 10), QList<TransferId>{2});
    QVERIFY(isSame(parts(**journal, 1)->value(1), part(1, 2)));
    QCOMPARE(contents->openRuns.size(), 1);
    QCOMPARE(contents->connections.size(), 1);
    QCOMPARE(contents->connections[0].savedConnection, QByteArray());  // came with version 2
    QCOMPARE(contents->endpoints.size(), 1);
    QCOMPARE(contents->orphans.size(), 1);
    QVERIFY(QFile::exists(path() + QStringLiteral(".backup-v1")));
}

void TestJournalOpening::releasedSchemaHasNotBeenEdited()
{
    makeGolden(path(QStringLiteral("golden.db")));
    const QList<MigrationStep> firstStep = {journalMigrations().first()};
    QVERIFY(SqliteJournal::open(path(), {.migrations = firstStep}));
    const QString schema = QStringLiteral("SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_schema ORDER BY name)");
    const auto now = SqliteDatabase::open(path(), Milliseconds(0));
    const auto golden = SqliteDatabase::open(path(QStringLiteral("golden.db")), Milliseconds(0));
    QVERIFY(now && golden);
    QCOMPARE((*now)->value(schema)->toString(), (*golden)->value(schema)->toString());
}

void TestJournalOpening::migrationBacksUpFirst()
{
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(journal && commit(**journal, {SaveTransfer{transfer(1)}}));
    }
    QVERIFY(SqliteJournal::open(path(), {.migrations = futureMigrations()}));
    const auto backup = SqliteJournal::open(path() + backupSuffix());
    QVERIFY(backup);
    QVERIFY(isSame(load(**backup)->liveTransfers.value(0), transfer(1)));
}

void TestJournalOpening::failedMigrationLeavesTheOldJournal()
{
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(journal && commit(**journal, {SaveTransfer{transfer(1)}}));
    }
    QList<MigrationStep> broken = futureMigrations();
    broken.last().statements.append(QStringLiteral("ALTER TABLE nothing ADD COLUMN x"));
    QVERIFY(!errorOf(path(), {.migrations = broken}).isEmpty());
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    QCOMPARE(load(**journal)->liveTransfers.size(), 1);
}

QTEST_GUILESS_MAIN(TestJournalOpening)
#include "test_journal_opening.moc"
