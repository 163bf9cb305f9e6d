#include "tests/gui/browse/BrowseBench.h"
#include "ui/browse/ObjectProperties.h"
#include "ui/browse/ObjectRemoval.h"
#include "ui/browse/ObjectTableModel.h"
#include "ui/browse/PrefixTreeModel.h"
#include "ui/browse/StoreListings.h"
#include "ui/browse/StorePlace.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace packmule;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;

struct ListingBench : StoreBench {
    ListingBench() { listings.setConnection(connection().record); }
    StoreListings listings{stores};
};

QStringList names(const QAbstractItemModel &model, const QModelIndex &parent = {})
{
    QStringList shown;
    for (int row = 0; row < model.rowCount(parent); ++row)
        shown.append(model.index(row, 0, parent).data().toString());
    return shown;
}

}  // namespace

/// What Browse shows is what the store said, a page at a time, whatever the keys look like.
class TestBrowseModels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void addressesAreRead_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QByteArray>("bucket");
        QTest::addColumn<QByteArray>("prefix");
        const auto row = [](const char *typed, const char *bucket, const char *prefix) {
            QTest::newRow(typed) << QString::fromUtf8(typed) << QByteArray(bucket) << QByteArray(prefix);
        };
        row("s3://photos/2024/", "photos", "2024/");
        row("s3://photos", "photos", "");
        row("  S3://photos/", "photos", "");
        row("photos/a b/", "photos", "a b/");
        row("s3://photos/a//b/", "photos", "a//b/");
        row("s3://photos//", "photos", "/");
        row("s3://photos/../x/", "photos", "../x/");
        row("s3://photos/\xC3\xA4/", "photos", "\xC3\xA4/");
        row("s3://photos/a%20b", "photos", "a%20b");
        row("s3://photos/key \n", "photos", "key ");
        row("https://host/x", "", "");
        row("s3:///x", "", "");
        row("", "", "");
        row("s3://a b/", "", "");
    }
    void addressesAreRead()
    {
        QFETCH(QString, typed);
        QFETCH(QByteArray, bucket);
        QFETCH(QByteArray, prefix);
        const StorePlace::Reading read = StorePlace::read(typed);
        QCOMPARE(read.place.has_value(), !bucket.isEmpty());
        QCOMPARE(read.refusal.isEmpty(), !bucket.isEmpty());
        if (read.place)
            QCOMPARE(*read.place, (ObjectAddress{bucket, prefix}));
    }
    void aKeyIsAtMost1024Bytes()
    {
        QVERIFY(StorePlace::read(QLatin1String("s3://photos/") + QString(1024, QLatin1Char('k'))).place);
        QVERIFY(!StorePlace::read(QLatin1String("s3://photos/") + QString(1025, QLatin1Char('k'))).place);
    }

    void theFolderAboveIsOneSegmentLess_data()
    {
        QTest::addColumn<QByteArray>("prefix");
        QTest::addColumn<QByteArray>("above");
        QTest::newRow("two") << QByteArray("a/b/") << QByteArray("a/");
        QTest::newRow("one") << QByteArray("a/") << QByteArray();
        QTest::newRow("none") << QByteArray() << QByteArray();
        QTest::newRow("an empty segment") << QByteArray("a//") << QByteArray("a/");
        QTest::newRow("only a slash") << QByteArray("/") << QByteArray();
        QTest::newRow("a beginning of names") << QByteArray("a/be") << QByteArray("a/");
    }
    void theFolderAboveIsOneSegmentLess()
    {
        QFETCH(QByteArray, prefix);
        QFETCH(QByteArray, above);
        QCOMPARE(StorePlace::parentOf({"b", prefix}).key, above);
    }

    void onlyWhatTextCanCarryIsCopied()
    {
        QCOMPARE(StorePlace::copyableUri({"b", "a b/\xC3\xA4.txt"}), QStringLiteral("s3://b/a b/ä.txt"));
        QVERIFY(!StorePlace::copyableUri({"b", "\xFF.bin"}));
        QVERIFY(!StorePlace::copyableUri({"b", "a\nrm -rf ~"}));
        QVERIFY(!StorePlace::copyableUri({"b", "\xE2\x80\xAEgpj.exe"}));
    }

    void bucketNamesAreJudged_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("isGood");
        for (const char *good : {"abc", "my-bucket.2024", "0a0"})
            QTest::newRow(good) << QString::fromLatin1(good) << true;
        for (const char *bad : {"", "ab", "Abc", "a_b", "-abc", "abc-", "a..b", "a b"})
            QTest::newRow(*bad ? bad : "empty") << QString::fromLatin1(bad) << false;
        QTest::newRow("64") << QString(64, QLatin1Char('a')) << false;
    }
    void bucketNamesAreJudged()
    {
        QFETCH(QString, name);
        QFETCH(bool, isGood);
        QCOMPARE(StorePlace::bucketRefusal(name).isEmpty(), isGood);
    }

    void aLevelIsReadAPageAtATimeAndOnlyWhenAsked()
    {
        ListingBench bench;
        for (int i = 0; i < 25; ++i)
            bench.stores.add("b", "k" + QByteArray::number(100 + i));
        bench.stores.pageSize = 10;
        const ObjectAddress place{"b", {}};
        bench.listings.loadMore(place);
        QCOMPARE(bench.listings.of(place).state, PlaceListing::State::Loading);
        bench.settle();
        QCOMPARE(bench.listings.of(place).objects.size(), 10);
        QCOMPARE(bench.listings.of(place).state, PlaceListing::State::Partial);
        QCOMPARE(bench.stores.count("page"), 1);
        bench.listings.loadMore(place);
        bench.listings.loadMore(place);
        bench.settle();
        QCOMPARE(bench.stores.count("page"), 2);
        bench.listings.loadMore(place);
        bench.settle();
        QCOMPARE(bench.listings.of(place).objects.size(), 25);
        QCOMPARE(bench.listings.of(place).state, PlaceListing::State::Whole);
        bench.listings.loadMore(place);
        QCOMPARE(bench.stores.count("page"), 3);
    }

    void aFailedPageKeepsWhatCameBeforeAndIsAskedAgain()
    {
        ListingBench bench;
        for (int i = 0; i < 15; ++i)
            bench.stores.add("b", "k" + QByteArray::number(100 + i));
        bench.stores.pageSize = 10;
        bench.listings.loadMore({"b", {}});
        bench.settle();
        bench.stores.refuse("page", ErrorKind::ConnectionLost);
        bench.listings.loadMore({"b", {}});
        bench.settle();
        QCOMPARE(bench.listings.of({"b", {}}).state, PlaceListing::State::Failed);
        QCOMPARE(bench.listings.of({"b", {}}).objects.size(), 10);
        bench.stores.errors.clear();
        bench.listings.loadMore({"b", {}});
        bench.settle();
        QCOMPARE(bench.listings.of({"b", {}}).objects.size(), 15);
    }

    void anotherConnectionForgetsTheAnswersUnderWay()
    {
        ListingBench bench;
        bench.stores.add("b", "k");
        bench.listings.loadMore({"b", {}});
        bench.listings.askBuckets();
        bench.listings.setConnection(StoreBench::connection("c2").record);
        bench.settle();
        QCOMPARE(bench.listings.of({"b", {}}).state, PlaceListing::State::Unasked);
        QVERIFY(bench.listings.buckets().isEmpty());
    }

    void theTreeOpensLevelByLevel()
    {
        ListingBench bench;
        PrefixTreeModel tree(bench.listings);
        const QAbstractItemModelTester tester(&tree, kFatal);
        bench.stores.add("b", "a/1");
        bench.stores.add("b", "a/b/2");
        bench.stores.add("b", "c/3");
        bench.stores.add("b", "top");
        bench.listings.askBuckets();
        bench.settle();
        QCOMPARE(names(tree), (QStringList{QStringLiteral("b")}));
        const QModelIndex bucket = tree.index(0, 0);
        QVERIFY(tree.hasChildren(bucket));
        tree.open(bucket);
        bench.settle();
        QCOMPARE(names(tree, bucket), (QStringList{QStringLiteral("a/"), QStringLiteral("c/")}));
        QCOMPARE(tree.place(tree.index(0, 0, bucket)), (ObjectAddress{"b", "a/"}));
        QCOMPARE(bench.stores.count("page"), 1);
    }

    void aLevelWithMoreSaysSoAndGoesOnWhenAsked()
    {
        ListingBench bench;
        PrefixTreeModel tree(bench.listings);
        for (int i = 0; i < 5; ++i)
            bench.stores.add("b", QByteArray("p") + QByteArray::number(i) + "/x");
        bench.stores.pageSize = 3;
        bench.listings.addBucket("b");
        const QModelIndex bucket = tree.index(0, 0);
        tree.open(bucket);
        bench.settle();
        QCOMPARE(tree.rowCount(bucket), 4);
        const QModelIndex more = tree.index(3, 0, bucket);
        QVERIFY(!tree.place(more));
        tree.goOn(more);
        bench.settle();
        QCOMPARE(tree.rowCount(bucket), 5);
        QCOMPARE(bench.stores.count("page"), 2);
    }

    void whatCannotBeListedSaysWhyAndIsTriedAgain()
    {
        ListingBench bench;
        PrefixTreeModel tree(bench.listings);
        const QAbstractItemModelTester tester(&tree, kFatal);
        bench.stores.add("b", "a/1");
        bench.listings.addBucket("b");
        bench.stores.refuse("page", ErrorKind::AccessDenied);
        bench.listings.loadMore({"b", {}});
        bench.settle();
        const QModelIndex bucket = tree.index(0, 0);
        QCOMPARE(names(tree, bucket), (QStringList{QStringLiteral("Access is denied.")}));
        bench.stores.errors.clear();
        tree.goOn(tree.index(0, 0, bucket));
        bench.settle();
        QCOMPARE(names(tree, bucket), (QStringList{QStringLiteral("a/")}));
    }

    void refreshingALevelKeepsTheBranchesThatStay()
    {
        ListingBench bench;
        PrefixTreeModel tree(bench.listings);
        const QAbstractItemModelTester tester(&tree, kFatal);
        for (const char *key : {"a/x", "b/x", "c/deep/x"})
            bench.stores.add("b", key);
        bench.listings.addBucket("b");
        bench.listings.loadMore({"b", {}});
        bench.listings.loadMore({"b", "c/"});
        bench.settle();
        const QPersistentModelIndex bucket = tree.index(0, 0);
        const QPersistentModelIndex branch = tree.index(2, 0, bucket);
        QCOMPARE(names(tree, branch), (QStringList{QStringLiteral("deep/")}));
        bench.stores.stored["b"].erase("a/x");
        bench.stores.add("b", "bb/x");
        bench.listings.refresh({"b", {}});
        bench.settle();
        QCOMPARE(names(tree, bucket), (QStringList{QStringLiteral("b/"), QStringLiteral("bb/"), QStringLiteral("c/")}));
        QVERIFY(branch.isValid());
        QCOMPARE(names(tree, branch), (QStringList{QStringLiteral("deep/")}));
    }

    void aPlaceThatWasNamedIsShownAlthoughNothingWasListed()
    {
        ListingBench bench;
        PrefixTreeModel tree(bench.listings);
        const QAbstractItemModelTester tester(&tree, kFatal);
        const QModelIndex index = tree.reveal({"secret", "a//b/"});
        QCOMPARE(tree.place(index), (ObjectAddress{"secret", "a//b/"}));
        QCOMPARE(tree.place(index.parent()), (ObjectAddress{"secret", "a//"}));
        QCOMPARE(tree.place(index.parent().parent().parent()), (ObjectAddress{"secret", ""}));
    }

    void theTableShowsKeysOfEveryKind()
    {
        ListingBench bench;
        ObjectTableModel table(bench.listings);
        const QAbstractItemModelTester tester(&table, kFatal);
        for (const QByteArray &key : QList<QByteArray>{QByteArray("a/"), QByteArray("a//x"), QByteArray("a/../y"), QByteArray("a/new\nline"), QByteArray("a/\xE2\x80\xAEgpj.exe"),
                                      QByteArray("a/\xFF\xFE"), QByteArray("a/") + QByteArray(1022, 'k'), QByteArray("a/<b>markup")})
            bench.stores.add("b", key);
        table.show({"b", "a/"});
        bench.listings.loadMore({"b", "a/"});
        bench.settle();
        const QStringList shown = names(table);
        QCOMPARE(shown.size(), 8);
        for (const char *name : {"/", "../", "(marker of this folder)", "new\\x0aline", "\\u{202e}gpj.exe", "\\xff\\xfe", "<b>markup"})
            QVERIFY2(shown.contains(QString::fromUtf8(name), Qt::CaseInsensitive), name);
        QVERIFY(table.isPrefix(0));
        QCOMPARE(table.address(0), (ObjectAddress{"b", "a/../"}));
    }

    void theTableGrowsByPages()
    {
        ListingBench bench;
        ObjectTableModel table(bench.listings);
        const QAbstractItemModelTester tester(&table, kFatal);
        for (int i = 0; i < 4; ++i) {
            bench.stores.add("b", "d" + QByteArray::number(i) + "/x");
            bench.stores.add("b", "k" + QByteArray::number(i), i);
        }
        bench.stores.add("b", "z/x");
        bench.stores.pageSize = 5;
        table.show({"b", {}});
        bench.listings.loadMore({"b", {}});
        bench.settle();
        QCOMPARE(table.rowCount(), 5);
        const QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
        bench.listings.loadMore({"b", {}});
        bench.settle();
        QCOMPARE(table.rowCount(), 9);
        QCOMPARE(resets.size(), 0);
        QVERIFY(table.isPrefix(4));
        QCOMPARE(table.address(8), (ObjectAddress{"b", "k3"}));
    }

    void aRefreshThatBringsNothingNewChangesNothing()
    {
        ListingBench bench;
        ObjectTableModel table(bench.listings);
        bench.stores.add("b", "k", 3);
        table.show({"b", {}});
        bench.listings.loadMore({"b", {}});
        bench.settle();
        const QSignalSpy resets(&table, &QAbstractItemModel::modelReset);
        bench.listings.refresh({"b", {}});
        bench.settle();
        QCOMPARE(resets.size(), 0);
        bench.stores.add("b", "k", 4);
        bench.listings.refresh({"b", {}});
        bench.settle();
        QCOMPARE(resets.size(), 1);
    }

    void sizesAreSortedAsNumbersAndFoldersStayOnTop()
    {
        ListingBench bench;
        ObjectTableModel table(bench.listings);
        ObjectOrder order(table);
        const QAbstractItemModelTester tester(&order, kFatal);
        bench.stores.add("b", "folder/x");
        bench.stores.add("b", "ten", 10);
        bench.stores.add("b", "nine", 9);
        bench.stores.add("b", "hundred", 100);
        table.show({"b", {}});
        bench.listings.loadMore({"b", {}});
        bench.settle();
        order.sort(ObjectTableModel::Size, Qt::DescendingOrder);
        QCOMPARE(names(order), (QStringList{QStringLiteral("folder/"), QStringLiteral("hundred"), QStringLiteral("ten"), QStringLiteral("nine")}));
        order.sort(ObjectTableModel::Size, Qt::AscendingOrder);
        QCOMPARE(names(order), (QStringList{QStringLiteral("folder/"), QStringLiteral("nine"), QStringLiteral("ten"), QStringLiteral("hundred")}));
    }

    void aRemovalCountsAndCanBeStopped()
    {
        StoreBench bench;
        for (const char *key : {"a", "b", "c"})
            bench.stores.add("b", key);
        ObjectRemoval removal(bench.stores);
        QSignalSpy ended(&removal, &ObjectRemoval::ended);
        connect(&removal, &ObjectRemoval::progressed, &removal, [&] {
            if (removal.removed() == 2)
                removal.stop();
        });
        removal.start({}, {{"b", "a"}, {"b", "b"}, {"b", "c"}});
        bench.settle();
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended[0][0].toInt(), 2);
        QCOMPARE(ended[0][1].toInt(), 3);
        QVERIFY(!removal.isRunning());
        QCOMPARE(bench.stores.stored["b"].size(), 1U);
    }

    void propertiesTellWhatTheStoreTold()
    {
        ObjectHead head;
        head.size = ByteCount(1536);
        head.eTag = "abc-2";
        head.contentType = "text/plain";
        head.checksum = {ChecksumAlgorithm::Crc32, QByteArray::fromHex("01020304"), true};
        head.metadata = {{"na\nme", "<b>value</b>"}};
        QStringList lines;
        for (const auto &[label, value] : ObjectProperties::rows(head))
            lines.append(label + QLatin1Char('=') + value);
        const QString all = lines.join(QLatin1Char('\n'));
        QVERIFY2(all.contains(QStringLiteral("Size=1.5 KiB (1,536 bytes)")), qPrintable(all));
        QVERIFY(all.contains(QStringLiteral("Checksum=CRC32 AQIDBA== (of the parts)")));
        QVERIFY(all.contains(QStringLiteral("<b>value</b>")));
        QVERIFY(!all.contains(QStringLiteral("na\nme")));
        QVERIFY(!all.contains(QStringLiteral("Version")));
    }
};

int main(int argc, char *argv[])
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QApplication application(argc, argv);
    TestBrowseModels test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_browse_models.moc"
