#include "core/transfer/RemoteTransferList.h"
#include "tests/support/fakes/FakeEngine.h"
#include "tests/unit/transfer/EngineBench.h"

#include <QTest>

using namespace packmule;

namespace {

using Way = FakeUploadScript::Way;

struct ListBench : EngineBench {
    std::unique_ptr<TransferListClient> list = engine->makeList();

    template<typename T>
    T ask(const std::function<CallHandle(std::function<void(Result<T>)>)> &question)
    {
        std::optional<Result<T>> answer;
        const CallHandle call = question([&answer](Result<T> result) { answer = std::move(result); });
        scheduler.runUntil([&] { return answer.has_value(); });
        if (!answer || !*answer)
            qFatal("no answer");
        return **answer;
    }
    ListCounts counts()
    {
        return ask<ListCounts>([&](auto done) { return list->counts(done); });
    }
    qint64 count(ListFilter filter) { return counts().byFilter[static_cast<size_t>(filter)]; }
    QList<TransferId> order(ListFilter filter)
    {
        ListQuery query;
        query.filter = filter;
        query.isDescending = false;
        QList<TransferId> ids;
        for (const ListEntry &entry : ask<ListOrder>([&](auto done) { return list->order(query, done); }).entries)
            ids.append(entry.first);
        return ids;
    }
    RunSummary summary(RunId run)
    {
        return ask<QList<RunSummary>>([&](auto done) { return list->runs({run}, done); }).value(0);
    }
    int move(QueueMove way, const QList<TransferId> &ids)
    {
        return ask<int>([&](auto done) { return engine->move(way, ids, done); });
    }
    /// `count` uploads that hang, and what comes behind them waits in line: two large ones at a time.
    void block()
    {
        uploaders.otherwise.way = Way::Hang;
        calls.push_back(engine->setLimits({.slots = 1, .bandwidth = {}}, [](const Result<void> &) {}));
    }
};

}  // namespace

/// What the window's list tells of an engine at work.
class TestJournalTransferList : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void smallUploadOnItsWayIsUploading()
    {
        ListBench bench;
        bench.uploaders.otherwise.way = Way::Hang;
        bench.put(bench.command({bench.file("a")}, "a"));
        bench.scheduler.runUntil([&] { return bench.uploaders.started.size() == 1; });
        bench.scheduler.advance(Milliseconds{500});
        QCOMPARE(bench.count(ListFilter::Uploading), 1);
        QCOMPARE(bench.order(ListFilter::Uploading), QList<TransferId>{1});
        QCOMPARE(bench.order(ListFilter::Waiting), QList<TransferId>{});
    }

    void uploadThatWaitsForTheNetworkIsWaiting()
    {
        ListBench bench;
        bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = Error::make(ErrorKind::NetworkUnreachable, QStringLiteral("gone")), .uploadId = "u"};
        bench.put(bench.command({bench.file("a")}, "a"));
        bench.scheduler.runUntil([&] { return bench.uploaders.started.size() == 1; });
        bench.scheduler.advance(Milliseconds{500});
        QCOMPARE(bench.count(ListFilter::Waiting), 1);
        QCOMPARE(bench.order(ListFilter::Waiting), QList<TransferId>{1});
        QCOMPARE(bench.order(ListFilter::Uploading), QList<TransferId>{});
    }

    void interruptedUploadWaitsAfterARestart()
    {
        ListBench bench;
        bench.uploaders.otherwise = {.way = Way::Hang, .error = {}, .uploadId = "u"};
        bench.put(bench.command({bench.file("a")}, "a"));
        bench.scheduler.runUntil([&] { return bench.uploaders.started.size() == 1; });
        bench.scheduler.advance(Milliseconds{500});
        bench.list.reset();
        bench.restart();
        bench.list = bench.engine->makeList();
        bench.scheduler.advance(Milliseconds{500});
        QCOMPARE(bench.order(ListFilter::Waiting), QList<TransferId>{1});
        QCOMPARE(bench.count(ListFilter::Waiting), 1);
    }

    void countsAndSumsOfARun()
    {
        ListBench bench;
        bench.uploaders.scripts["x/1"] = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, QStringLiteral("no"))};
        bench.uploaders.scripts["x/2"] = {.way = Way::Hang};
        bench.fill(4);
        bench.put(bench.folderCommand());
        bench.scheduler.runUntil([&] { return bench.uploaders.started.size() == 4; });
        bench.scheduler.advance(Milliseconds{500});
        QCOMPARE(bench.count(ListFilter::All), 4);
        QCOMPARE(bench.count(ListFilter::Done), 2);
        QCOMPARE(bench.count(ListFilter::NeedsAttention), 1);
        QCOMPARE(bench.count(ListFilter::Uploading), 1);
        const RunSummary summary = bench.summary(1);
        QCOMPARE(summary.transfers, 4);
        QCOMPARE(summary.done, 2);
        QCOMPARE(summary.running, 1);
        QCOMPARE(summary.needingAttention, 1);
        QCOMPARE(summary.size, ByteCount(4 * 4096));
        QCOMPARE(summary.confirmed, ByteCount(2 * 4096));
        QCOMPARE(summary.commonPath, bench.folder());
        QCOMPARE(summary.commonPlace.bucket, QByteArray("b"));
        QCOMPARE(summary.commonPlace.key, QByteArray("x/"));
        QCOMPARE(summary.connectionId, QByteArray("c1"));
        QVERIFY(!summary.ended);
    }

    void partsOfARestingUploadComeFromTheJournal()
    {
        ListBench bench;
        TransferRecord record;
        record.id = 1;
        record.run = 1;
        record.connectionId = "c1";
        record.object = {"b", "k"};
        record.source.size = ByteCount(25);
        record.partSize = ByteCount(10);
        record.uploadId = "u";
        record.state = TransferState::Sending;
        bench.journal.transfers[1] = record;
        bench.journal.parts[1][2] = {.transfer = 1, .partNumber = PartNumber::fromIndex(1), .size = ByteCount(10), .checksum = {}, .eTag = "e"};
        const PartMap map = bench.ask<PartMap>([&](auto done) { return bench.list->parts(1, done); });
        QCOMPARE(map.parts, (QList<PartStanding>{PartStanding::Queued, PartStanding::Confirmed, PartStanding::Queued}));
        bench.journal.transfers[1].state = TransferState::Done;
        bench.journal.transfers[1].isVerified = true;
        const PartMap done = bench.ask<PartMap>([&](auto answer) { return bench.list->parts(1, answer); });
        QCOMPARE(done.parts, QList<PartStanding>(3, PartStanding::Verified));
    }

    void movesWithinTheLineAndRemembersIt()
    {
        ListBench bench;
        bench.block();
        bench.fill(40);
        bench.put(bench.folderCommand());
        bench.scheduler.runUntil([&] { return bench.journal.transfers.size() == 40; });
        bench.scheduler.advance(Milliseconds{500});
        const auto running = bench.uploaders.started.size();
        QVERIFY(running < 36);
        QCOMPARE(bench.move(QueueMove::Top, {39, 40, 1}), 2);  // 1 is running and is not disturbed
        QCOMPARE(bench.move(QueueMove::Down, {39}), 1);
        QCOMPARE(bench.move(QueueMove::Bottom, {37}), 1);
        QCOMPARE(bench.move(QueueMove::Up, {40}), 0);          // first already
        bench.scheduler.advance(Milliseconds{500});
        bench.list.reset();
        bench.restart();
        bench.uploaders.otherwise.way = Way::Complete;
        bench.calls.push_back(bench.engine->setLimits({.slots = 1, .bandwidth = {}}, [](const Result<void> &) {}));
        bench.calls.push_back(bench.engine->resume(0, [](const Result<ResumeAnswer> &) {}));
        bench.scheduler.runUntil([&] { return bench.uploaders.started.size() == 40; });
        QList<TransferId> order;
        for (const TransferRecord &record : bench.uploaders.started)
            order.append(record.id);
        QVERIFY(order.indexOf(40) < order.indexOf(39));
        QVERIFY(order.indexOf(39) < order.indexOf(36));
        QCOMPARE(order.last(), 37);
    }

    void limitsHoldOverThoseOfACommand()
    {
        ListBench bench;
        bench.block();
        bench.fill(60);
        PutCommand command = bench.folderCommand();
        command.options.concurrency = 32;
        bench.put(command);
        bench.scheduler.runUntil([&] { return bench.journal.transfers.size() == 60; });
        bench.scheduler.advance(Milliseconds{500});
        const int before = bench.uploaders.alive;
        bench.calls.push_back(bench.engine->setLimits({.slots = 8, .bandwidth = {}}, [](const Result<void> &) {}));
        bench.scheduler.advance(Milliseconds{500});
        QCOMPARE(before, 2 * 1 + RunningUploads::kSmallWindow);
        QCOMPARE(bench.uploaders.alive, 2 * 8 + RunningUploads::kSmallWindow);
    }

    void anotherProcesssListIsReadInPages()
    {
        EngineBench bench;
        FakeEngine engine;
        RemoteTransferList list(engine, bench.clock);
        std::optional<ListOrder> order;
        std::optional<RunSummary> summary;
        const CallHandle one = list.order({}, [&](const Result<ListOrder> &result) { order = *result; });
        const CallHandle two = list.runs({7}, [&](const Result<QList<RunSummary>> &result) { summary = result->value(0); });
        QCOMPARE(engine.lists.size(), 1);  // both from one reading
        QList<TransferSnapshot> page;
        for (int i = 0; i < RemoteTransferList::kPage + 1; ++i) {
            TransferSnapshot snapshot;
            snapshot.record.id = 1 + i;
            snapshot.record.run = i < 3 ? 7 : 100 + i;
            snapshot.record.sourcePath = "/home/me/" + QByteArray::number(i);
            snapshot.record.object = {"b", "to/" + QByteArray::number(i)};
            snapshot.record.source.size = ByteCount(10);
            snapshot.record.state = i == 0 ? TransferState::Done : TransferState::Queued;
            page.append(snapshot);
        }
        const auto finishFirst = std::exchange(engine.finishList, nullptr);
        finishFirst(page.first(RemoteTransferList::kPage));
        QCOMPARE(engine.lists.size(), 2);
        engine.finishList(page.mid(RemoteTransferList::kPage));
        QVERIFY(order && summary);
        QCOMPARE(order->transfers, RemoteTransferList::kPage + 1);
        QCOMPARE(order->entries.first().first, RemoteTransferList::kPage + 1);
        QCOMPARE(summary->transfers, 3);
        QCOMPARE(summary->done, 1);
        QCOMPARE(summary->waiting, 2);
        QCOMPARE(summary->confirmed, ByteCount(10));
        QCOMPARE(summary->commonPath, QByteArray("/home/me"));
    }

private:
    CryptoLibrary m_crypto;
};

QTEST_GUILESS_MAIN(TestJournalTransferList)
#include "test_journal_transfer_list.moc"
