#include "tests/unit/transfer/UploadBench.h"

using namespace packmule;
using End = UploadOutcome::End;
using Op = FakeOperation;

class TestPutUploader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void carriesASmallFileInOneRequest_data();
    void carriesASmallFileInOneRequest();
    void recoversFromDeathAtEveryStep_data();
    void recoversFromDeathAtEveryStep();
    void looksBeforeItSendsAgain();
    void sendsAgainWhatDidNotArrive();
    void retriesWhatTheServerAsksToRetry_data();
    void retriesWhatTheServerAsksToRetry();
    void provesByMd5WhereNothingIsEchoed();
    void asksTheStoreWhereTheETagIsOpaque();
    void learnsEachAlgorithmInTurn();
    void fallsBackWhereChecksumsAreRefused();
    void doesNotOverwrite();
    void isNotTrickedByItsOwnObject();
    void knowsItsOwnObjectAfterACrash();
    void skipsByRule();
    void takesTheFileAsItIsNow();
    void sendsAgainWhatChangedUnderway();
    void saysWhatIsWrongWithTheSource_data();
    void saysWhatIsWrongWithTheSource();
    void stopsForWhatAPersonMustMend();
    void waitsOutALostNetwork();
    void stopDropsTheRequest();
    void cancelRemovesIt();
    void refusesWhatNoPartSizeCanCarry();
    void manyFilesShareTheSlots();
};

void TestPutUploader::carriesASmallFileInOneRequest_data()
{
    QTest::addColumn<int>("size");
    QTest::addColumn<bool>("isEncrypted");
    QTest::newRow("empty") << 0 << true;
    QTest::newRow("one byte") << 1 << true;
    QTest::newRow("just below two parts") << 19 << true;
    QTest::newRow("plain http") << 19 << false;
}

void TestPutUploader::carriesASmallFileInOneRequest()
{
    QFETCH(int, size);
    QFETCH(bool, isEncrypted);
    UploadBench bench(size);
    bench.store.encrypted = isEncrypted;
    bench.makeHealth();
    bench.options.settings.metadata = {{"colour", "red"}};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requestCount(), 1);
    QCOMPARE(bench.all<CompletedEvent>().first().requests, 1);
    QCOMPARE(bench.all<CompletedEvent>().first().bytesSent, ByteCount(size));
    QCOMPARE(bench.store.requests.first().integrity.signPayload, !isEncrypted);
    QVERIFY(!bench.storedMetadata(kTokenMetadataName).isEmpty());
    QCOMPARE(bench.storedMetadata("colour"), "red");
    QVERIFY(bench.outcome->record.isVerified);
    QCOMPARE(bench.journal.commitCalls, 1);
    QCOMPARE(bench.uploader->bytesConfirmed(), ByteCount(size));
}

void TestPutUploader::recoversFromDeathAtEveryStep_data()
{
    QTest::addColumn<int>("steps");
    QTest::addColumn<WriteCondition>("condition");
    for (int steps = 0; steps < 14; ++steps) {
        QTest::addRow("after %d events", steps) << steps << WriteCondition::Always;
        QTest::addRow("after %d events, not overwriting", steps) << steps << WriteCondition::NoOverwrite;
    }
}

void TestPutUploader::recoversFromDeathAtEveryStep()
{
    QFETCH(int, steps);
    QFETCH(WriteCondition, condition);
    UploadBench bench(15);
    bench.options.condition = condition;
    FakeAnswer landing;
    landing.landsWhenDropped = true;
    bench.store.answerer = [landing](const FakeRequest &) { return std::optional(landing); };
    bench.journal.latency = Milliseconds{1};
    bench.start();
    for (int i = 0; i < steps; ++i)
        bench.scheduler.runNext();
    bench.crash();
    if (bench.record.state != TransferState::Done)
        QVERIFY(bench.upload());
    QCOMPARE(bench.stored(), bench.source->content());
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Done);
}

void TestPutUploader::looksBeforeItSendsAgain()
{
    UploadBench bench(15);
    bench.store.scriptNth(Op::Put, 1, lost());
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Put), 1);
    QCOMPARE(bench.store.count(Op::Head), 1);
}

void TestPutUploader::sendsAgainWhatDidNotArrive()
{
    UploadBench bench(15);
    bench.store.scriptNth(Op::Put, 1, failing(ErrorKind::ConnectionLost));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Put), 2);
    QCOMPARE(bench.store.count(Op::Head), 0);  // not a byte had gone out
}

void TestPutUploader::retriesWhatTheServerAsksToRetry_data()
{
    QTest::addColumn<ErrorKind>("kind");
    for (const ErrorKind kind : {ErrorKind::ServerFault, ErrorKind::Throttled, ErrorKind::RequestTimedOut, ErrorKind::TryAgain, ErrorKind::Conflict,
                                 ErrorKind::BodyMismatch, ErrorKind::CredentialsExpired, ErrorKind::MalformedAnswer})
        QTest::newRow(errorKindName(kind).constData()) << kind;
}

void TestPutUploader::retriesWhatTheServerAsksToRetry()
{
    QFETCH(ErrorKind, kind);
    UploadBench bench(15);
    bench.store.scriptNth(Op::Put, 1, failing(kind));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.all<RetryEvent>().size(), 1);
}

void TestPutUploader::provesByMd5WhereNothingIsEchoed()
{
    UploadBench bench(15);
    bench.store.model.knownChecksums = {};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requestCount(), 1);
    QVERIFY(bench.outcome->record.isVerified);
}

void TestPutUploader::asksTheStoreWhereTheETagIsOpaque()
{
    UploadBench bench(15);
    bench.store.model.knownChecksums = {};
    bench.store.model.hasOpaqueETags = true;
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Head), 1);
    bench.store.always(Op::Head, ErrorKind::AccessDenied);
    bench.record.token.clear();
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Done);
    QVERIFY(!bench.outcome->record.isVerified);
}

void TestPutUploader::learnsEachAlgorithmInTurn()
{
    UploadBench bench(15);
    bench.store.model.knownChecksums = {ChecksumAlgorithm::Crc32};
    QList<ChecksumAlgorithm> used;
    for (int i = 0; i < 5; ++i) {
        QVERIFY(bench.upload());
        used.append(bench.outcome->record.integrity.algorithm);
    }
    using enum ChecksumAlgorithm;
    QCOMPARE(used, QList({Crc64Nvme, Crc32c, Crc32, Crc32, Crc32}));
    QCOMPARE(bench.store.requestCount(), 5);  // learning cost nothing
}

void TestPutUploader::fallsBackWhereChecksumsAreRefused()
{
    UploadBench bench(15);
    bench.store.model.knownChecksums = {};
    bench.store.model.refusesUnknownChecksums = true;
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.outcome->record.integrity.algorithm, ChecksumAlgorithm::Md5);
    QCOMPARE(bench.store.count(Op::Put), 4);
}

void TestPutUploader::doesNotOverwrite()
{
    UploadBench bench(15);
    bench.options.condition = WriteCondition::NoOverwrite;
    bench.store.model.buckets["b"]["dir/key"].content = "theirs";
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Skipped);
    QCOMPARE(bench.all<SkippedEvent>().first().reason, SkipReason::ObjectExists);
    QCOMPARE(bench.stored(), "theirs");
}

void TestPutUploader::isNotTrickedByItsOwnObject()
{
    UploadBench bench(15);
    bench.options.condition = WriteCondition::NoOverwrite;
    bench.store.scriptNth(Op::Put, 1, lost(ErrorKind::PreconditionFailed));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestPutUploader::knowsItsOwnObjectAfterACrash()
{
    UploadBench bench(15);
    bench.options.condition = WriteCondition::NoOverwrite;
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.model.object(bench.record.object) != nullptr; }));
    bench.crash();
    QVERIFY(bench.record.state != TransferState::Done);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestPutUploader::skipsByRule()
{
    UploadBench bench(15);
    bench.options.condition = WriteCondition::IfSizeDiffers;
    bench.store.model.buckets["b"]["dir/key"].content = QByteArray(15, 'x');
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Skipped);
    QCOMPARE(bench.all<SkippedEvent>().first().reason, SkipReason::SameSize);
    QCOMPARE(bench.store.count(Op::Put), 0);
}

void TestPutUploader::takesTheFileAsItIsNow()
{
    UploadBench bench(15);
    bench.source->change(patternBytes(95, 3));  // after the scan, before its turn: now a multipart upload
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 1);
    QCOMPARE(bench.outcome->record.source.size, ByteCount(95));
}

void TestPutUploader::sendsAgainWhatChangedUnderway()
{
    UploadBench bench(15);
    bench.store.onRequest = [&](const FakeRequest &request) {
        if (request.operation == Op::Put && request.attempt == 1)
            bench.source->change(patternBytes(15, 9));
    };
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Put), 2);
}

void TestPutUploader::saysWhatIsWrongWithTheSource_data()
{
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("gone") << ErrorKind::SourceMissing;
    QTest::newRow("unreadable") << ErrorKind::SourceUnreadable;
    QTest::newRow("EIO") << ErrorKind::LocalIo;
}

void TestPutUploader::saysWhatIsWrongWithTheSource()
{
    QFETCH(ErrorKind, kind);
    for (const int size : {15, 95}) {
        UploadBench bench(size);
        bench.openError = Error::make(kind, QStringLiteral("scripted"));
        QVERIFY(bench.upload());
        QCOMPARE(bench.outcome->end, End::NeedsAttention);
        QCOMPARE(bench.outcome->error->kind, kind);
        QCOMPARE(bench.all<FailedEvent>().size(), 1);
        QCOMPARE(bench.store.requestCount(), 0);
    }
}

void TestPutUploader::stopsForWhatAPersonMustMend()
{
    UploadBench bench(15);
    bench.store.always(Op::Put, ErrorKind::AccessDenied);
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    bench.store.clearScript();
    bench.crash();
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QVERIFY(!bench.journal.transfers[1].error);
}

void TestPutUploader::waitsOutALostNetwork()
{
    UploadBench bench(15);
    bench.store.always(Op::Put, ErrorKind::NameNotResolved);
    bench.start();
    bench.scheduler.advance(std::chrono::minutes(30));
    QVERIFY(!bench.outcome);
    QVERIFY(bench.store.count(Op::Put) < 15);
    QCOMPARE(bench.all<WaitingEvent>().first().reason, WaitReason::Network);
    bench.store.clearScript();
    bench.uploader->wake();
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
}

void TestPutUploader::stopDropsTheRequest()
{
    UploadBench bench(15);
    bench.store.latency = std::chrono::seconds(100);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(Op::Put) == 1; }));
    bench.uploader->stop();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.outcome.has_value(); }, Milliseconds{2'000}));
    QCOMPARE(bench.outcome->end, End::Stopped);
    QCOMPARE(bench.store.inFlight(), 0);
    QCOMPARE(bench.slots.inFlight(), 0);
}

void TestPutUploader::cancelRemovesIt()
{
    UploadBench bench(15);
    bench.store.latency = std::chrono::seconds(100);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(Op::Put) == 1; }));
    bench.uploader->cancel(false);
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, End::Cancelled);
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Cancelled);
    QCOMPARE(bench.all<CancelledEvent>().size(), 1);
}

void TestPutUploader::refusesWhatNoPartSizeCanCarry()
{
    UploadBench bench(15);
    bench.limits.maxObjectSize = ByteCount(14);
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Failed);
    QCOMPARE(bench.outcome->error->kind, ErrorKind::InvalidRequest);
    QCOMPARE(bench.store.requestCount(), 0);
}

void TestPutUploader::manyFilesShareTheSlots()
{
    UploadBench bench(15);
    bench.store.latency = Milliseconds{10};
    std::vector<std::unique_ptr<Uploader>> uploaders;
    int done = 0;
    for (int i = 1; i <= 50; ++i) {
        TransferRecord record = bench.record;
        record.id = i;
        record.object.key = "file-" + QByteArray::number(i);
        uploaders.push_back(makeUploader(bench.context(), record, bench.options,
                                         {.onEvent = {}, .onFinished = [&](const UploadOutcome &ended) { done += ended.end == End::Done ? 1 : 0; }}));
        uploaders.back()->start();
    }
    QVERIFY(bench.scheduler.runUntil([&] { return done == 50; }));
    QCOMPARE(bench.store.mostPartsInFlight(), 4);
    QCOMPARE(bench.store.requestCount(), 50);
}

QTEST_GUILESS_MAIN(TestPutUploader)
#include "test_put_uploader.moc"
