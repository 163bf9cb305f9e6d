#include "app/gui/ThreadedStoreClient.h"
#include "core/integrity/Digest.h"
#include "core/localstore/LocalStore.h"
#include "tests/gui/browse/BrowseBench.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "ui/browse/BrowsePage.h"
#include "ui/unfinished/UnfinishedPage.h"

#include <QApplication>
#include <QBuffer>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>

using namespace packmule;

namespace {

AwsEnvironment credentials()
{
    return AwsEnvironment({{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "secret"}, {"HOME", "/nonexistent"}});
}

/// The local store on this thread, the stores' client on the engine's, the pages before both.
struct RealBench {
    CryptoLibrary crypto;
    QTemporaryDir folder;
    std::unique_ptr<LocalStore> store;
    EngineThread thread;
    ThreadedStoreClient stores{thread};
    SystemClock clock;
    QtScheduler scheduler;
    FakeUserPrompts prompts;
    FakeWindowState state;
    FakeTransferList transfers{scheduler};
    StorePageServices services{stores, prompts, state, clock, scheduler};
    NamedConnection connection{.id = "c1", .name = QStringLiteral("Here"), .record = {}, .bucket = {}, .prefix = {}};
    Composition writer{credentials(), TransportKind::Direct};

    bool start()
    {
        LocalStoreOptions options;
        options.root = folder.filePath(QStringLiteral("store")).toUtf8();
        options.accessKeyId = "AKID";
        options.secretAccessKey = "secret";
        store = std::make_unique<LocalStore>(options);
        if (!store->listen() || !store->createBucket("photos"))
            return false;
        connection.record.id = "c1";
        connection.record.endpointUrl = "http://127.0.0.1:" + QByteArray::number(store->port());
        connection.record.region = "us-east-1";
        thread.start({.journalPath = {}, .environment = credentials()});
        return true;
    }
    /// Puts an object, as another program would.
    bool put(const QByteArray &key, const QByteArray &content)
    {
        auto device = std::make_unique<QBuffer>();
        device->setData(content);
        device->open(QIODevice::ReadOnly);
        ObjectBody body{std::move(device), ByteCount(content.size()), {}};
        body.digests.sha256 = sha256(content);
        std::optional<bool> isPut;
        const CallHandle call = writer.open(connection.record)->store->putObject({"photos", key}, {}, {}, std::move(body), false, {}, [&](const auto &result) { isPut = result.has_value(); });
        return QTest::qWaitFor([&] { return isPut.has_value(); }) && *isPut;
    }
    bool begin(const QByteArray &key, const QByteArray &part)
    {
        ObjectStore &other = *writer.open(connection.record)->store;
        QByteArray uploadId;
        CallHandle call = other.createMultipartUpload({"photos", key}, {}, {}, [&](const Result<CreatedUpload> &created) { uploadId = created ? created->uploadId : "failed"; });
        if (!QTest::qWaitFor([&] { return !uploadId.isEmpty(); }))
            return false;
        auto device = std::make_unique<QBuffer>();
        device->setData(part);
        device->open(QIODevice::ReadOnly);
        ObjectBody body{std::move(device), ByteCount(part.size()), {}};
        body.digests.sha256 = sha256(part);
        std::optional<bool> isSent;
        call = other.uploadPart({{"photos", key}, uploadId, PartNumber::fromIndex(0)}, {}, std::move(body), {}, [&](const auto &result) { isSent = result.has_value(); });
        return QTest::qWaitFor([&] { return isSent.has_value(); }) && *isSent;
    }
};

}  // namespace

/// Browse and Unfinished uploads against a real store, over the thread that the window has.
class TestStorePages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void browsingListsDeletesAndTellsProperties()
    {
        RealBench bench;
        QVERIFY(bench.start());
        const QByteArray odd = "2024/a//b \xC3\xA4\x01.txt";
        for (const QByteArray &key : QList<QByteArray>{"2024/one.txt", "2024/two.txt", "top.txt", odd})
            QVERIFY(bench.put(key, "content of " + key));
        BrowsePage page(bench.services);
        page.setConnections({bench.connection});
        page.resize(1000, 600);
        page.show();
        auto *address = childNamed<QLineEdit>(page, "browseAddress");
        QAbstractItemModel &rows = *childNamed<QTableView>(page, "objectTable")->model();
        const auto go = [&](const QString &place) {
            address->setText(place);
            QTest::keyClick(address, Qt::Key_Return);
        };
        go(QStringLiteral("s3://photos/"));
        QTRY_COMPARE(rows.rowCount(), 2);
        go(QStringLiteral("s3://photos/2024/a//"));
        QTRY_COMPARE(rows.rowCount(), 1);
        QCOMPARE(rows.index(0, 0).data().toString(), QStringLiteral("b ä\\x01.txt"));
        childNamed<QTableView>(page, "objectTable")->selectRow(0);
        trigger(page, "browseProperties");
        auto *dialog = page.findChild<QWidget *>(QStringLiteral("objectProperties"));
        QTRY_VERIFY(dialog->findChild<QLabel *>(QStringLiteral("property1")));
        QCOMPARE(labelText(*dialog, "property1"), QStringLiteral("28 byte(s)"));
        trigger(page, "browseDelete");
        bench.prompts.answer(1);
        QTRY_COMPARE(labelText(page, "noticeHeadline"), QStringLiteral("Nothing here"));
        QCOMPARE(bench.store->objects().size(), 3);
    }

    void aWrongSecretIsSaidSo()
    {
        RealBench bench;
        QVERIFY(bench.start());
        bench.store->faultHook = [](const LocalStoreCall &) { return LocalStoreFault{.act = LocalStoreFault::Act::AnswerInstead, .status = 403, .code = "SignatureDoesNotMatch"}; };
        BrowsePage page(bench.services);
        page.setConnections({bench.connection});
        page.show();
        QTRY_COMPARE(labelText(page, "noticeHeadline"), QStringLiteral("The store does not accept the signature: the secret access key is wrong."));
    }

    void unfinishedUploadsAreCountedAndAborted()
    {
        RealBench bench;
        QVERIFY(bench.start());
        QVERIFY(bench.begin("film.mov", QByteArray(3000, 'x')));
        QVERIFY(bench.begin("disk.img", QByteArray(5000, 'y')));
        UnfinishedPage page(bench.services, bench.transfers);
        page.resize(1200, 400);
        bench.connection.bucket = "photos";
        page.setConnections({bench.connection});
        page.show();
        auto *table = childNamed<QTableView>(page, "unfinishedTable");
        QTRY_COMPARE(table->model()->rowCount(), 2);
        const UnfinishedModel &model = page.presenter().model();
        QTRY_VERIFY(model.row(0).counting == UnfinishedRow::Counting::Done && model.row(1).counting == UnfinishedRow::Counting::Done);
        QCOMPARE(model.row(0).bytes + model.row(1).bytes, ByteCount(8000));
        table->selectAll();
        trigger(page, "unfinishedAbort");
        QTRY_VERIFY(bench.prompts.isAsking());
        bench.prompts.answer(1);
        QTRY_VERIFY(bench.store->unfinishedUploads().isEmpty());
        QTRY_COMPARE(labelText(page, "noticeHeadline"), QStringLiteral("Nothing unfinished here"));
    }

    void theConnectionTestComesOverTheThread()
    {
        RealBench bench;
        QVERIFY(bench.start());
        QList<ConnectionFinding> findings;
        bool isDone = false;
        const CallHandle call = bench.stores.testConnection(bench.connection.record, {"photos", "p/"}, [&](const ConnectionFinding &finding) {
            QVERIFY(!isDone);
            findings.append(finding);
        }, [&] { isDone = true; });
        QTRY_VERIFY(isDone);
        QCOMPARE(findings.first().check, ConnectionFinding::Check::Reachable);
        QCOMPARE(findings.last().check, ConnectionFinding::Check::Cors);
        for (const ConnectionFinding &finding : std::as_const(findings))
            QVERIFY(finding.outcome != ConnectionFinding::Outcome::Failed);
        QVERIFY(bench.store->objects().isEmpty());
        QVERIFY(bench.store->unfinishedUploads().isEmpty());
    }

    void aDroppedRemovalTellsNothingMore()
    {
        RealBench bench;
        QVERIFY(bench.start());
        QList<ObjectAddress> all;
        for (int i = 0; i < 10; ++i) {
            QVERIFY(bench.put("k" + QByteArray::number(i), "x"));
            all.append({"photos", "k" + QByteArray::number(i)});
        }
        CallHandle call;
        int told = 0;
        call = bench.stores.remove(bench.connection.record, all, [&](int removed) {
            ++told;
            if (removed == 2)
                call.cancel();
        }, [](const auto &) { QFAIL("it was dropped"); });
        QTRY_COMPARE(told, 2);
        // Another call behind it: whatever was on its way has arrived by then.
        bool isAnswered = false;
        const CallHandle behind = bench.stores.buckets(bench.connection.record, [&](const auto &) { isAnswered = true; });
        QTRY_VERIFY(isAnswered);
        QCOMPARE(told, 2);
    }
};

int main(int argc, char *argv[])
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QApplication application(argc, argv);
    TestStorePages test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_store_pages.moc"
