#include "tests/unit/transfer/UploadBench.h"

using namespace packmule;
using End = UploadOutcome::End;
using Op = FakeOperation;

/// More events than there are from start to the journal's last commit, without faults (38).
constexpr int kMoreThanEnough = 60;

class TestMultipartUploader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void carriesAFileInPartsPlusThreeRequests();
    void keepsItsTokenAmongTheUsersMetadata();
    void sendsNoMoreThanFourPartsAtOnce();
    void savesBeforeItActs();
    void recoversFromDeathAtEveryStep_data();
    void recoversFromDeathAtEveryStep();
    void survivesRandomFaultsAndDeaths_data();
    void survivesRandomFaultsAndDeaths();
    void readsNothingTwiceAfterAResume();
    void adoptsAPartWhoseRowWasLost_data();
    void adoptsAPartWhoseRowWasLost();
    void sendsAgainWhatTheServerLacks();
    void survivesALostAnswer_data();
    void survivesALostAnswer();
    void retriesWhatTheServerAsksToRetry_data();
    void retriesWhatTheServerAsksToRetry();
    void isDoneWhenOnlyTheAnswerToCompleteWasLost();
    void beginsAnewWhenTheUploadIsGone();
    void goesByTheJournalWhereListingIsForbidden();
    void saysSoWhereHeadIsForbidden();
    void neverSaysDoneForAnotherObject();
    void waitsOutALostNetwork();
    void looksForTheTwinOfACreateThatWentOutTwice();
    void stopsForWhatAPersonMustMend_data();
    void stopsForWhatAPersonMustMend();
    void learnsAChecksumThatIsNotEchoed();
    void learnsAChecksumThatIsRefused();
    void givesUpOnBytesThatKeepArrivingWrong();
    void beginsAnewWhenTheFileChanges();
    void keepsTheOldUploadWhenAskedToFailOnChange();
    void carriesOnATouchedFileWhenAskedToVerify();
    void beginsAnewWhenVerifyFindsOtherBytes();
    void givesUpOnAFileThatKeepsChanging();
    void becomesOnePutWhenTheFileShrinks();
    void doesNotOverwrite();
    void isNotTrickedByItsOwnObject();
    void skipsByRule_data();
    void skipsByRule();
    void stopsAndCarriesOn();
    void awaitsACompleteThatIsOut();
    void leavesAHangingCompleteToTheNextRun();
    void cancelAborts();
    void cancelKeepsTheUploadIfAsked();
    void cancelAfterACrashGoesOn();
    void cleansUpAfterAFailureIfAsked();
    void waitsForAFullJournal();
    void carriesTenThousandParts();
};

void TestMultipartUploader::carriesAFileInPartsPlusThreeRequests()
{
    UploadBench bench(95);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requestCount(), 10 + 3);
    const auto completed = bench.all<CompletedEvent>();
    QCOMPARE(completed.size(), 1);
    QCOMPARE(completed.first().requests, 13);
    QCOMPARE(completed.first().bytesSent, ByteCount(95));
    QVERIFY(completed.first().isVerified);
    QCOMPARE(completed.first().checksum, digestsOf(bench.source->content(), {ChecksumAlgorithm::Crc64Nvme, false}).checksum);
    QCOMPARE(bench.all<PartEvent>().size(), 10);
    QCOMPARE(bench.all<StartedEvent>().first().parts, 10);
    QCOMPARE(bench.uploader->bytesConfirmed(), ByteCount(95));
    QVERIFY(bench.journal.parts[1].empty());
}

void TestMultipartUploader::keepsItsTokenAmongTheUsersMetadata()
{
    UploadBench bench(30);
    bench.options.settings.metadata = {{"colour", "red"}, {"Packmule-Id", "forged"}};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.storedMetadata("colour"), "red");
    QCOMPARE(bench.storedMetadata(kTokenMetadataName), bench.outcome->record.token);
    QCOMPARE(bench.outcome->record.token.size(), 32);
}

void TestMultipartUploader::sendsNoMoreThanFourPartsAtOnce()
{
    UploadBench bench(400);
    bench.store.latency = Milliseconds{100};
    bench.hasher.latency = Milliseconds{1};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.mostPartsInFlight(), 4);
}

void TestMultipartUploader::savesBeforeItActs()
{
    UploadBench bench(30);
    QStringList order;
    bench.store.onRequest = [&](const FakeRequest &request) {
        const TransferState durable = bench.journal.transfers[1].state;
        if (request.operation == Op::Create)
            QCOMPARE(durable, TransferState::Creating);
        if (request.operation == Op::UploadPart) {
            QCOMPARE(durable, TransferState::Sending);
            QCOMPARE(bench.journal.transfers[1].uploadId, request.uploadId);
        }
        if (request.operation == Op::Complete) {
            QCOMPARE(durable, TransferState::Completing);
            QCOMPARE(bench.journal.parts[1].size(), 3);
        }
    };
    bench.journal.latency = Milliseconds{20};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::recoversFromDeathAtEveryStep_data()
{
    QTest::addColumn<int>("steps");
    for (int steps = 0; steps <= kMoreThanEnough; ++steps)
        QTest::addRow("after %d events", steps) << steps;
}

/// K0 to K11, whatever the order of events: die after so many of them, begin again, and nothing is lost or left over.
void TestMultipartUploader::recoversFromDeathAtEveryStep()
{
    QFETCH(int, steps);
    UploadBench bench(95);
    FakeAnswer landing;
    landing.landsWhenDropped = true;  // the worst case: what was sent arrives
    bench.store.answerer = [landing](const FakeRequest &) { return std::optional(landing); };
    bench.journal.latency = Milliseconds{1};
    bench.start();
    for (int i = 0; i < steps; ++i)
        bench.scheduler.runNext();
    bench.crash();
    const int sentBefore = bench.store.count(Op::UploadPart);
    QVERIFY(steps < kMoreThanEnough || bench.record.state == TransferState::Done);  // every event was tried
    if (bench.record.state == TransferState::Done)
        return;
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QVERIFY(bench.outcome->record.isVerified);
    QCOMPARE(bench.store.model.partsAcceptedTwice, 0);  // what had arrived was adopted
    QVERIFY(bench.store.count(Op::UploadPart) <= 10 + 4);
    QVERIFY(sentBefore <= 10);
}

namespace {

/// Answers as a bad line and a bad day of the server would, from a seed.
class RandomFaults
{
public:
    explicit RandomFaults(quint32 seed) : m_random(seed) {}

    FakeAnswer operator()(const FakeRequest &request)
    {
        FakeAnswer answer;
        answer.delay = Milliseconds{below(400)};
        answer.landsWhenDropped = below(2) == 0;
        if (!isCalm && below(100) < 20) {
            constexpr std::array kinds = {ErrorKind::ConnectionLost, ErrorKind::Stalled, ErrorKind::ServerFault, ErrorKind::Throttled,
                                          ErrorKind::RequestTimedOut, ErrorKind::MalformedAnswer, ErrorKind::NetworkUnreachable};
            answer.error = Error::make(kinds[static_cast<size_t>(below(kinds.size()))], QStringLiteral("random"));
            answer.isExecuted = answer.error->kind != ErrorKind::Throttled && answer.error->kind != ErrorKind::NetworkUnreachable && below(2) == 0;
        }
        if (request.operation == Op::UploadPart && (answer.isExecuted || answer.landsWhenDropped))
            ++maySendTwice;
        return answer;
    }
    int below(size_t limit) { return static_cast<int>(m_random() % limit); }

    bool isCalm = false;
    int maySendTwice = 0;

private:
    std::mt19937 m_random;
};

}  // namespace

void TestMultipartUploader::survivesRandomFaultsAndDeaths_data()
{
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 400; ++seed)
        QTest::addRow("seed %u", seed) << seed;
}

void TestMultipartUploader::survivesRandomFaultsAndDeaths()
{
    QFETCH(quint32, seed);
    UploadBench bench(95);
    RandomFaults faults(seed);
    bench.store.model.isCompleteIdempotent = seed % 2 == 0;
    bench.store.model.tellsChecksumAtHead = seed % 3 != 0;
    if (seed % 5 == 0)
        bench.store.model.knownChecksums = {};
    if (seed % 7 == 0)
        bench.store.always(Op::ListUploads, ErrorKind::AccessDenied);
    bench.store.answerer = [&](const FakeRequest &request) -> std::optional<FakeAnswer> {
        if (seed % 7 == 0 && request.operation == Op::ListUploads)
            return std::nullopt;
        return faults(request);
    };
    bench.journal.latency = Milliseconds{faults.below(30)};
    bench.hasher.latency = Milliseconds{faults.below(30)};
    int created = 0;
    for (int death = 0; death < 5; ++death) {
        bench.start();
        for (int i = faults.below(60); i > 0 && !bench.outcome; --i)
            bench.scheduler.runNext();
        bench.crash();
        bench.scheduler.advance(std::chrono::seconds(faults.below(600)));  // requests land that nobody waits for any more
        if (bench.record.state == TransferState::Done)
            break;
    }
    faults.isCalm = true;
    if (bench.record.state != TransferState::Done)
        QVERIFY(bench.upload());
    created = bench.store.count(Op::Create);
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Done);
    QCOMPARE(bench.stored(), bench.source->content());
    QVERIFY(bench.journal.orphans.empty());
    QVERIFY(bench.store.model.partsAcceptedTwice <= faults.maySendTwice);
    // I2: nothing is left, save where looking for it is forbidden.
    QVERIFY(bench.store.model.uploads.size() <= (seed % 7 == 0 ? static_cast<size_t>(created - 1) : 0));
}

void TestMultipartUploader::readsNothingTwiceAfterAResume()
{
    UploadBench bench(95);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 6; }));
    bench.uploader->stop();
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, End::Stopped);
    bench.crash();
    const auto slicesBefore = bench.hasher.slices.size();
    const auto rows = bench.journal.parts[1].size();
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.hasher.slices.size() - slicesBefore, 10 - static_cast<qsizetype>(rows));
    const StartedEvent resumed = bench.all<StartedEvent>().last();
    QVERIFY(resumed.isResumed);
    QCOMPARE(resumed.confirmedParts, static_cast<int>(rows));
}

void TestMultipartUploader::adoptsAPartWhoseRowWasLost_data()
{
    QTest::addColumn<bool>("tellsChecksums");
    QTest::addColumn<bool>("isOurs");
    QTest::newRow("by the store's checksum") << true << true;
    QTest::newRow("by its MD5") << false << true;
    QTest::newRow("not another content's") << true << false;
    QTest::newRow("not another content's MD5") << false << false;
}

void TestMultipartUploader::adoptsAPartWhoseRowWasLost()
{
    QFETCH(bool, tellsChecksums);
    QFETCH(bool, isOurs);
    UploadBench bench(40);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 3; }));
    bench.crash();
    bench.journal.parts[1].erase(2);
    FakePart &onServer = bench.store.model.uploads.begin()->second.parts[2];
    if (!tellsChecksums)
        onServer.checksum = {};
    if (!isOurs)
        onServer = {.content = "0123456789", .eTag = "781e5e245d69b566979b86e28d23f2c7",
                    .checksum = tellsChecksums ? digestsOf("0123456789", {ChecksumAlgorithm::Crc64Nvme, false}).checksum : Checksum{}, .timesSent = 1};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.model.partsAcceptedTwice, isOurs ? 0 : 1);
}

void TestMultipartUploader::sendsAgainWhatTheServerLacks()
{
    UploadBench bench(40);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 3; }));
    bench.uploader->stop();
    QVERIFY(bench.run());
    bench.crash();
    QCOMPARE(bench.store.model.uploads.size(), 1);
    bench.store.model.uploads.begin()->second.parts.erase(1);  // K6
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::survivesALostAnswer_data()
{
    QTest::addColumn<FakeOperation>("operation");
    QTest::addColumn<ErrorKind>("kind");
    const QList<std::pair<const char *, Op>> operations = {{"create", Op::Create}, {"part", Op::UploadPart}, {"complete", Op::Complete}, {"head", Op::Head}};
    for (const auto &[name, operation] : operations) {
        QTest::addRow("%s, connection lost", name) << operation << ErrorKind::ConnectionLost;
        QTest::addRow("%s, stalled", name) << operation << ErrorKind::Stalled;
        QTest::addRow("%s, 500 although done", name) << operation << ErrorKind::ServerFault;
    }
}

void TestMultipartUploader::survivesALostAnswer()
{
    QFETCH(FakeOperation, operation);
    QFETCH(ErrorKind, kind);
    UploadBench bench(40);
    bench.store.scriptNth(operation, 1, lost(kind));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QVERIFY(!bench.all<RetryEvent>().isEmpty());
}

void TestMultipartUploader::retriesWhatTheServerAsksToRetry_data()
{
    QTest::addColumn<FakeOperation>("operation");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("create throttled") << Op::Create << ErrorKind::Throttled;
    QTest::newRow("part throttled") << Op::UploadPart << ErrorKind::Throttled;
    QTest::newRow("part too slow") << Op::UploadPart << ErrorKind::RequestTimedOut;
    QTest::newRow("part mangled") << Op::UploadPart << ErrorKind::BodyMismatch;
    QTest::newRow("part without an ETag") << Op::UploadPart << ErrorKind::MalformedAnswer;
    QTest::newRow("part with expired credentials") << Op::UploadPart << ErrorKind::CredentialsExpired;
    QTest::newRow("complete half assembled") << Op::Complete << ErrorKind::ServerFault;
    QTest::newRow("complete misses a part") << Op::Complete << ErrorKind::InvalidPart;
    QTest::newRow("complete conflicts") << Op::Complete << ErrorKind::Conflict;
    QTest::newRow("head throttled") << Op::Head << ErrorKind::Throttled;
}

void TestMultipartUploader::retriesWhatTheServerAsksToRetry()
{
    QFETCH(FakeOperation, operation);
    QFETCH(ErrorKind, kind);
    UploadBench bench(40);
    bench.store.scriptNth(operation, 1, failing(kind));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::isDoneWhenOnlyTheAnswerToCompleteWasLost()
{
    UploadBench bench(40);
    bench.store.model.isCompleteIdempotent = false;
    bench.store.scriptNth(Op::Complete, 1, lost());
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::UploadPart), 4);  // nothing was sent again
    QCOMPARE(bench.store.count(Op::Create), 1);
}

void TestMultipartUploader::beginsAnewWhenTheUploadIsGone()
{
    UploadBench bench(40);
    bench.store.onRequest = [&](const FakeRequest &request) {
        if (request.operation == Op::UploadPart && request.partNumber == 3 && request.attempt == 1)
            bench.store.model.uploads.clear();
    };
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 2);
    QVERIFY(bench.hasNotice(QStringLiteral("beginning anew")));
}

void TestMultipartUploader::goesByTheJournalWhereListingIsForbidden()
{
    UploadBench bench(95);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    bench.uploader->stop();
    QVERIFY(bench.run());
    bench.crash();
    const int before = bench.store.count(Op::UploadPart);
    const int rows = static_cast<int>(bench.journal.parts[1].size());
    bench.store.always(Op::ListParts, ErrorKind::AccessDenied);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::UploadPart) - before, 10 - rows);
    QVERIFY(bench.hasNotice(QStringLiteral("no permission")));
}

void TestMultipartUploader::saysSoWhereHeadIsForbidden()
{
    UploadBench bench(40);
    bench.store.always(Op::Head, ErrorKind::AccessDenied);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QVERIFY(!bench.outcome->record.isVerified);
    QVERIFY(!bench.all<CompletedEvent>().first().isVerified);
    QVERIFY(!bench.outcome->record.eTag.isEmpty());
}

void TestMultipartUploader::neverSaysDoneForAnotherObject()
{
    UploadBench bench(40);
    bench.store.onRequest = [&](const FakeRequest &request) {
        if (request.operation == Op::Head)
            bench.store.model.buckets["b"]["dir/key"].content[7] ^= 1;
        if (request.operation == Op::Head)
            bench.store.model.buckets["b"]["dir/key"].checksum.rawBytes[0] ^= 1;
    };
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Failed);
    QCOMPARE(bench.outcome->error->kind, ErrorKind::VerificationFailed);
    QVERIFY(bench.all<CompletedEvent>().isEmpty());
    QCOMPARE(bench.journal.transfers[1].state, TransferState::NeedsAttention);
}

void TestMultipartUploader::looksForTheTwinOfACreateThatWentOutTwice()
{
    UploadBench bench(40);
    FakeAnswer twice;
    twice.isSentTwice = true;
    bench.store.scriptNth(Op::Create, 1, twice);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 1; }));
    QCOMPARE(bench.store.model.uploads.size(), 1);  // the empty one went before the first part was sent
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 1);
    QCOMPARE(bench.store.count(Op::ListUploads), 1);
    QCOMPARE(bench.store.count(Op::Abort), 1);
}

void TestMultipartUploader::waitsOutALostNetwork()
{
    UploadBench bench(200);
    bool isDown = false;
    bench.store.answerer = [&](const FakeRequest &) { return isDown ? std::optional(failing(ErrorKind::NetworkUnreachable)) : std::nullopt; };
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 8; }));
    isDown = true;
    bench.scheduler.advance(std::chrono::hours(1));
    QVERIFY(!bench.outcome);
    const int during = static_cast<int>(std::ranges::count_if(bench.store.requests, [&](const FakeRequest &request) { return request.at > bench.clock.now() - std::chrono::minutes(50); }));
    QVERIFY2(during > 5 && during < 15, qPrintable(QString::number(during)));  // one probe every five minutes
    QVERIFY(!bench.all<WaitingEvent>().isEmpty());
    QCOMPARE(bench.all<WaitingEvent>().first().reason, WaitReason::Network);
    isDown = false;
    bench.uploader->wake();
    bench.scheduler.runDue();
    VERIFY_DONE(bench);
}

void TestMultipartUploader::stopsForWhatAPersonMustMend_data()
{
    QTest::addColumn<FakeOperation>("operation");
    QTest::addColumn<ErrorKind>("kind");
    QTest::newRow("no such bucket") << Op::Create << ErrorKind::NoSuchBucket;
    QTest::newRow("wrong secret") << Op::Create << ErrorKind::CredentialsRefused;
    QTest::newRow("no right to write") << Op::UploadPart << ErrorKind::AccessDenied;
    QTest::newRow("bucket full") << Op::UploadPart << ErrorKind::QuotaExceeded;
    QTest::newRow("certificate") << Op::UploadPart << ErrorKind::TlsUntrusted;
    QTest::newRow("no right to complete") << Op::Complete << ErrorKind::AccessDenied;
}

void TestMultipartUploader::stopsForWhatAPersonMustMend()
{
    QFETCH(FakeOperation, operation);
    QFETCH(ErrorKind, kind);
    UploadBench bench(40);
    bench.store.always(operation, kind);
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    QCOMPARE(bench.outcome->error->kind, kind);
    QCOMPARE(bench.journal.transfers[1].error->kind, kind);
    QCOMPARE(bench.store.model.uploads.size(), operation == Op::Create ? 0U : 1U);  // never aborted because of a failure
    bench.crash();
    bench.store.clearScript();
    QVERIFY(bench.upload());  // mended: the same upload goes on
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.model.partsAcceptedTwice, 0);
}

void TestMultipartUploader::learnsAChecksumThatIsNotEchoed()
{
    UploadBench bench(40);
    bench.store.model.knownChecksums = {ChecksumAlgorithm::Crc32c};
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requestCount(), 4 + 3);  // learning cost nothing
    QCOMPARE(bench.outcome->record.integrity.algorithm, ChecksumAlgorithm::Md5);
    QVERIFY(bench.health->record().unknownChecksums.contains(ChecksumAlgorithm::Crc64Nvme));
    QCOMPARE(bench.health->chooseIntegrity({}).algorithm, ChecksumAlgorithm::Crc32c);
}

void TestMultipartUploader::learnsAChecksumThatIsRefused()
{
    UploadBench bench(40);
    bench.store.model.knownChecksums = {};
    bench.store.model.refusesUnknownChecksums = true;
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requests.last().integrity.algorithm, ChecksumAlgorithm::None);
    QCOMPARE(bench.outcome->record.integrity.algorithm, ChecksumAlgorithm::Md5);
    QCOMPARE(bench.store.count(Op::Create), 4);
}

void TestMultipartUploader::givesUpOnBytesThatKeepArrivingWrong()
{
    UploadBench bench(40);
    bench.store.script(Op::UploadPart, 2, 0, failing(ErrorKind::BodyMismatch));
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    QCOMPARE(bench.outcome->error->kind, ErrorKind::VerificationFailed);
    const auto tries = std::ranges::count_if(bench.store.requests, [](const FakeRequest &request) { return request.operation == Op::UploadPart && request.partNumber == 2; });
    QCOMPARE(tries, 3);
    QVERIFY(bench.health->record().unknownChecksums.isEmpty());  // a mismatch is never a missing ability
}

void TestMultipartUploader::beginsAnewWhenTheFileChanges()
{
    UploadBench bench(95);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    bench.source->change(patternBytes(87, 9));
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
    QVERIFY(bench.hasNotice(QStringLiteral("the file changed")));
    QCOMPARE(bench.outcome->record.source.size, ByteCount(87));
}

void TestMultipartUploader::keepsTheOldUploadWhenAskedToFailOnChange()
{
    UploadBench bench(95);
    bench.options.ifChanged = IfChanged::Fail;
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    bench.source->change(patternBytes(95, 9));
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    QCOMPARE(bench.outcome->error->kind, ErrorKind::SourceChanged);
    QCOMPARE(bench.store.model.uploads.size(), 1U);
}

void TestMultipartUploader::carriesOnATouchedFileWhenAskedToVerify()
{
    UploadBench bench(95);
    bench.options.ifChanged = IfChanged::Verify;
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    bench.source->touch();
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 1);
    QCOMPARE(bench.journal.transfers[1].source.modifiedNs, bench.source->identityNow().modifiedNs);
}

void TestMultipartUploader::beginsAnewWhenVerifyFindsOtherBytes()
{
    UploadBench bench(95);
    bench.options.ifChanged = IfChanged::Verify;
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    QByteArray other = bench.source->content();
    other[12] = static_cast<char>(other[12] + 1);
    bench.source->change(other);
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 2);
}

void TestMultipartUploader::givesUpOnAFileThatKeepsChanging()
{
    UploadBench bench(95);
    quint32 version = 1;
    bench.store.onRequest = [&](const FakeRequest &request) {
        if (request.operation == Op::UploadPart && request.partNumber == 2)
            bench.source->change(patternBytes(95, ++version));
    };
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    QCOMPARE(bench.outcome->error->kind, ErrorKind::SourceChanged);
    QVERIFY(bench.store.model.uploads.empty());
    QVERIFY(!bench.store.model.object(bench.record.object));
}

void TestMultipartUploader::becomesOnePutWhenTheFileShrinks()
{
    UploadBench bench(95);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 5; }));
    bench.source->change({});
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Put), 1);
}

void TestMultipartUploader::doesNotOverwrite()
{
    UploadBench bench(40);
    bench.options.condition = WriteCondition::NoOverwrite;
    bench.store.onRequest = [&](const FakeRequest &request) {
        if (request.operation == Op::Complete)  // somebody else is faster
            bench.store.model.buckets["b"]["dir/key"] = {.content = "theirs", .eTag = "x", .versionId = {}, .settings = {}, .checksum = {}, .partCount = 0, .lastModified = {}};
    };
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Skipped);
    QCOMPARE(bench.stored(), "theirs");
    QVERIFY(bench.store.model.uploads.empty());
    QVERIFY(bench.journal.orphans.empty());
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Skipped);
}

void TestMultipartUploader::isNotTrickedByItsOwnObject()
{
    UploadBench bench(40);
    bench.options.condition = WriteCondition::NoOverwrite;
    FakeAnswer resent = lost(ErrorKind::PreconditionFailed);  // sent twice underneath: the second sees the first's object
    bench.store.scriptNth(Op::Complete, 1, resent);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::skipsByRule_data()
{
    QTest::addColumn<WriteCondition>("condition");
    QTest::addColumn<int>("existingSize");
    QTest::addColumn<qint64>("modifiedMs");
    QTest::addColumn<bool>("isSkipped");
    const qint64 fileMs = 1'700'000'000'000;
    QTest::newRow("exists") << WriteCondition::NoOverwrite << 1 << fileMs << true;
    QTest::newRow("same size") << WriteCondition::IfSizeDiffers << 40 << fileMs << true;
    QTest::newRow("other size") << WriteCondition::IfSizeDiffers << 41 << fileMs << false;
    QTest::newRow("object newer") << WriteCondition::IfSourceNewer << 40 << fileMs + 1 << true;
    QTest::newRow("object older") << WriteCondition::IfSourceNewer << 40 << fileMs - 1 << false;
    QTest::newRow("nothing there") << WriteCondition::IfSourceNewer << -1 << fileMs << false;
}

void TestMultipartUploader::skipsByRule()
{
    QFETCH(WriteCondition, condition);
    QFETCH(int, existingSize);
    QFETCH(qint64, modifiedMs);
    QFETCH(bool, isSkipped);
    UploadBench bench(40);
    bench.options.condition = condition;
    if (existingSize >= 0)
        bench.store.model.buckets["b"]["dir/key"] = {.content = QByteArray(existingSize, 'x'), .eTag = "x", .versionId = {}, .settings = {}, .checksum = {},
                                                      .partCount = 0, .lastModified = WallTime{Milliseconds{modifiedMs}}};
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, isSkipped ? End::Skipped : End::Done);
    QCOMPARE(bench.store.count(Op::Create), isSkipped ? 0 : 1);
}

void TestMultipartUploader::stopsAndCarriesOn()
{
    UploadBench bench(200);
    bench.store.latency = Milliseconds{50};
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 8; }));
    bench.uploader->stop();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.outcome.has_value(); }, Milliseconds{2'000}));
    QCOMPARE(bench.outcome->end, End::Stopped);
    QCOMPARE(bench.store.inFlight(), 0);
    QCOMPARE(bench.journal.parts[1].size(), 8U);
    QCOMPARE(bench.store.count(Op::Abort), 0);
    bench.crash();
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.model.partsAcceptedTwice, 0);
}

void TestMultipartUploader::awaitsACompleteThatIsOut()
{
    UploadBench bench(40);
    bench.store.latency = Milliseconds{300};
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(Op::Complete) == 1; }));
    bench.uploader->stop();
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::leavesAHangingCompleteToTheNextRun()
{
    UploadBench bench(40);
    FakeAnswer hanging;
    hanging.delay = std::chrono::minutes(5);
    hanging.landsWhenDropped = true;
    bench.store.scriptNth(Op::Complete, 1, hanging);
    bench.store.model.isCompleteIdempotent = false;
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(Op::Complete) == 1; }));
    bench.uploader->stop();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.outcome.has_value(); }, Milliseconds{2'000}));
    QCOMPARE(bench.outcome->end, End::Stopped);
    QCOMPARE(bench.outcome->record.state, TransferState::Completing);
    bench.crash();
    bench.scheduler.advance(std::chrono::minutes(6));
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.count(Op::Create), 1);
}

void TestMultipartUploader::cancelAborts()
{
    UploadBench bench(200);
    bench.store.latency = Milliseconds{50};
    FakeAnswer landing;
    landing.landsWhenDropped = true;  // parts in flight land after the first Abort
    landing.delay = Milliseconds{100};
    bench.store.script(Op::UploadPart, 0, 0, landing);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 4; }));
    bench.uploader->cancel(false);
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, End::Cancelled);
    QVERIFY(bench.store.model.uploads.empty());
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Cancelled);
}

void TestMultipartUploader::cancelKeepsTheUploadIfAsked()
{
    UploadBench bench(200);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 4; }));
    bench.uploader->cancel(true);
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, End::Cancelled);
    QCOMPARE(bench.store.model.uploads.size(), 1U);
    QCOMPARE(bench.store.count(Op::Abort), 0);
}

void TestMultipartUploader::cancelAfterACrashGoesOn()
{
    UploadBench bench(200);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 4; }));
    bench.uploader->cancel(false);
    QVERIFY(bench.scheduler.runUntil([&] { return bench.journal.transfers[1].state == TransferState::Cancelling; }));
    bench.crash();  // K12
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::Cancelled);
    QVERIFY(bench.store.model.uploads.empty());
}

void TestMultipartUploader::cleansUpAfterAFailureIfAsked()
{
    UploadBench bench(40);
    bench.options.abortOnFailure = true;
    bench.store.script(Op::UploadPart, 3, 0, failing(ErrorKind::AccessDenied));
    QVERIFY(bench.upload());
    QCOMPARE(bench.outcome->end, End::NeedsAttention);
    QVERIFY(bench.store.model.uploads.empty());
    QVERIFY(bench.outcome->record.uploadId.isEmpty());
    QVERIFY(bench.journal.orphans.empty());
}

void TestMultipartUploader::waitsForAFullJournal()
{
    UploadBench bench(40);
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(Op::UploadPart) == 4; }));
    bench.journal.breakDown(Error::make(ErrorKind::DiskFull, QStringLiteral("full")));
    bench.scheduler.advance(std::chrono::minutes(10));
    QCOMPARE(bench.store.count(Op::Complete), 0);  // what must be durable first is not begun
    bench.journal.mend();
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
}

void TestMultipartUploader::carriesTenThousandParts()
{
    UploadBench bench(100'000);
    QVERIFY(bench.upload());
    VERIFY_DONE(bench);
    QCOMPARE(bench.store.requestCount(), 10'003);
    QCOMPARE(bench.store.model.partsAcceptedTwice, 0);
}

QTEST_GUILESS_MAIN(TestMultipartUploader)
#include "test_multipart_uploader.moc"
