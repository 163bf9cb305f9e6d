#include "tests/unit/transfer/UploadBench.h"

#include <map>

using namespace packmule;
using Op = FakeOperation;

/// What an upload is signed with has expired: it waits, looks from time to time, and goes on by itself (row 20).
class TestExpiredCredentials : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void waitsForNewCredentials();
    void credentialsBeforeTheNetworkAreNoAnswer();
    void smallFilesWaitToo();
    void stopsWhileItWaits();
};

void TestExpiredCredentials::waitsForNewCredentials()
{
    UploadBench bench(200);
    bool isExpired = false;
    std::map<int, int> accepted;
    bench.store.answerer = [&](const FakeRequest &request) {
        accepted[request.partNumber] += request.operation == Op::UploadPart && !isExpired ? 1 : 0;
        return isExpired ? std::optional(expired()) : std::nullopt;
    };
    bench.start();
    QVERIFY(bench.scheduler.runUntil([&] { return bench.uploader->confirmedParts() == 8; }));
    isExpired = true;
    bench.scheduler.advance(std::chrono::hours(1));
    QVERIFY(!bench.outcome);
    const auto late = [&](const FakeRequest &request) { return request.at > bench.clock.now() - std::chrono::minutes(50); };
    const auto during = std::ranges::count_if(bench.store.requests, late);
    QVERIFY2(during >= 45 && during <= 55, qPrintable(QString::number(during)));  // one look a minute, for all parts together
    const QList<WaitingEvent> waiting = bench.all<WaitingEvent>();
    QVERIFY(!waiting.isEmpty());
    QCOMPARE(waiting.first().reason, WaitReason::Credentials);
    QCOMPARE(waiting.first().error.kind, ErrorKind::CredentialsExpired);
    QVERIFY(waiting.first().until);
    isExpired = false;
    bench.scheduler.advance(std::chrono::minutes(2));
    VERIFY_DONE(bench);
    QVERIFY(std::ranges::all_of(accepted, [](const auto &part) { return part.second <= 1; }));
}

void TestExpiredCredentials::credentialsBeforeTheNetworkAreNoAnswer()
{
    UploadBench bench(200);
    bench.store.answerer = [](const FakeRequest &) { return failing(ErrorKind::CredentialsExpired); };  // their own source says so
    bench.start();
    bench.scheduler.advance(std::chrono::minutes(10));
    QVERIFY(bench.credentials.isOn());
    QVERIFY(!bench.health->hasAnswered());
    bench.store.answerer = nullptr;
    bench.uploader->wake();
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
}

void TestExpiredCredentials::smallFilesWaitToo()
{
    UploadBench bench(7);
    bool isExpired = true;
    bench.store.answerer = [&](const FakeRequest &) { return isExpired ? std::optional(expired()) : std::nullopt; };
    bench.start();
    bench.scheduler.advance(std::chrono::minutes(10));
    QVERIFY(!bench.outcome);
    QCOMPARE(bench.all<WaitingEvent>().first().reason, WaitReason::Credentials);
    isExpired = false;
    QVERIFY(bench.run());
    VERIFY_DONE(bench);
}

void TestExpiredCredentials::stopsWhileItWaits()
{
    UploadBench bench(200);
    bench.store.answerer = [](const FakeRequest &request) {
        return request.operation == Op::UploadPart ? std::optional(expired()) : std::nullopt;
    };
    bench.start();
    bench.scheduler.advance(std::chrono::minutes(10));
    bench.uploader->stop();
    QVERIFY(bench.run());
    QCOMPARE(bench.outcome->end, UploadOutcome::End::Stopped);
    QCOMPARE(bench.journal.transfers[1].state, TransferState::Sending);
    QVERIFY(!bench.journal.transfers[1].uploadId.isEmpty());
}

QTEST_GUILESS_MAIN(TestExpiredCredentials)
#include "test_expired_credentials.moc"
