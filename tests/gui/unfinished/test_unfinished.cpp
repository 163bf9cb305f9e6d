#include "tests/gui/browse/BrowseBench.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "ui/common/Palette.h"
#include "ui/unfinished/UnfinishedPage.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

constexpr auto kFatal = QAbstractItemModelTester::FailureReportingMode::Fatal;
constexpr qint64 kMib = 1 << 20;

struct UploadsBench : StoreBench {
    FakeTransferList transfers{scheduler};
    std::unique_ptr<UnfinishedPage> page;
    QList<QString> said;

    void begin(const QByteArray &key, const QByteArray &uploadId, int parts = 0, Milliseconds age = 1h, const QByteArray &bucket = "photos")
    {
        stores.uploads.append({.object = {bucket, key}, .uploadId = uploadId, .initiated = clock.wallNow() - age, .initiatorId = {}, .storageClass = {}});
        for (int part = 0; part < parts; ++part)
            stores.parts[uploadId].append({.partNumber = PartNumber::fromIndex(part), .size = ByteCount(8 * kMib), .eTag = {}, .checksum = {}});
    }
    void need(TransferId transfer, const QByteArray &key, const QByteArray &uploadId, TransferState standing = TransferState::Paused)
    {
        TransferSnapshot &snapshot = transfers.add(transfer, transfer, "/home/me/" + key, standing);
        snapshot.record.object = {"photos", key};
        snapshot.record.uploadId = uploadId;
    }
    void show(const QByteArray &bucket = "photos")
    {
        page = std::make_unique<UnfinishedPage>(services, transfers);
        QObject::connect(page.get(), &UnfinishedPage::said, page.get(), [this](const QString &sentence) { said.append(sentence); });
        page->resize(1200, 500);
        page->setPrice(0.023);
        NamedConnection there = connection();
        there.bucket = bucket;
        page->setConnections({there});
        page->show();
        settle();
        // The page counts what is in view a moment after it has come to rest.
        QTest::qWait(0);
    }
    void countAll()
    {
        QTRY_VERIFY(stores.count("uploadedParts") > 0 || page->presenter().model().rowCount() == 0);
        settle();
    }
    UnfinishedModel &model() { return page->presenter().model(); }
    QTableView &table() { return *childNamed<QTableView>(*page, "unfinishedTable"); }
    QString cell(const QByteArray &uploadId, int column)
    {
        for (int row = 0; row < model().rowCount(); ++row) {
            if (model().row(row).upload.uploadId == uploadId)
                return model().index(row, column).data().toString();
        }
        return QStringLiteral("no such row");
    }
    void selectAll() { table().selectAll(); }
};

/// Presenter and model alone.
struct PresenterBench : StoreBench {
    FakeTransferList transfers{scheduler};
    UnfinishedPresenter presenter{services, transfers};
    void begin(const QByteArray &key, const QByteArray &uploadId)
    {
        stores.uploads.append({.object = {"b", key}, .uploadId = uploadId, .initiated = clock.wallNow() - 1h, .initiatorId = {}, .storageClass = {}});
    }
    void open()
    {
        presenter.open(connection().record, "b");
        settle();
    }
};

}  // namespace

/// The tab Unfinished uploads: everything that lies around in a bucket, what it costs, and its end.
class TestUnfinished : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allPagesAreReadUpToALimit()
    {
        PresenterBench bench;
        const QAbstractItemModelTester tester(&bench.presenter.model(), kFatal);
        for (int i = 0; i < 25; ++i)
            bench.begin("k" + QByteArray::number(100 + i), "u" + QByteArray::number(i));
        bench.stores.pageSize = 2;
        bench.open();
        QCOMPARE(bench.presenter.model().rowCount(), 20);
        QCOMPARE(bench.presenter.state(), UnfinishedPresenter::State::Partial);
        bench.presenter.loadMore();
        bench.settle();
        QCOMPARE(bench.presenter.model().rowCount(), 25);
        QCOMPARE(bench.presenter.state(), UnfinishedPresenter::State::Whole);
    }

    void partsAreCountedPageByPageFourAtATime()
    {
        PresenterBench bench;
        bench.stores.pageSize = 3;
        QList<UnfinishedModel::Id> ids;
        for (int i = 0; i < 3; ++i) {
            const QByteArray id = "u" + QByteArray::number(i);
            bench.begin("k", id);
            ids.append({"k", id});
            for (int part = 0; part < 7; ++part)
                bench.stores.parts[id].append({.partNumber = PartNumber::fromIndex(part), .size = ByteCount(5), .eTag = {}, .checksum = {}});
        }
        bench.open();
        QCOMPARE(bench.stores.count("uploadedParts"), 0);
        bench.presenter.count({ids[1]});
        bench.settle();
        QCOMPARE(bench.stores.count("uploadedParts"), 3);
        const UnfinishedRow &row = *bench.presenter.model().find(ids[1]);
        QCOMPARE(row.parts, 7);
        QCOMPARE(row.bytes, ByteCount(35));
        QCOMPARE(bench.presenter.model().find(ids[0])->counting, UnfinishedRow::Counting::No);
        bench.presenter.count(ids);
        bench.settle();
        QCOMPARE(bench.stores.count("uploadedParts"), 9);
    }

    void whatScrolledAwayIsNotCounted()
    {
        PresenterBench bench;
        bench.stores.latency = 10ms;
        QList<UnfinishedModel::Id> first, second;
        for (int i = 0; i < 40; ++i) {
            bench.begin("k", "u" + QByteArray::number(i));
            (i < 20 ? first : second).append({"k", "u" + QByteArray::number(i)});
        }
        bench.presenter.open(StoreBench::connection().record, "b");
        bench.scheduler.advance(1s);
        bench.presenter.count(first);
        bench.presenter.count(second);
        bench.scheduler.advance(1s);
        QCOMPARE(bench.stores.count("uploadedParts"), 24);
    }

    void aRefreshKeepsWhatWasCounted()
    {
        PresenterBench bench;
        const QAbstractItemModelTester tester(&bench.presenter.model(), kFatal);
        bench.begin("k", "u1");
        bench.begin("k", "u2");
        bench.stores.parts["u1"] = {{.partNumber = PartNumber::fromIndex(0), .size = ByteCount(5), .eTag = {}, .checksum = {}}};
        bench.open();
        bench.presenter.count({{"k", "u1"}});
        bench.settle();
        bench.stores.uploads.removeLast();
        bench.begin("z", "u3");
        bench.presenter.refresh();
        bench.settle();
        QCOMPARE(bench.presenter.model().rowCount(), 2);
        QCOMPARE(bench.presenter.model().find({"k", "u1"})->bytes, ByteCount(5));
        QVERIFY(bench.presenter.model().find({"z", "u3"}));
    }

    void uploadsOfOurTransfersAreKnown()
    {
        PresenterBench bench;
        for (const char *id : {"ours", "foreign", "creating"})
            bench.begin("k-" + QByteArray(id), id);
        const auto add = [&](TransferId transfer, RunId run, const QByteArray &key, const QByteArray &uploadId, TransferState state) {
            TransferSnapshot &snapshot = bench.transfers.add(transfer, run, "/src/" + key, state);
            snapshot.record.object = {"b", key};
            snapshot.record.uploadId = uploadId;
            if (uploadId.isEmpty())
                snapshot.record.createStarted = WallTime{};
        };
        add(1, 1, "k-ours", "ours", TransferState::Paused);
        add(2, 2, "k-foreign", "another", TransferState::Paused);
        add(3, 3, "k-creating", "", TransferState::Paused);
        add(4, 4, "k-foreign", "foreign", TransferState::Done);
        add(5, 5, "unrelated", "x", TransferState::Paused);
        add(6, 5, "unrelated2", "y", TransferState::Paused);
        bench.open();
        QCOMPARE(bench.presenter.model().find({"k-ours", "ours"})->neededBy, 1);
        QCOMPARE(bench.presenter.model().find({"k-creating", "creating"})->neededBy, 3);
        QCOMPARE(bench.presenter.model().find({"k-foreign", "foreign"})->neededBy, 0);
    }

    void abortingManyTellsHowItWent()
    {
        PresenterBench bench;
        const QAbstractItemModelTester tester(&bench.presenter.model(), kFatal);
        QList<UnfinishedModel::Id> ids;
        for (int i = 0; i < 10; ++i) {
            bench.begin("k", "u" + QByteArray::number(i));
            ids.append({"k", "u" + QByteArray::number(i)});
        }
        bench.open();
        QSignalSpy ended(&bench.presenter, &UnfinishedPresenter::aborted);
        bench.presenter.abort(ids.first(9));
        QVERIFY(bench.presenter.isAborting());
        bench.settle();
        QCOMPARE(ended.size(), 1);
        QCOMPARE(ended[0][0].toInt(), 9);
        QCOMPARE(bench.presenter.model().rowCount(), 1);
        bench.stores.refuse("abortUpload", ErrorKind::AccessDenied);
        bench.presenter.abort(ids.last(1));
        bench.settle();
        QCOMPARE(ended[1][1].toInt(), 1);
        QVERIFY(!bench.presenter.model().find(ids.last())->isAborting);
    }

    void anotherBucketSilencesTheOneBefore()
    {
        PresenterBench bench;
        bench.begin("k", "u1");
        bench.presenter.open(StoreBench::connection().record, "b");
        bench.presenter.open(StoreBench::connection().record, "other");
        bench.settle();
        QCOMPARE(bench.presenter.model().rowCount(), 0);
        QCOMPARE(bench.presenter.state(), UnfinishedPresenter::State::Whole);
    }

    void costsAreSaidInMoney()
    {
        QCOMPARE(UnfinishedText::cost(UnfinishedText::monthlyCost(ByteCount(100LL << 30), 0.023)), QStringLiteral("$2.30"));
        QCOMPARE(UnfinishedText::cost(UnfinishedText::monthlyCost(ByteCount(1 << 20), 0.023)), QStringLiteral("under $0.01"));
        QCOMPARE(UnfinishedText::cost(0), QStringLiteral("nothing"));
    }

    void theTableTellsEverythingOfAnUpload()
    {
        UploadsBench bench;
        bench.stores.rules = {{"tmp/", 7}};
        bench.begin("video.mov", "u1", 300, 49h);
        bench.begin("tmp/x\n.bin", "u2", 2, 1h);
        bench.need(7, "video.mov", "u1");
        bench.show();
        const QAbstractItemModelTester tester(&bench.model(), kFatal);
        QTRY_COMPARE(bench.stores.count("uploadedParts"), 2);
        bench.settle();
        QCOMPARE(bench.cell("u1", UnfinishedModel::Object), QStringLiteral("video.mov"));
        QVERIFY(bench.cell("u1", UnfinishedModel::Age).startsWith(QStringLiteral("2 day")));
        QCOMPARE(bench.cell("u1", UnfinishedModel::Parts), QStringLiteral("300"));
        QCOMPARE(bench.cell("u1", UnfinishedModel::Bytes), QStringLiteral("2.3 GiB"));
        QCOMPARE(bench.cell("u1", UnfinishedModel::Cost), QStringLiteral("$0.05"));
        QCOMPARE(bench.cell("u1", UnfinishedModel::Deleted), QStringLiteral("never"));
        QCOMPARE(bench.cell("u1", UnfinishedModel::Transfer), QStringLiteral("A transfer in your list"));
        QCOMPARE(bench.cell("u2", UnfinishedModel::Object), QStringLiteral("tmp/x\\x0A.bin"));
        QVERIFY(bench.cell("u2", UnfinishedModel::Deleted) != QStringLiteral("never"));
        QCOMPARE(bench.cell("u2", UnfinishedModel::Transfer), QString());
        QVERIFY(labelText(*bench.page, "unfinishedFoot").contains(QStringLiteral("GiB")));
    }

    void everyStateSaysWhatItIs()
    {
        UploadsBench bench;
        bench.stores.latency = 1s;
        bench.show();
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Asking the store…"));
        bench.scheduler.advance(5s);
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Nothing unfinished here"));
        bench.stores.refuse("unfinishedUploads", ErrorKind::AccessDenied);
        trigger(*bench.page, "unfinishedRefresh");
        bench.scheduler.advance(5s);
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Access is denied."));
        QVERIFY(!labelText(*bench.page, "noticeSentence").isEmpty());
        shoot(*bench.page, QStringLiteral("unfinished-refused"));
        bench.stores.refuse("unfinishedUploads", ErrorKind::NetworkUnreachable);
        childNamed<QPushButton>(*bench.page, "noticeButton")->click();
        bench.scheduler.advance(5s);
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("There is no network."));
        bench.stores.errors.clear();
        bench.begin("k", "u");
        childNamed<QPushButton>(*bench.page, "noticeButton")->click();
        bench.scheduler.advance(5s);
        QVERIFY(bench.table().isVisible());
    }

    void withoutABucketOneIsChosenOrTyped()
    {
        UploadsBench bench;
        bench.stores.stored["photos"];
        bench.stores.stored["videos"];
        bench.begin("k", "u", 0, 1h, "secret");
        bench.show({});
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Choose a bucket"));
        auto *box = childNamed<QComboBox>(*bench.page, "unfinishedBucket");
        QCOMPARE(box->count(), 2);
        box->setEditText(QStringLiteral("s3://secret/"));
        QTest::keyClick(box->lineEdit(), Qt::Key_Return);
        bench.settle();
        QCOMPARE(bench.model().rowCount(), 1);
    }

    void abortingAsksAndWarnsOfOurOwn()
    {
        UploadsBench bench;
        bench.begin("ours", "u1");
        bench.begin("foreign", "u2");
        bench.need(7, "ours", "u1");
        bench.show();
        bench.selectAll();
        trigger(*bench.page, "unfinishedAbort");
        bench.settle();
        const UserQuestion &question = bench.prompts.questions[0];
        QVERIFY2(question.text.contains(QStringLiteral("1 of them")), qPrintable(question.text));
        QCOMPARE(question.choices.size(), 3);
        bench.prompts.answer(0);
        bench.settle();
        QCOMPARE(bench.stores.count("abortUpload"), 0);
        trigger(*bench.page, "unfinishedAbort");
        bench.settle();
        bench.prompts.answer(1);
        bench.settle();
        QCOMPARE(bench.stores.count("abortUpload"), 1);
        QCOMPARE(bench.stores.uploads.first().uploadId, QByteArray("u1"));
        bench.selectAll();
        trigger(*bench.page, "unfinishedAbort");
        bench.settle();
        QCOMPARE(bench.prompts.questions[2].choices.size(), 2);
        bench.prompts.answer(1);
        bench.settle();
        QVERIFY(bench.stores.uploads.isEmpty());
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Nothing unfinished here"));
        QCOMPARE(bench.said.last(), QStringLiteral("1 upload(s) aborted."));
    }

    void aTransferThatBeganSinceIsSeenBeforeTheQuestion()
    {
        UploadsBench bench;
        bench.begin("k", "u1");
        bench.show();
        bench.need(7, "k", "u1", TransferState::Sending);
        bench.selectAll();
        trigger(*bench.page, "unfinishedAbort");
        bench.settle();
        QVERIFY(bench.prompts.questions[0].text.contains(QStringLiteral("A transfer in your list")));
    }

    void aListThatCannotBeReadIsSaidInTheQuestion()
    {
        UploadsBench bench;
        bench.begin("k", "u1");
        bench.transfers.failure = Error::make(ErrorKind::JournalUnavailable, {});
        bench.show();
        bench.selectAll();
        trigger(*bench.page, "unfinishedAbort");
        bench.settle();
        QVERIFY(bench.prompts.questions[0].text.contains(QStringLiteral("could not be read")));
    }

    void theFilterFindsAndTheColumnsSort()
    {
        UploadsBench bench;
        bench.begin("big.bin", "u1", 20, 3h);
        bench.begin("small.bin", "u2", 3, 2h);
        bench.begin("other.txt", "u3", 100, 1h);
        bench.show();
        QTRY_COMPARE(bench.stores.count("uploadedParts"), 3);
        bench.settle();
        childNamed<QLineEdit>(*bench.page, "unfinishedFilter")->setText(QStringLiteral("BIN"));
        QCOMPARE(bench.table().model()->rowCount(), 2);
        bench.table().sortByColumn(UnfinishedModel::Bytes, Qt::AscendingOrder);
        QCOMPARE(bench.table().model()->index(0, 0).data().toString(), QStringLiteral("small.bin"));
        childNamed<QLineEdit>(*bench.page, "unfinishedFilter")->setText(QStringLiteral("nowhere"));
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("No upload has such a name"));
    }

    void addressesAndIdsAreCopied()
    {
        UploadsBench bench;
        bench.begin("k", "the-id");
        bench.show();
        bench.selectAll();
        trigger(*bench.page, "unfinishedCopyUri");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("s3://photos/k"));
        trigger(*bench.page, "unfinishedCopyUploadId");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("the-id"));
    }

    void onlyRowsInViewAreCounted()
    {
        UploadsBench bench;
        for (int i = 0; i < 500; ++i)
            bench.begin("k" + QByteArray::number(1000 + i), "u" + QByteArray::number(i), 1);
        bench.show();
        bench.countAll();
        const qsizetype counted = bench.stores.count("uploadedParts");
        QVERIFY2(counted > 5 && counted < 60, qPrintable(QString::number(counted)));
    }

    void pictures()
    {
        if (qEnvironmentVariableIsEmpty("PACKMULE_SHOTS"))
            QSKIP("PACKMULE_SHOTS names no folder");
        UploadsBench bench;
        bench.stores.rules = {{"tmp/", 7}};
        bench.begin("holiday/2026/film.mov", "u1", 300, 49h);
        bench.begin("tmp/with\nnewline.bin", "u2", 2, 1h);
        bench.begin(QByteArray("tmp/") + QByteArray(900, 'k'), "u3", 20, 1000h);
        bench.begin("\xE2\x80\xAEgpj.exe", "u4", 0, 1min);
        bench.begin("backup/disk.img", "u5", 9999, 240h);
        bench.need(7, "holiday/2026/film.mov", "u1");
        for (const auto &[name, palette, direction] : {std::tuple{"light", lightPalette(), Qt::LeftToRight}, {"dark", darkPalette(), Qt::LeftToRight}, {"rtl", lightPalette(), Qt::RightToLeft}}) {
            QApplication::setPalette(palette);
            QApplication::setLayoutDirection(direction);
            bench.stores.calls.clear();
            bench.show();
            QTRY_COMPARE(bench.stores.count("uploadedParts") > 3, true);
            for (int turn = 0; turn < 50; ++turn)
                bench.settle();
            bench.table().selectRow(1);
            shoot(*bench.page, QStringLiteral("unfinished-%1").arg(QLatin1String(name)));
        }
        QApplication::setLayoutDirection(Qt::LeftToRight);
        QApplication::setPalette(lightPalette());
    }
};

int main(int argc, char *argv[])
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    QApplication::setPalette(lightPalette());
    TestUnfinished test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_unfinished.moc"
