#include "core/journal/JournalOpening.h"
#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>

using namespace packmule;
using namespace packmule::samples;

/// Garbage, missing logs, torn pages and impossible rows: what is left is used, nothing is thrown away, people are told.
class TestJournalDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void garbageFileIsSetAside();
    void emptyFileBeginsAnew();
    void truncatedFileIsSetAsideAndSalvaged();
    void rowsAroundADamagedPageAreSalvaged();
    void journalGoesOnAfterSalvage();
    void tornLogLosesOnlyItsEnd();
    void deletedLogLeavesAnOlderJournal();
    void logWithoutJournalIsKept();
    void damagedRowCostsOneTransferItsPlace_data();
    void damagedRowCostsOneTransferItsPlace();
    void damagedRowOfAnyTableIsSetApart();
    void damagedPartIsLeftOut();

private:
    QString path() const { return m_folder->filePath(QStringLiteral("journal.db")); }
    QStringList setAside() const { return QDir(m_folder->path()).entryList({QStringLiteral("journal.db.corrupt-*")}); }
    void fill(int transfers);
    void change(const QString &sql) const;
    void overwrite(const QString &file, qint64 offset, const QByteArray &bytes) const;
    /// Copies the journal as a crash would leave it: with its log, while it is open.
    void crashCopy(const QString &target);

    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestJournalDamage::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
}

void TestJournalDamage::fill(int transfers)
{
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    JournalBatch batch;
    for (int id = 1; id <= transfers; ++id)
        batch << SaveTransfer{transfer(id, TransferState::Sending)} << SavePart{part(id, 1)} << SavePart{part(id, 2)};
    QVERIFY(commit(**journal, batch));
}

void TestJournalDamage::change(const QString &sql) const
{
    const auto opened = openJournalFile(path(), {});
    QVERIFY(opened);
    const auto done = opened->database->run(sql);
    QVERIFY2(done, qPrintable(done ? QString() : done.error().text));
}

void TestJournalDamage::overwrite(const QString &file, qint64 offset, const QByteArray &bytes) const
{
    QFile target(file);
    QVERIFY(target.open(QIODevice::ReadWrite) && target.seek(offset));
    QCOMPARE(target.write(bytes), bytes.size());
}

void TestJournalDamage::crashCopy(const QString &target)
{
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    QVERIFY(commit(**journal, {SaveTransfer{transfer(1)}}));
    QVERIFY(commit(**journal, {SaveTransfer{transfer(2)}}));
    QVERIFY(QFile::copy(path(), target));
    QVERIFY(QFile::copy(path() + QStringLiteral("-wal"), target + QStringLiteral("-wal")));
}

void TestJournalDamage::garbageFileIsSetAside()
{
    overwrite(path(), 0, QByteArray(50'000, '#'));
    const auto journal = SqliteJournal::open(path());
    QVERIFY2(journal, qPrintable(journal ? QString() : journal.error().detail));
    QCOMPARE(setAside().size(), 1);
    QCOMPARE(QFileInfo(m_folder->filePath(setAside()[0])).size(), 50'000);
    const auto contents = load(**journal);
    QVERIFY(contents->notices.value(0).contains(setAside()[0]));
    QVERIFY(commit(**journal, {SaveTransfer{transfer(1)}}));
}

void TestJournalDamage::emptyFileBeginsAnew()
{
    overwrite(path(), 0, QByteArray());
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    QVERIFY(load(**journal)->notices.isEmpty());
}

void TestJournalDamage::truncatedFileIsSetAsideAndSalvaged()
{
    fill(400);
    QVERIFY(QFile::resize(path(), QFileInfo(path()).size() / 2));
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    const auto contents = load(**journal);
    QCOMPARE(setAside().size(), 1);
    QVERIFY2(contents->liveTransfers.size() > 50, qPrintable(QString::number(contents->liveTransfers.size())));
    QVERIFY(isSame(contents->liveTransfers[0], transfer(1, TransferState::Sending)));
    QVERIFY(contents->notices.value(0).contains(QString::number(contents->liveTransfers.size()) + QStringLiteral(" transfers")));
}

void TestJournalDamage::rowsAroundADamagedPageAreSalvaged()
{
    fill(400);
    // The page that holds row 200, found by the source of truth itself: its bytes.
    QFile file(path());
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray needle = QByteArrayLiteral("etag-3v1");
    qsizetype at = 0;
    const QByteArray bytes = file.readAll();
    for (int row = 0; row < 200; ++row)
        at = bytes.indexOf(needle, at + 1);
    QVERIFY(at > 0);
    file.close();
    overwrite(path(), at / 4096 * 4096, QByteArray(4096, '\xee'));
    const auto journal = SqliteJournal::open(path());
    QVERIFY(journal);
    const auto contents = load(**journal);
    QVERIFY2(contents->liveTransfers.size() >= 360 && contents->liveTransfers.size() < 400,
             qPrintable(QString::number(contents->liveTransfers.size())));
    QVERIFY(isSame(contents->liveTransfers.first(), transfer(1, TransferState::Sending)));
    QVERIFY(isSame(contents->liveTransfers.last(), transfer(400, TransferState::Sending)));
    QCOMPARE(parts(**journal, 400)->size(), 2);
}

void TestJournalDamage::journalGoesOnAfterSalvage()
{
    fill(400);
    QVERIFY(QFile::resize(path(), QFileInfo(path()).size() / 2));
    qsizetype salvaged = 0;
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(journal);
        salvaged = load(**journal)->liveTransfers.size();
        QVERIFY(commit(**journal, {SaveTransfer{transfer(1000)}}));
    }
    const auto again = SqliteJournal::open(path());
    QVERIFY(again);
    const auto contents = load(**again);
    QVERIFY(contents->notices.isEmpty());
    QCOMPARE(contents->liveTransfers.size(), salvaged + 1);
}

void TestJournalDamage::tornLogLosesOnlyItsEnd()
{
    const QString torn = m_folder->filePath(QStringLiteral("torn.db"));
    crashCopy(torn);
    QVERIFY(QFile::resize(torn + QStringLiteral("-wal"), QFileInfo(torn + QStringLiteral("-wal")).size() - 100));
    const auto journal = SqliteJournal::open(torn);
    QVERIFY(journal);
    QCOMPARE(idsOf(load(**journal)->liveTransfers), QList<TransferId>{1});
    QVERIFY(load(**journal)->notices.isEmpty());
}

void TestJournalDamage::deletedLogLeavesAnOlderJournal()
{
    fill(3);
    const QString bare = m_folder->filePath(QStringLiteral("bare.db"));
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(journal && commit(**journal, {SaveTransfer{transfer(4)}}));
        QVERIFY(QFile::copy(path(), bare));
    }
    const auto journal = SqliteJournal::open(bare);
    QVERIFY(journal);
    QCOMPARE(idsOf(load(**journal)->liveTransfers), (QList<TransferId>{1, 2, 3}));
}

void TestJournalDamage::logWithoutJournalIsKept()
{
    const QString lost = m_folder->filePath(QStringLiteral("lost.db"));
    crashCopy(lost);
    QVERIFY(QFile::remove(lost));
    const auto journal = SqliteJournal::open(lost);
    QVERIFY(journal);
    QVERIFY(load(**journal)->notices.value(0).contains(QStringLiteral("was gone")));
    QCOMPARE(QDir(m_folder->path()).entryList({QStringLiteral("lost.db.corrupt-*-wal")}).size(), 1);
}

void TestJournalDamage::damagedRowCostsOneTransferItsPlace_data()
{
    QTest::addColumn<QString>("damage");
    QTest::newRow("unknown state") << "state = 13";
    QTest::newRow("negative size") << "source_size = -1";
    QTest::newRow("unknown algorithm") << "plan_algorithm = 77";
    QTest::newRow("no path") << "source_path = x''";
    QTest::newRow("no key") << "object_key = x''";
    QTest::newRow("unknown error") << "error_kind = 'bad luck'";
}

void TestJournalDamage::damagedRowCostsOneTransferItsPlace()
{
    QFETCH(const QString, damage);
    fill(3);
    change(QStringLiteral("UPDATE transfer SET %1 WHERE id = 3").arg(damage));
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(journal);
        const auto contents = load(**journal);
        QCOMPARE(idsOf(contents->liveTransfers), (QList<TransferId>{1, 2}));
        QCOMPARE(contents->notices.size(), 1);
        QVERIFY(contents->notices[0].contains(QStringLiteral("transfer 3")));
        QCOMPARE(contents->highestTransfer, 3);
        // Its object is free again.
        TransferRecord successor = transfer(4);
        successor.object = transfer(3).object;
        QVERIFY(commit(**journal, {SaveTransfer{successor}}));
    }
    const auto again = SqliteJournal::open(path());
    QVERIFY(load(**again)->notices.isEmpty());
}

void TestJournalDamage::damagedRowOfAnyTableIsSetApart()
{
    {
        const auto journal = SqliteJournal::open(path());
        QVERIFY(commit(**journal, {SaveOrphan{{.id = 1, .connectionId = "c", .object = {"b", "k"}, .uploadId = "u"}},
                                   SaveConnection{{.id = "c", .endpointUrl = {}, .region = {}, .awsProfile = {}, .provider = {}, .caBundle = {}}},
                                   SaveEndpoint{{.endpointUrl = "http://h", .checksum = {}, .unknownChecksums = {}}}}));
    }
    change(QStringLiteral("UPDATE orphan SET upload_id = x''"));
    change(QStringLiteral("UPDATE connection SET addressing = 9"));
    change(QStringLiteral("UPDATE endpoint SET unknown_checksums = '1,99'"));
    {
        const auto journal = SqliteJournal::open(path());
        QCOMPARE(load(**journal)->notices.size(), 3);
    }
    const auto opened = openJournalFile(path(), {});
    QCOMPARE(opened->database->value(QStringLiteral("SELECT count(*) FROM damaged"))->toInt(), 3);
    QVERIFY(opened->database->value(QStringLiteral("SELECT content FROM damaged WHERE table_name = 'endpoint'"))
                ->toString().contains(QString::fromLatin1(QByteArrayLiteral("http://h").toHex())));
}

void TestJournalDamage::damagedPartIsLeftOut()
{
    fill(1);
    change(QStringLiteral("UPDATE part SET size = -5 WHERE part_number = 1"));
    const auto journal = SqliteJournal::open(path());
    const auto left = parts(**journal, 1);
    QVERIFY(left);
    QCOMPARE(left->size(), 1);
    QCOMPARE(left->at(0).partNumber.value(), 2);
}

QTEST_GUILESS_MAIN(TestJournalDamage)
#include "test_journal_damage.moc"
