#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "ui/uploads/TransferListModel.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

struct Scene {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeTransferList list{scheduler};
    FakeEngineClient engine{scheduler};
    TransferListModel model{list, engine, clock, scheduler};
    std::unique_ptr<QAbstractItemModelTester> tester;

    /// @param isTested the tester looks at every row that comes, so that all of them are read.
    explicit Scene(bool isTested = true)
    {
        if (isTested)
            tester = std::make_unique<QAbstractItemModelTester>(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    }

    void settle() { scheduler.advance(3s); }
    QString text(int row, TransferColumn column, const QModelIndex &parent = {})
    {
        const QModelIndex index = model.index(row, static_cast<int>(column), parent);
        index.data();
        settle();
        return index.data().toString();
    }
    QStringList names(const QModelIndex &parent = {})
    {
        QStringList found;
        for (int row = 0; row < model.rowCount(parent); ++row)
            found.append(text(row, TransferColumn::Name, parent));
        return found;
    }
};

}  // namespace

class TestTransferList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsThePlaceholderUntilTheRowHasBeenRead();
    void readsOnlyThePagesThatAreLookedAt();
    void aRunOfSeveralOpensAndReadsItsTransfersThen();
    void keepsPersistentIndexesWhenRowsComeGoAndMove();
    void tellsChangesAtMostFourTimesASecond();
    void sortsThroughTheQuery();
    void asksForTheOrderAgainWhenATransferEnds();
    void countsDownToTheNextTry();
    void holdsBackTheLastPercentUntilVerified();
    void showsHostileNamesAsPlainText();
    void leavesOutWhatIsAboutToBeRemoved();
    void readsAgainAfterAnUnreachableJournal();
};

void TestTransferList::showsThePlaceholderUntilTheRowHasBeenRead()
{
    Scene scene(false);
    scene.list.add(1, 1, "/home/ada/film.mkv", TransferState::Sending);
    scene.scheduler.advance(1ms);
    QCOMPARE(scene.model.rowCount(), 1);
    const QModelIndex name = scene.model.index(0, 0);
    QCOMPARE(name.data().toString(), QStringLiteral("…"));
    scene.scheduler.runDue();
    QCOMPARE(name.data().toString(), QStringLiteral("film.mkv"));
}

void TestTransferList::readsOnlyThePagesThatAreLookedAt()
{
    Scene scene;
    scene.list.pretend(100'000);
    scene.settle();
    QCOMPARE(scene.model.rowCount(), 100'000);
    scene.list.rowsAsked.clear();
    scene.model.index(50'050, 0).data();
    scene.settle();
    QCOMPARE(scene.list.rowsAsked.size(), 1);
    QCOMPARE(scene.list.rowsAsked.first().size(), 100);
    QVERIFY(scene.list.rowsAsked.first().contains(100'000 - 50'050));
}

void TestTransferList::aRunOfSeveralOpensAndReadsItsTransfersThen()
{
    Scene scene(false);
    scene.list.add(1, 7, "/home/ada/photos/a.jpg");
    scene.list.add(2, 7, "/home/ada/photos/b.jpg", TransferState::Done);
    scene.list.add(3, 8, "/home/ada/c.iso");
    scene.settle();
    QCOMPARE(scene.names(), (QStringList{QStringLiteral("c.iso"), QStringLiteral("photos (2 file(s))")}));
    const QPersistentModelIndex run = scene.model.index(1, 0);
    QVERIFY(scene.model.hasChildren(run));
    QCOMPARE(scene.model.rowCount(run), 0);
    QVERIFY(scene.model.canFetchMore(run));
    scene.model.fetchMore(run);
    scene.settle();
    QCOMPARE(scene.names(run), (QStringList{QStringLiteral("b.jpg"), QStringLiteral("a.jpg")}));
    QCOMPARE(scene.text(1, TransferColumn::Parts), QStringLiteral("1/2 files"));
    scene.list.add(4, 7, "/home/ada/photos/d.jpg");
    scene.model.refresh();
    scene.settle();
    QCOMPARE(scene.names(run), (QStringList{QStringLiteral("d.jpg"), QStringLiteral("b.jpg"), QStringLiteral("a.jpg")}));
}

void TestTransferList::keepsPersistentIndexesWhenRowsComeGoAndMove()
{
    Scene scene;
    for (int id = 1; id <= 6; ++id)
        scene.list.add(id, id, "/d/f" + QByteArray::number(id));
    scene.settle();
    QSignalSpy resets(&scene.model, &QAbstractItemModel::modelReset);
    const QPersistentModelIndex three = scene.model.index(3, 0);   // newest first: 6 5 4 3 2 1
    QCOMPARE(scene.text(three.row(), TransferColumn::Name), QStringLiteral("f3"));
    scene.list.remove(5);
    scene.list.add(7, 7, "/d/f7");
    scene.model.refresh();
    scene.settle();
    QCOMPARE(scene.names(), (QStringList{QStringLiteral("f7"), QStringLiteral("f6"), QStringLiteral("f4"), QStringLiteral("f3"), QStringLiteral("f2"), QStringLiteral("f1")}));
    QCOMPARE(three.row(), 3);
    scene.model.sort(static_cast<int>(TransferColumn::Started), Qt::AscendingOrder);
    scene.settle();
    QCOMPARE(scene.names().first(), QStringLiteral("f1"));
    QCOMPARE(three.row(), 2);
    QCOMPARE(resets.size(), 0);
}

void TestTransferList::tellsChangesAtMostFourTimesASecond()
{
    Scene scene;
    scene.list.add(1, 1, "/d/f1", TransferState::Sending);
    scene.settle();
    scene.names();
    QSignalSpy changes(&scene.model, &QAbstractItemModel::dataChanged);
    for (int i = 1; i <= 40; ++i) {
        scene.engine.tell(1, 1, ProgressEvent{.sent = ByteCount(i << 20), .confirmed = ByteCount(i << 20), .size = ByteCount(100 << 20), .rate = 1e6, .eta = {}});
        scene.scheduler.advance(50ms);
    }
    QVERIFY2(changes.size() >= 7 && changes.size() <= 8, qPrintable(QString::number(changes.size())));
    QCOMPARE(scene.text(0, TransferColumn::Progress), QStringLiteral("40 %"));
}

void TestTransferList::sortsThroughTheQuery()
{
    Scene scene;
    scene.list.add(1, 1, "/d/b");
    scene.list.add(2, 2, "/d/c");
    scene.list.add(3, 3, "/d/a");
    scene.settle();
    scene.model.sort(static_cast<int>(TransferColumn::Name), Qt::AscendingOrder);
    scene.settle();
    QCOMPARE(scene.list.ordersAsked.last().sortBy, ListColumn::Name);
    QCOMPARE(scene.names(), (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
}

void TestTransferList::asksForTheOrderAgainWhenATransferEnds()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a", TransferState::Sending);
    scene.settle();
    const qsizetype asked = scene.list.ordersAsked.size();
    scene.engine.tell(1, 1, ProgressEvent{});
    scene.settle();
    QCOMPARE(scene.list.ordersAsked.size(), asked);
    scene.engine.tell(1, 1, CompletedEvent{});
    scene.engine.tell(1, 1, CompletedEvent{});
    scene.settle();
    QCOMPARE(scene.list.ordersAsked.size(), asked + 1);
}

void TestTransferList::countsDownToTheNextTry()
{
    Scene scene;
    TransferSnapshot &snapshot = scene.list.add(1, 1, "/d/a", TransferState::Sending);
    snapshot.waiting = WaitingEvent{.reason = WaitReason::Network, .error = {}, .until = scene.clock.wallNow() + 20s};
    scene.settle();
    const QModelIndex state = scene.model.index(0, static_cast<int>(TransferColumn::State));
    state.data();
    scene.scheduler.advance(1s);
    const QString before = state.data().toString();
    scene.scheduler.advance(2s);
    QCOMPARE(before, QStringLiteral("Waiting for network, next try in 16 s"));
    QCOMPARE(state.data().toString(), QStringLiteral("Waiting for network, next try in 14 s"));
}

void TestTransferList::holdsBackTheLastPercentUntilVerified()
{
    Scene scene;
    TransferSnapshot &snapshot = scene.list.add(1, 1, "/d/a", TransferState::Completing);
    snapshot.sent = snapshot.confirmed = snapshot.record.source.size;
    scene.settle();
    QCOMPARE(scene.text(0, TransferColumn::Progress), QStringLiteral("99 %"));
    QCOMPARE(scene.text(0, TransferColumn::State), QStringLiteral("Assembling on the server"));
    scene.engine.tell(1, 1, CompletedEvent{.size = {}, .eTag = {}, .checksum = {}, .bytesSent = {}});
    scene.list.at(1).record.state = TransferState::Done;
    scene.list.at(1).record.isVerified = true;
    scene.settle();
    QCOMPARE(scene.text(0, TransferColumn::Progress), QStringLiteral("100 %"));
    QCOMPARE(scene.text(0, TransferColumn::State), QStringLiteral("Verified"));
}

void TestTransferList::showsHostileNamesAsPlainText()
{
    Scene scene;
    scene.list.add(1, 1, "/d/<b>x<i>\n\xE2\x80\xAEgpj.exe");
    scene.settle();
    QCOMPARE(scene.text(0, TransferColumn::Name), QStringLiteral("<b>x<i>\\x0A\\u{202e}gpj.exe"));
    QVERIFY(!scene.model.index(0, 0).data(Qt::ToolTipRole).toString().contains(QLatin1String("<b>")));
}

void TestTransferList::leavesOutWhatIsAboutToBeRemoved()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a");
    scene.list.add(2, 2, "/d/b");
    scene.settle();
    scene.model.setHidden({2});
    QCOMPARE(scene.names(), QStringList{QStringLiteral("a")});
    scene.model.setHidden({});
    scene.settle();
    QCOMPARE(scene.names(), (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
}

void TestTransferList::readsAgainAfterAnUnreachableJournal()
{
    Scene scene;
    QSignalSpy failures(&scene.model, &TransferListModel::orderFailed);
    scene.list.failure = Error::make(ErrorKind::JournalUnavailable, QStringLiteral("disk"));
    scene.settle();
    QVERIFY(!failures.isEmpty());
    scene.list.failure.reset();
    scene.list.add(1, 1, "/d/a");
    scene.settle();
    QCOMPARE(scene.model.rowCount(), 1);
}

QTEST_MAIN(TestTransferList)
#include "test_transfer_list.moc"
