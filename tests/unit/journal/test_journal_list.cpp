#include "core/journal/MemoryJournal.h"
#include "core/journal/SqliteJournal.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QTemporaryDir>

using namespace packmule;
using namespace packmule::samples;

namespace {

struct Made {
    TransferId id = 0;
    RunId run = 0;
    QByteArray path;
    qint64 size = 0;
    TransferState state = TransferState::Done;
};

TransferRecord recordOf(const Made &made)
{
    TransferRecord record = bareTransfer(made.id, made.state);
    record.run = made.run;
    record.sourcePath = made.path;
    record.source.size = ByteCount(made.size);
    record.object = {"b", "to" + made.path};
    if (made.state == TransferState::Done || made.state == TransferState::Skipped)
        record.ended = at(1000 + made.id);
    return record;
}

}  // namespace

/// The sorted and filtered list, as both journals promise it.
class TestJournalList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void cleanup() { m_journal.reset(); }

    void newestComesFirst();
    void runOfSeveralIsOneEntry();
    void sortsByEveryColumn_data();
    void sortsByEveryColumn();
    void namesAreComparedWithoutCase();
    void runStandsWhereItsFolderWould();
    void filters_data();
    void filters();
    void searchFindsPathAndKeyInAnyCase_data();
    void searchFindsPathAndKeyInAnyCase();
    void onlyOneConnectionIfAskedFor();
    void childrenAreThoseOfTheRunThatMatch();
    void cancelledAreInNoList();
    void rowsComeInTheOrderAskedForWithoutThoseThatAreGone();
    void sumsStayTrueWhileRowsCome();
    void countStaysTrueWhileRowsCome();
    void refusedBatchIsNotCounted();
    void longListsAreSortedWhole();
    void commitsGoOnDuringALongReading();
    void droppedQueryIsSilent();
    void queryAfterCloseFails();

private:
    void save(const QList<Made> &all);
    QList<TransferId> order(const ListQuery &query);
    QList<TransferId> order(ListColumn column, bool isDescending);
    FinishedSums sumsOf(RunId run);
    qint64 count();

    QTemporaryDir m_folder;
    int m_count = 0;
    std::unique_ptr<Journal> m_journal;
};

void TestJournalList::initTestCase_data()
{
    QTest::addColumn<bool>("isSqlite");
    QTest::newRow("sqlite") << true;
    QTest::newRow("memory") << false;
}

void TestJournalList::init()
{
    QFETCH_GLOBAL(bool, isSqlite);
    if (isSqlite)
        m_journal = std::move(*openJournal(m_folder.filePath(QStringLiteral("%1/journal.db").arg(++m_count))));
    else
        m_journal = std::make_unique<MemoryJournal>(100'000);
}

void TestJournalList::save(const QList<Made> &all)
{
    JournalBatch batch;
    for (const Made &made : all)
        batch.append(SaveTransfer{recordOf(made)});
    QVERIFY(commit(*m_journal, batch));
}

QList<TransferId> TestJournalList::order(const ListQuery &query)
{
    const auto order = answerOf<ListOrder>([&](auto done) { return m_journal->listOrder(query, done); });
    QList<TransferId> ids;
    for (const ListEntry &entry : order.value_or(ListOrder{}).entries)
        ids.append(entry.first);
    return ids;
}

QList<TransferId> TestJournalList::order(ListColumn column, bool isDescending)
{
    ListQuery query;
    query.sortBy = column;
    query.isDescending = isDescending;
    return order(query);
}

FinishedSums TestJournalList::sumsOf(RunId run)
{
    const auto sums = answerOf<QList<FinishedSums>>([&](auto done) { return m_journal->finishedSums({run}, done); });
    return sums.value_or(QList<FinishedSums>()).value(0);
}

qint64 TestJournalList::count()
{
    return answerOf<qint64>([&](auto done) { return m_journal->countFinished(done); }).value_or(-1);
}

void TestJournalList::newestComesFirst()
{
    save({{1, 1, "/a", 1}, {2, 2, "/b", 1}, {3, 3, "/c", 1, TransferState::Queued}});
    QCOMPARE(order(ListQuery{}), (QList<TransferId>{3, 2, 1}));
}

void TestJournalList::runOfSeveralIsOneEntry()
{
    save({{1, 1, "/d/a", 1}, {2, 2, "/b", 1}, {3, 1, "/d/c", 1}});
    const auto order = answerOf<ListOrder>([&](auto done) { return m_journal->listOrder(ListQuery{}, done); });
    QVERIFY(order);
    QCOMPARE(order->entries, (QList<ListEntry>{{.run = 2, .first = 2, .count = 1}, {.run = 1, .first = 1, .count = 2}}));
    QCOMPARE(order->transfers, 3);
}

void TestJournalList::sortsByEveryColumn_data()
{
    QTest::addColumn<ListColumn>("column");
    QTest::addColumn<QList<TransferId>>("ascending");
    QTest::newRow("added") << ListColumn::Added << QList<TransferId>{1, 2, 3, 4};
    QTest::newRow("name") << ListColumn::Name << QList<TransferId>{3, 1, 4, 2};
    QTest::newRow("destination") << ListColumn::Destination << QList<TransferId>{4, 1, 2, 3};
    QTest::newRow("size") << ListColumn::Size << QList<TransferId>{2, 4, 3, 1};
    QTest::newRow("progress") << ListColumn::Progress << QList<TransferId>{4, 3, 1, 2};
    QTest::newRow("state") << ListColumn::State << QList<TransferId>{3, 4, 1, 2};
    QTest::newRow("ended") << ListColumn::Ended << QList<TransferId>{1, 2, 3, 4};
}

void TestJournalList::sortsByEveryColumn()
{
    QFETCH(ListColumn, column);
    QFETCH(QList<TransferId>, ascending);
    save({{1, 1, "/m/b", 10'000'000'000}, {2, 2, "/n/z", 9}, {3, 3, "/o/a", 100, TransferState::Sending}, {4, 4, "/a/c", 20, TransferState::Queued}});
    TransferRecord sending = recordOf({3, 3, "/o/a", 100, TransferState::Sending});
    sending.uploadId = "u";
    QVERIFY(commit(*m_journal, {SaveTransfer{sending}, SavePart{{.transfer = 3, .partNumber = PartNumber::fromIndex(0), .size = ByteCount(50), .checksum = {}, .eTag = {}}}}));
    QCOMPARE(order(column, false), ascending);
    std::ranges::reverse(ascending);
    QCOMPARE(order(column, true), ascending);
}

void TestJournalList::namesAreComparedWithoutCase()
{
    save({{1, 1, "/x/Beta", 1}, {2, 2, "/y/alpha", 1}, {3, 3, "/z/beta2", 1}, {4, 4, "/z/\xff", 1}});
    QCOMPARE(order(ListColumn::Name, false), (QList<TransferId>{2, 1, 3, 4}));
}

void TestJournalList::runStandsWhereItsFolderWould()
{
    save({{1, 1, "/home/middle/a", 1}, {2, 1, "/home/middle/zz", 1}, {3, 2, "/home/begin", 1}, {4, 3, "/home/yonder", 1}});
    QCOMPARE(order(ListColumn::Name, false), (QList<TransferId>{3, 1, 4}));
}

void TestJournalList::filters_data()
{
    QTest::addColumn<ListFilter>("filter");
    QTest::addColumn<QList<TransferId>>("expected");
    QTest::newRow("all") << ListFilter::All << QList<TransferId>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    QTest::newRow("uploading") << ListFilter::Uploading << QList<TransferId>{2, 9};
    QTest::newRow("waiting") << ListFilter::Waiting << QList<TransferId>{1, 3};
    QTest::newRow("paused") << ListFilter::Paused << QList<TransferId>{5, 10};
    QTest::newRow("verifying") << ListFilter::Verifying << QList<TransferId>{4};
    QTest::newRow("done") << ListFilter::Done << QList<TransferId>{7, 8};
    QTest::newRow("needs attention") << ListFilter::NeedsAttention << QList<TransferId>{6};
}

void TestJournalList::filters()
{
    QFETCH(ListFilter, filter);
    QFETCH(QList<TransferId>, expected);
    save({{1, 1, "/1", 1, TransferState::Queued}, {2, 2, "/2", 1, TransferState::Sending}, {3, 3, "/3", 1, TransferState::Sending},
          {4, 4, "/4", 1, TransferState::Completing}, {5, 5, "/5", 1, TransferState::Paused}, {6, 6, "/6", 1, TransferState::NeedsAttention},
          {7, 7, "/7", 1, TransferState::Done}, {8, 8, "/8", 1, TransferState::Skipped}, {9, 9, "/9", 1, TransferState::Queued}});
    TransferRecord paused = recordOf({10, 10, "/10", 1, TransferState::Sending});
    paused.isPaused = true;
    QVERIFY(commit(*m_journal, {SaveTransfer{paused}}));
    ListQuery query;
    query.filter = filter;
    query.isDescending = false;
    query.waiting = {3};
    query.uploading = {9};
    QCOMPARE(order(query), expected);
}

void TestJournalList::searchFindsPathAndKeyInAnyCase_data()
{
    QTest::addColumn<QString>("search");
    QTest::addColumn<QList<TransferId>>("expected");
    QTest::newRow("part of the name") << QStringLiteral("olid") << QList<TransferId>{1};
    QTest::newRow("other case") << QStringLiteral("HOLI") << QList<TransferId>{1};
    QTest::newRow("umlaut as it is") << QStringLiteral("Über") << QList<TransferId>{2};
    QTest::newRow("umlaut in the other case") << QStringLiteral("über") << QList<TransferId>{2};
    QTest::newRow("wildcards are ordinary") << QStringLiteral("100%") << QList<TransferId>{3};
    QTest::newRow("key") << QStringLiteral("to/1000") << QList<TransferId>{4};
    QTest::newRow("nothing") << QStringLiteral("'; DROP TABLE transfer") << QList<TransferId>{};
}

void TestJournalList::searchFindsPathAndKeyInAnyCase()
{
    QFETCH(QString, search);
    QFETCH(QList<TransferId>, expected);
    save({{1, 1, "/Holiday.jpg", 1}, {2, 2, "/\xc3\x9c" "bersicht", 1}, {3, 3, "/100% \xff", 1}, {4, 4, "/1000", 1}});
    ListQuery query;
    query.search = search;
    QCOMPARE(order(query), expected);
}

void TestJournalList::onlyOneConnectionIfAskedFor()
{
    TransferRecord other = recordOf({2, 2, "/b", 1});
    other.connectionId = "other";
    save({{1, 1, "/a", 1}});
    QVERIFY(commit(*m_journal, {SaveTransfer{other}}));
    ListQuery query;
    query.connectionId = "other";
    QCOMPARE(order(query), QList<TransferId>{2});
}

void TestJournalList::childrenAreThoseOfTheRunThatMatch()
{
    save({{1, 1, "/d/a", 30}, {2, 2, "/b", 1}, {3, 1, "/d/c", 10}, {4, 1, "/d/d", 20, TransferState::Queued}});
    ListQuery query;
    query.filter = ListFilter::Done;
    query.sortBy = ListColumn::Size;
    query.isDescending = false;
    const auto children = answerOf<QList<TransferId>>([&](auto done) { return m_journal->listChildren(1, query, done); });
    QVERIFY(children);
    QCOMPARE(*children, (QList<TransferId>{3, 1}));
}

void TestJournalList::cancelledAreInNoList()
{
    save({{1, 1, "/a", 1, TransferState::Cancelled}, {2, 1, "/b", 1, TransferState::Cancelling}});
    QCOMPARE(order(ListQuery{}), QList<TransferId>{2});
    QCOMPARE(count(), 0);
}

void TestJournalList::rowsComeInTheOrderAskedForWithoutThoseThatAreGone()
{
    save({{1, 1, "/a", 1}, {2, 2, "/b", 1}});
    QVERIFY(commit(*m_journal, {SaveTransfer{transfer(3, TransferState::Sending)}, SavePart{part(3, 1)}, SavePart{part(3, 2)}}));
    const auto rows = answerOf<QList<ListedTransfer>>([&](auto done) { return m_journal->listRows({3, 77, 1}, done); });
    QVERIFY(rows);
    QCOMPARE(rows->size(), 2);
    QVERIFY(isSame(rows->at(0).transfer, transfer(3, TransferState::Sending)));
    QCOMPARE(rows->at(0).confirmedParts, 2);
    QCOMPARE(rows->at(1).transfer.id, 1);
}

void TestJournalList::sumsStayTrueWhileRowsCome()
{
    save({{1, 7, "/home/me/x/a", 10}, {2, 7, "/home/me/x/b", 20, TransferState::Queued}, {3, 8, "/else", 5}});
    QVERIFY(commit(*m_journal, {SaveRun{{.id = 7, .commandIdentity = "i", .commandJson = "{}", .begun = at(5), .ended = {}}}}));
    FinishedSums sums = sumsOf(7);
    QCOMPARE(sums.done, 1);
    QCOMPARE(sums.size, ByteCount(10));
    QCOMPARE(sums.commonPath, QByteArray("/home/me/x/a"));
    QCOMPARE(sums.begun, at(5));
    save({{2, 7, "/home/me/x/b", 20}, {4, 7, "/home/me/y", 30}});
    sums = sumsOf(7);
    QCOMPARE(sums.done, 3);
    QCOMPARE(sums.size, ByteCount(60));
    QCOMPARE(sums.commonPath, QByteArray("/home/me/"));
    QCOMPARE(sums.commonKey, QByteArray("to/home/me/"));
    save({{4, 7, "/home/me/y", 30}});  // the same row again
    QVERIFY(commit(*m_journal, {RemoveTransfer{1}}));
    QCOMPARE(sumsOf(7).done, 2);
    QCOMPARE(sumsOf(7).size, ByteCount(50));
    QCOMPARE(sumsOf(99).done, 0);
}

void TestJournalList::countStaysTrueWhileRowsCome()
{
    save({{1, 1, "/a", 1}, {2, 1, "/b", 1, TransferState::Sending}});
    QCOMPARE(count(), 1);
    save({{2, 1, "/b", 1}, {3, 2, "/c", 1, TransferState::Skipped}, {4, 2, "/d", 1, TransferState::Cancelled}});
    QCOMPARE(count(), 3);
    QVERIFY(commit(*m_journal, {RemoveTransfer{1}, RemoveTransfer{4}}));
    QCOMPARE(count(), 2);
}

void TestJournalList::refusedBatchIsNotCounted()
{
    save({{1, 1, "/a", 1, TransferState::Queued}});
    QCOMPARE(count(), 0);
    // The second row breaks the rule of one live transfer to an object, so the first does not count either.
    QVERIFY(!commit(*m_journal, {SaveTransfer{recordOf({5, 1, "/e", 1})}, SaveTransfer{recordOf({6, 1, "/a", 1, TransferState::Queued})}}));
    QCOMPARE(count(), 0);
}

void TestJournalList::longListsAreSortedWhole()
{
    QList<Made> all;
    for (int i = 1; i <= 40'000; ++i)
        all.append({i, i, "/f/" + QByteArray::number(i * 7919 % 40'009), i * 7919 % 40'009});
    save(all);
    for (const ListColumn column : {ListColumn::Size, ListColumn::Name}) {
        const QList<TransferId> sorted = order(column, false);
        QCOMPARE(sorted.size(), 40'000);
        const bool isInOrder = std::ranges::is_sorted(sorted, [&](TransferId a, TransferId b) {
            const Made &left = all[a - 1], &right = all[b - 1];
            return column == ListColumn::Size ? left.size < right.size : left.path < right.path;
        });
        QVERIFY(isInOrder);
    }
}

void TestJournalList::commitsGoOnDuringALongReading()
{
    QFETCH_GLOBAL(bool, isSqlite);
    if (!isSqlite)
        QSKIP("reads in one go");
    QList<Made> all;
    for (int i = 1; i <= 100'000; ++i)
        all.append({i, i, "/f/" + QByteArray::number(i), i});
    save(all);
    ListQuery query;
    query.sortBy = ListColumn::Name;
    QByteArray order;
    const CallHandle reading = m_journal->listOrder(query, [&](const Result<ListOrder> &) { order += 'r'; });
    const CallHandle saving = m_journal->commit({SaveTransfer{recordOf({100'001, 1, "/g", 1})}}, [&](const Result<void> &) { order += 'c'; });
    QTRY_COMPARE_WITH_TIMEOUT(order, QByteArray("cr"), 30'000);
}

void TestJournalList::droppedQueryIsSilent()
{
    save({{1, 1, "/a", 1}});
    CallHandle dropped = m_journal->listOrder(ListQuery{}, [](const Result<ListOrder> &) { QFAIL("nobody waits for it"); });
    dropped.cancel();
    QCOMPARE(order(ListQuery{}), QList<TransferId>{1});
}

void TestJournalList::queryAfterCloseFails()
{
    QFETCH_GLOBAL(bool, isSqlite);
    if (!isSqlite)
        QSKIP("nothing to lose");
    QVERIFY(closeAndWait(*m_journal));
    const auto order = answerOf<ListOrder>([&](auto done) { return m_journal->listOrder(ListQuery{}, done); });
    QVERIFY(!order);
    QCOMPARE(order.error().kind, ErrorKind::JournalUnavailable);
}

QTEST_GUILESS_MAIN(TestJournalList)
#include "test_journal_list.moc"
