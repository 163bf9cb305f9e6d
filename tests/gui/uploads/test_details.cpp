#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "ui/common/ErrorText.h"
#include "ui/common/StateText.h"
#include "ui/uploads/AttemptLog.h"
#include "ui/uploads/ListOrderDiff.h"
#include "ui/uploads/PartMapView.h"
#include "ui/uploads/PartPainting.h"
#include "ui/uploads/SpeedHistory.h"
#include "ui/uploads/TimelineModel.h"
#include "ui/uploads/TransferReport.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

TransferSnapshot snapshot(TransferState state)
{
    TransferSnapshot transfer;
    transfer.record.state = state;
    transfer.parts = 4;
    return transfer;
}

Error lost()
{
    return Error::make(ErrorKind::ConnectionLost, QStringLiteral("reset"));
}

RetryEvent retryOf(int part, int attempt)
{
    return {.partNumber = PartNumber::fromIndex(part), .attempt = attempt, .error = lost(), .wait = 1s};
}

QList<ListEntry> entries(const QList<int> &ids)
{
    QList<ListEntry> list;
    for (const int id : ids)
        list.append({.run = id, .first = id, .count = 1});
    return list;
}

}  // namespace

class TestDetails : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statesAreSentences_data();
    void statesAreSentences();
    void everyErrorHasASentence();
    void detailsHoldTheCodeButNoSecret();
    void reportHoldsNoSecretAndNoControlCharacters();
    void timelineTellsAttempts();
    void timelineIsBounded();
    void aNetworkThatComesAndGoesIsOneLine();
    void partMapTellsAttemptsAndLastError();
    void clickOnAFailedPartRetries();
    void walksThroughThePartsByKeyboard();
    void paintsTenThousandPartsAsGroupsWithoutHidingTheWorst();
    void speedSleepsWhenNothingMoves();
    void orderDifferences_data();
    void orderDifferences();
};

void TestDetails::statesAreSentences_data()
{
    QTest::addColumn<TransferSnapshot>("transfer");
    QTest::addColumn<bool>("isVerifying");
    QTest::addColumn<QString>("sentence");
    const auto row = [](const char *name, const TransferSnapshot &transfer, const char *sentence, bool isVerifying = false) {
        QTest::newRow(name) << transfer << isVerifying << QString::fromUtf8(sentence);
    };
    row("queued", snapshot(TransferState::Queued), "Waiting for its turn");
    row("sending", snapshot(TransferState::Sending), "Uploading");
    row("completing", snapshot(TransferState::Completing), "Assembling on the server");
    row("verifying", snapshot(TransferState::Completing), "Verifying", true);
    TransferSnapshot transfer = snapshot(TransferState::Done);
    row("doneUnread", transfer, "Done, not read back: no permission");
    transfer.record.isVerified = true;
    row("done", transfer, "Verified");
    transfer = snapshot(TransferState::Sending);
    transfer.record.isPaused = true;
    row("paused", transfer, "Paused");
    transfer.confirmedParts = 2;
    row("pausedWithParts", transfer, "Paused, the store keeps what it has");
    transfer = snapshot(TransferState::Sending);
    transfer.waiting = WaitingEvent{.reason = WaitReason::Network, .error = lost(), .until = {}};
    row("network", transfer, "Waiting for network");
    transfer.waiting->until = WallTime(8s);
    row("networkUntil", transfer, "Waiting for network, next try in 8 s");
    transfer.waiting->reason = WaitReason::SourceBusy;
    row("busy", transfer, "File is in use, next look in 8 s");
    transfer.waiting = WaitingEvent{.reason = WaitReason::Credentials, .error = {}, .until = {}};
    row("credentials", transfer, "Waiting for sign-in");
    transfer = snapshot(TransferState::NeedsAttention);
    transfer.record.error = Error::make(ErrorKind::NoSuchBucket, {});
    row("attention", transfer, "There is no such bucket");
}

void TestDetails::statesAreSentences()
{
    QFETCH(TransferSnapshot, transfer);
    QFETCH(bool, isVerifying);
    QFETCH(QString, sentence);
    QCOMPARE(StateText::of(transfer, isVerifying, WallTime{}), sentence);
}

void TestDetails::everyErrorHasASentence()
{
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::Cancelled); ++kind) {
        const QString cause = ErrorText::cause(Error::make(static_cast<ErrorKind>(kind), QStringLiteral("detail")));
        QVERIFY2(cause.size() > 10 && cause.endsWith(QLatin1Char('.')), qPrintable(QString::number(kind)));
        QVERIFY(!cause.contains(QStringLiteral("detail")));
    }
}

void TestDetails::detailsHoldTheCodeButNoSecret()
{
    Error error = Error::make(ErrorKind::AccessDenied, QStringLiteral("GET https://host/b?X-Amz-Signature=abcdef Authorization: AWS4 secret"));
    error.httpStatus = 403;
    error.s3Code = "AccessDenied";
    error.requestId = "R1";
    const QString details = ErrorText::details(error);
    QVERIFY(details.contains(QStringLiteral("HTTP 403")) && details.contains(QStringLiteral("AccessDenied")) && details.contains(QStringLiteral("R1")));
    QVERIFY(!details.contains(QStringLiteral("abcdef")) && !details.contains(QStringLiteral("AWS4")));
}

void TestDetails::reportHoldsNoSecretAndNoControlCharacters()
{
    TransferSnapshot transfer = snapshot(TransferState::NeedsAttention);
    transfer.record.sourcePath = "/d/\xE2\x80\xAE\nx";
    transfer.record.uploadId = "UPLOADID";
    transfer.record.error = Error::make(ErrorKind::ServiceRefused, QStringLiteral("https://h/b?X-Amz-Security-Token=tok&X-Amz-Signature=sig"));
    const QString report = transferReport(transfer, {{.time = {}, .kind = Attempt::Kind::Retry, .part = PartNumber::fromIndex(3), .attempt = 2, .size = {}, .error = lost(), .notice = {}}});
    QVERIFY(report.contains(QStringLiteral("/d/\\u{202e}\\x0Ax")));
    QVERIFY(report.contains(QStringLiteral("part 4 attempt 2: connectionLost")));
    for (const char *secret : {"tok", "=sig", "UPLOADID"})
        QVERIFY2(!report.contains(QLatin1String(secret)), secret);
}

void TestDetails::timelineTellsAttempts()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    TimelineModel model(log);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    engine.tell(1, 1, StartedEvent{});
    model.setTransfer(1);
    engine.tell(1, 1, retryOf(6, 2));
    engine.tell(2, 1, retryOf(1, 1));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, TimelineModel::Part).data().toString(), QStringLiteral("7"));
    QCOMPARE(model.index(1, TimelineModel::What).data().toString(), QStringLiteral("Attempt 2 failed, trying again"));
    QCOMPARE(model.index(1, TimelineModel::Cause).data().toString(), QStringLiteral("The connection was lost."));
}

void TestDetails::timelineIsBounded()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    TimelineModel model(log);
    model.setTransfer(1);
    for (int i = 0; i < AttemptLog::kMostOfOne + 10; ++i)
        engine.tell(1, 1, retryOf(i % 10'000, i));
    QCOMPARE(model.rowCount(), static_cast<int>(AttemptLog::kMostOfOne));
    QCOMPARE(log.attempts(1).size(), AttemptLog::kMostOfOne);
    QCOMPARE(log.attempts(1).last().attempt, static_cast<int>(AttemptLog::kMostOfOne) + 9);
}

void TestDetails::aNetworkThatComesAndGoesIsOneLine()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    for (int i = 0; i < 5; ++i)
        engine.tell(1, 1, WaitingEvent{.reason = WaitReason::Network, .error = lost(), .until = {}}, WallTime(std::chrono::seconds(i)));
    QCOMPARE(log.attempts(1).size(), 1);
    QCOMPARE(log.attempts(1).first().time, WallTime(4s));
}

void TestDetails::partMapTellsAttemptsAndLastError()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    PartMapView view(log);
    const PartMap map{ByteCount(25), ByteCount(10), {PartStanding::Confirmed, PartStanding::Retrying, PartStanding::Queued}};
    view.setMap(1, &map);
    engine.tell(1, 1, retryOf(1, 3));
    QVERIFY(view.sentence(1).startsWith(QStringLiteral("Part 2: failed, tried again soon")));
    QVERIFY(view.sentence(1).contains(QStringLiteral("3 attempt(s)")));
    QVERIFY(view.sentence(1).contains(QStringLiteral("Last error: The connection was lost.")));
    QVERIFY(view.sentence(2).contains(QStringLiteral("Size: 5 byte(s)")));
    QVERIFY(view.sentence(3).isEmpty());
}

void TestDetails::clickOnAFailedPartRetries()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    PartMapView view(log);
    view.resize(400, 200);
    view.show();
    const PartMap map{ByteCount(30), ByteCount(10), {PartStanding::Confirmed, PartStanding::Retrying, PartStanding::Queued}};
    view.setMap(1, &map);
    QSignalSpy retries(&view, &PartMapView::retryRequested);
    int x = 0;
    while (view.partAt({x, 12}) != 0)
        ++x;
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {x, 12});
    QCOMPARE(retries.size(), 0);
    while (view.partAt({x, 12}) != 1)
        ++x;
    QTest::mouseClick(view.viewport(), Qt::LeftButton, {}, {x, 12});
    QCOMPARE(retries.size(), 1);
    QCOMPARE(retries.first().first().value<TransferId>(), 1);
}

void TestDetails::walksThroughThePartsByKeyboard()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    AttemptLog log(engine);
    PartMapView view(log);
    view.resize(400, 200);
    view.show();
    const PartMap map{ByteCount(30), ByteCount(10), {PartStanding::Confirmed, PartStanding::Retrying, PartStanding::Queued}};
    view.setMap(7, &map);
    QSignalSpy retries(&view, &PartMapView::retryRequested);
    QTest::keyClick(&view, Qt::Key_Right);
    QVERIFY(view.accessibleDescription().startsWith(QStringLiteral("Part 2")));
    QTest::keyClick(&view, Qt::Key_Return);
    QCOMPARE(retries.size(), 1);
}

void TestDetails::paintsTenThousandPartsAsGroupsWithoutHidingTheWorst()
{
    QList<PartStanding> parts(10'000, PartStanding::Verified);
    parts[5'000] = PartStanding::Retrying;
    QCOMPARE(standingOfGroup(parts, 4'990, 5'010), PartStanding::Retrying);
    QCOMPARE(standingOfGroup(parts, 0, 4'990), PartStanding::Verified);
    parts[1] = PartStanding::Queued;
    QCOMPARE(standingOfGroup(parts, 0, 100), PartStanding::Queued);
}

void TestDetails::speedSleepsWhenNothingMoves()
{
    FakeClock clock;
    FakeScheduler scheduler(clock);
    FakeEngineClient engine(scheduler);
    SpeedHistory speeds(engine, clock, scheduler);
    QCOMPARE(scheduler.pending(), 0);
    engine.tell(1, 1, ProgressEvent{.sent = {}, .confirmed = {}, .size = {}, .rate = 1000, .eta = {}});
    scheduler.advance(1s);
    QCOMPARE(speeds.total(), 1000.0);
    engine.tell(1, 1, PausedEvent{});
    scheduler.advance(1s);
    QCOMPARE(speeds.total(), 0.0);
    scheduler.advance(std::chrono::seconds(SpeedHistory::kSamples + 2));
    QCOMPARE(scheduler.pending(), 0);
}

void TestDetails::orderDifferences_data()
{
    QTest::addColumn<QList<int>>("before");
    QTest::addColumn<QList<int>>("after");
    QTest::addColumn<int>("ranges");
    QTest::addColumn<bool>("isReordered");
    QTest::newRow("same") << QList<int>{1, 2, 3} << QList<int>{1, 2, 3} << 0 << false;
    QTest::newRow("one at the top") << QList<int>{1, 2} << QList<int>{9, 1, 2} << 1 << false;
    QTest::newRow("one from the middle") << QList<int>{1, 2, 3} << QList<int>{1, 3} << 1 << false;
    QTest::newRow("swapped") << QList<int>{1, 2, 3, 4} << QList<int>{1, 3, 2, 4} << 0 << true;
    QTest::newRow("all at once") << QList<int>{1, 2, 3, 4, 5} << QList<int>{5, 9, 3, 1} << 3 << true;
    QTest::newRow("emptied") << QList<int>{1, 2} << QList<int>{} << 1 << false;
}

void TestDetails::orderDifferences()
{
    QFETCH(QList<int>, before);
    QFETCH(QList<int>, after);
    QFETCH(int, ranges);
    QFETCH(bool, isReordered);
    const auto changes = listChanges(entries(before), entries(after), 100);
    QVERIFY(changes);
    QCOMPARE(changes->removed.size() + changes->inserted.size(), ranges);
    QCOMPARE(changes->isReordered, isReordered);
    QVERIFY(ranges == 0 || !listChanges(entries(before), entries(after), 0));
}

QTEST_MAIN(TestDetails)
#include "test_details.moc"
