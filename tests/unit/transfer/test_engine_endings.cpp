#include "tests/unit/transfer/EngineBench.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;
using Way = FakeUploadScript::Way;

/// Waiting for the network, pausing, removing, shutting down, cleaning up.
class TestEngineEndings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHostThatNeverAnsweredEndsTheRunAfter30Seconds();
    void aHostThatOnceAnsweredIsWaitedFor();
    void withoutARouteThe30SecondsDoNotRun();
    void anUploadThatHasBegunAlwaysWaits();
    void maxWaitEndsEverything();
    void expiredCredentialsEndTheRunAfter30Seconds();
    void missingCredentialsEndACommandAtOnceAndAWindowWaits_data();
    void missingCredentialsEndACommandAtOnceAndAWindowWaits();
    void maxWaitIsHowLongNewCredentialsAreAwaited();
    void anotherConnectionDoesNotWaitForThem();
    void pauseStopsAndSurvivesARestart();
    void aPauseIsAnsweredWhenAKillWouldKeepIt();
    void resumingAPausedTransferPutsItInLineWhereItsRunIsBusy();
    void removeOfARunningTransferAborts();
    void removeOfARestingUploadAbortsItOnTheServer();
    void removeKeepingTheUploadTouchesNothing();
    void removeOfAnUnknownTransferIsNoSuchKey();
    void aRemovedFileLetsTheRunEnd();
    void shutdownIsQuickAndTellsInterrupted();
    void shutdownDoesNotWaitForAnUploaderThatCannotStop();
    void orphansOfTheJournalAreAbortedInTheBackground();
    void anOrphanThatCannotBeAbortedStaysInTheJournal();
    void progressComesAtMostEvery100Milliseconds();
    void listShowsWhatRuns();
    void listShowsHowFarARestingUploadHasCome();

private:
    CryptoLibrary m_crypto;
};

namespace {

const Error kExpired = Error::make(ErrorKind::CredentialsExpired, QStringLiteral("expired"));
const Error kRefused = Error::make(ErrorKind::ConnectionRefused, QStringLiteral("refused"));

}  // namespace

void TestEngineEndings::aHostThatNeverAnsweredEndsTheRunAfter30Seconds()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = kRefused};
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(29s);
    QVERIFY(bench.ended.isEmpty());
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(bench.ended.first().second.isNeverReachable);
    QCOMPARE(bench.ended.first().second.summary.failed, 2);
    QVERIFY(std::get<FailedEvent>(bench.eventsOf<FailedEvent>().first().body).isResumable);
    QCOMPARE(bench.stateOf(1), TransferState::Queued);
}

void TestEngineEndings::aHostThatOnceAnsweredIsWaitedFor()
{
    EngineBench bench;
    bench.putToEnd(bench.command({bench.file("first")}, "x/"));
    bench.restart();
    bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = kRefused};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1h);
    QVERIFY(bench.ended.isEmpty());
}

void TestEngineEndings::withoutARouteThe30SecondsDoNotRun()
{
    EngineBench bench;
    bench.hasRoute = false;
    bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = kRefused};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1h);
    QVERIFY(bench.ended.isEmpty());
    bench.hasRoute = true;
    bench.scheduler.advance(31s);
    QCOMPARE(bench.ended.size(), 1);
}

void TestEngineEndings::anUploadThatHasBegunAlwaysWaits()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = kRefused, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1h);
    QVERIFY(bench.ended.isEmpty());
}

void TestEngineEndings::maxWaitEndsEverything()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::LoseNetwork, .error = kRefused, .uploadId = "u1"};
    PutCommand command = bench.command({bench.file("a")}, "x/");
    command.options.maxWait = Milliseconds{90'000};
    bench.put(command);
    bench.scheduler.advance(89s);
    QVERIFY(bench.ended.isEmpty());
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(!bench.ended.first().second.isNeverReachable);
    QCOMPARE(bench.ended.first().second.summary.failed, 1);
    QCOMPARE(bench.stateOf(1), TransferState::Sending);
}

void TestEngineEndings::expiredCredentialsEndTheRunAfter30Seconds()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::ExpireCredentials, .error = kExpired, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(29s);
    QVERIFY(bench.ended.isEmpty());
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), 1);
    QCOMPARE(bench.ended.first().second.configurationError, ErrorKind::CredentialsExpired);
    const auto failed = std::get<FailedEvent>(bench.eventsOf<FailedEvent>().first().body);
    QCOMPARE(failed.error.kind, ErrorKind::CredentialsExpired);
    QVERIFY(failed.isResumable);
    QCOMPARE(bench.stateOf(1), TransferState::Sending);
}

void TestEngineEndings::missingCredentialsEndACommandAtOnceAndAWindowWaits_data()
{
    QTest::addColumn<bool>("isForWindow");
    QTest::newRow("command") << false;
    QTest::newRow("window") << true;
}

void TestEngineEndings::missingCredentialsEndACommandAtOnceAndAWindowWaits()
{
    QFETCH(const bool, isForWindow);
    EngineBench bench;
    bench.usesRealUploaders = true;
    bench.isForWindow = isForWindow;
    bench.restart();
    bool isThere = false;
    bench.provider.store->answerer = [&isThere](const FakeRequest &) {
        const FakeAnswer missing{.error = Error::make(ErrorKind::CredentialsMissing, QStringLiteral("the keyring is locked"))};
        return isThere ? std::nullopt : std::optional(missing);
    };
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), isForWindow ? 0 : 1);
    QCOMPARE(bench.stateOf(1), TransferState::Queued);  // resumable, and no error stands in its row
    QVERIFY(!bench.eventsOf<WaitingEvent>().isEmpty());
    bench.scheduler.advance(std::chrono::hours(1));
    QCOMPARE(bench.ended.size(), isForWindow ? 0 : 1);
    isThere = true;
    bench.engine->wake();
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), 1);
    QCOMPARE(bench.ended.first().second.configurationError.has_value(), !isForWindow);
    QCOMPARE(bench.ended.first().second.summary.completed, isForWindow ? 1 : 0);
}

void TestEngineEndings::maxWaitIsHowLongNewCredentialsAreAwaited()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::ExpireCredentials, .error = kExpired};
    PutCommand command = bench.command({bench.file("a")}, "x/");
    command.options.maxWait = Milliseconds{600'000};
    bench.put(command);
    bench.scheduler.advance(599s);
    QVERIFY(bench.ended.isEmpty());
    bench.scheduler.advance(2s);
    QCOMPARE(bench.ended.size(), 1);
}

void TestEngineEndings::anotherConnectionDoesNotWaitForThem()
{
    EngineBench bench;
    bench.usesRealUploaders = true;
    bench.restart();
    bench.provider.store->answerer = [](const FakeRequest &request) {
        FakeAnswer expired{.error = kExpired};
        return request.object.key.startsWith("x/") ? std::optional(expired) : std::nullopt;
    };
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(6s);
    PutCommand other = bench.command({bench.file("b")}, "y/");
    other.connection.id = "c2";
    const RunOutcome outcome = bench.putToEnd(other);
    QCOMPARE(outcome.summary.completed, 1);
    QCOMPARE(bench.ended.size(), 1);  // the first still waits
}

void TestEngineEndings::pauseStopsAndSurvivesARestart()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(1s);
    const auto changed = bench.change(QueueVerb::Pause, {1});
    QVERIFY(changed && *changed == 1);
    QCOMPARE(bench.eventsOf<PausedEvent>().size(), 1);
    QVERIFY(bench.journal.transfers.at(1).isPaused);
    QVERIFY(!bench.journal.transfers.at(2).isPaused);
    bench.restart();
    bench.calls.push_back(bench.engine->resume(0, [](const Result<ResumeAnswer> &) {}));
    bench.scheduler.advance(1s);
    QCOMPARE(bench.uploaders.startedKeys(), QList<QByteArray>{"x/b"});
}

void TestEngineEndings::aPauseIsAnsweredWhenAKillWouldKeepIt()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    std::optional<bool> isDurable;
    bench.calls.push_back(bench.engine->change(QueueVerb::Pause, {1}, [&](const Result<int> &) { isDurable = bench.journal.transfers.at(1).isPaused; }));
    bench.scheduler.advance(1s);
    QCOMPARE(isDurable, std::optional(true));
}

void TestEngineEndings::resumingAPausedTransferPutsItInLineWhereItsRunIsBusy()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(1s);
    bench.change(QueueVerb::Pause, {1});
    bench.change(QueueVerb::Resume, {1});
    QCOMPARE(bench.uploaders.startedKeys(), (QList<QByteArray>{"x/a", "x/b", "x/a"}));
    QVERIFY(!bench.journal.transfers.at(1).isPaused);
}

void TestEngineEndings::removeOfARunningTransferAborts()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    const auto changed = bench.change(QueueVerb::Remove, {1});
    QVERIFY(changed && *changed == 1);
    QCOMPARE(bench.uploaders.cancelled, QList<QByteArray>{"x/a"});
    QCOMPARE(bench.stateOf(1), TransferState::Cancelled);
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(bench.journal.runs.at(1).ended);
}

void TestEngineEndings::removeOfARestingUploadAbortsItOnTheServer()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bench.usesRealUploaders = true;
    bench.restart();
    bench.provider.store->model.uploads["u1"].object = {"b", "x/a"};
    const auto changed = bench.change(QueueVerb::Remove, {1});
    QVERIFY(changed && *changed == 1);
    QVERIFY(bench.provider.store->model.uploads.empty());
    QCOMPARE(bench.stateOf(1), TransferState::Cancelled);
}

void TestEngineEndings::removeKeepingTheUploadTouchesNothing()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bench.usesRealUploaders = true;
    bench.restart();
    bench.provider.store->model.uploads["u1"].object = {"b", "x/a"};
    const auto changed = bench.change(QueueVerb::RemoveKeepingUpload, {1});
    QVERIFY(changed && *changed == 1);
    QCOMPARE(bench.provider.store->requestCount(), 0);
    QCOMPARE(bench.stateOf(1), TransferState::Cancelled);
}

void TestEngineEndings::removeOfAnUnknownTransferIsNoSuchKey()
{
    EngineBench bench;
    const auto changed = bench.change(QueueVerb::Remove, {7});
    QVERIFY(changed && !*changed);
    QCOMPARE(changed->error().kind, ErrorKind::NoSuchKey);
}

void TestEngineEndings::aRemovedFileLetsTheRunEnd()
{
    EngineBench bench;
    bench.uploaders.scripts["x/a"] = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, {})};
    bench.putToEnd(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    QVERIFY(!bench.journal.runs.at(1).ended);
    bench.change(QueueVerb::Remove, {1});
    QVERIFY(bench.journal.runs.at(1).ended);
}

void TestEngineEndings::shutdownIsQuickAndTellsInterrupted()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bool isDown = false;
    bench.engine->shutdown([&] { isDown = true; });
    bench.scheduler.advance(100ms);
    QVERIFY(isDown);
    QCOMPARE(bench.uploaders.stopped, QList<QByteArray>{"x/a"});
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(bench.ended.first().second.isInterrupted);
}

void TestEngineEndings::shutdownDoesNotWaitForAnUploaderThatCannotStop()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .isStoppable = false};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bool isDown = false;
    bench.engine->shutdown([&] { isDown = true; });
    bench.scheduler.advance(2s);
    QVERIFY(isDown);
}

void TestEngineEndings::orphansOfTheJournalAreAbortedInTheBackground()
{
    EngineBench bench;
    bench.putToEnd(bench.command({bench.file("a")}, "x/"));
    bench.journal.orphans[5] = {.id = 5, .connectionId = "c1", .object = {"b", "old"}, .uploadId = "u9"};
    bench.restart();
    bench.provider.store->model.uploads["u9"].object = {"b", "old"};
    bench.scheduler.advance(1min);
    QCOMPARE(bench.provider.store->model.uploads.size(), 1u);  // nobody has asked for anything yet
    bench.putToEnd(bench.command({bench.file("a")}, "x/"));
    QVERIFY(bench.provider.store->model.uploads.empty());      // before the command's end
    bench.scheduler.advance(1s);
    QVERIFY(bench.journal.orphans.empty());
}

void TestEngineEndings::anOrphanThatCannotBeAbortedStaysInTheJournal()
{
    EngineBench bench;
    bench.putToEnd(bench.command({bench.file("a")}, "x/"));
    bench.journal.orphans[5] = {.id = 5, .connectionId = "c1", .object = {"b", "old"}, .uploadId = "u9"};
    bench.restart();
    bench.provider.store->always(FakeOperation::Abort, ErrorKind::AccessDenied);
    QCOMPARE(bench.putToEnd(bench.command({bench.file("a")}, "x/")).summary.completed, 1);
    QCOMPARE(bench.journal.orphans.size(), 1u);
}

void TestEngineEndings::progressComesAtMostEvery100Milliseconds()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .sent = ByteCount(3)};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(95ms);
    QVERIFY(bench.eventsOf<ProgressEvent>().isEmpty());
    bench.scheduler.advance(10ms);
    QCOMPARE(bench.eventsOf<ProgressEvent>().size(), 1);
    QCOMPARE(std::get<ProgressEvent>(bench.eventsOf<ProgressEvent>().first().body).sent.value(), 3);
    bench.scheduler.advance(800ms);
    QCOMPARE(bench.eventsOf<ProgressEvent>().size(), 1);  // nothing has moved since
}

void TestEngineEndings::listShowsWhatRuns()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .sent = ByteCount(3)};
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    QList<TransferSnapshot> rows;
    bench.calls.push_back(bench.engine->list(0, 10, [&](const Result<QList<TransferSnapshot>> &listed) { rows = *listed; }));
    bench.scheduler.advance(1ms);
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first().sent.value(), 3);
}

void TestEngineEndings::listShowsHowFarARestingUploadHasCome()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a", QByteArray(100, 'x'))}, "x/"));
    bench.scheduler.advance(1s);
    bench.journal.record({SavePart{{.transfer = 1, .partNumber = PartNumber::fromIndex(0), .size = ByteCount(40), .checksum = {}, .eTag = "e"}}});
    bench.scheduler.advance(1s);
    bench.restart();
    QList<TransferSnapshot> rows;
    bench.calls.push_back(bench.engine->list(0, 10, [&](const Result<QList<TransferSnapshot>> &listed) { rows = *listed; }));
    bench.scheduler.advance(1ms);
    QCOMPARE(rows.size(), 1);
    QCOMPARE(rows.first().confirmed.value(), 40);
    QCOMPARE(rows.first().confirmedParts, 1);
}

QTEST_GUILESS_MAIN(TestEngineEndings)
#include "test_engine_endings.moc"
