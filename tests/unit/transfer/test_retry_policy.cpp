#include "core/transfer/RetryPolicy.h"

#include <QTest>

using namespace packmule;

class TestRetryPolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesEachKindItsVerdict_data();
    void givesEachKindItsVerdict();
    void waitsLongerEachTimeUpToTheCap();
    void honoursRetryAfter();
    void givesUpAfterTheRetriesAskedFor();
    void neverCountsTheNetwork();
    void looksForTheNetworkAfterTwoLostConnections();
    void readsCredentialsAgainOnceThenParks();
    void explainsBytesThatArriveWrong();
    void throttlesOnlyWhenBodiesKeepComingTooSlowly();
};

namespace {

RetryDecision decideAfter(const RetryPolicy &policy, ErrorKind kind, int times, double random = 0.5)
{
    const Error error = Error::make(kind, QStringLiteral("x"));
    CallHistory history;
    for (int i = 0; i < times; ++i)
        history.add(error);
    return policy.decide(error, history, random);
}

}  // namespace

void TestRetryPolicy::givesEachKindItsVerdict_data()
{
    QTest::addColumn<ErrorKind>("kind");
    QTest::addColumn<RetryVerdict>("first");
    QTest::addColumn<RetryVerdict>("fifth");
    using enum RetryVerdict;
    const auto row = [](ErrorKind kind, RetryVerdict first, RetryVerdict fifth) { QTest::newRow(errorKindName(kind).constData()) << kind << first << fifth; };
    row(ErrorKind::NameNotResolved, Park, Park);
    row(ErrorKind::ConnectionRefused, Park, Park);
    row(ErrorKind::NetworkUnreachable, Park, Park);
    row(ErrorKind::ConnectionLost, RetryAfter, Park);
    row(ErrorKind::Stalled, RetryAfter, Park);
    row(ErrorKind::TlsUntrusted, Attention, Attention);
    row(ErrorKind::ProxyRefused, Attention, Attention);
    row(ErrorKind::Throttled, RetryAfter, RetryAfter);
    row(ErrorKind::ServerFault, RetryAfter, RetryAfter);
    row(ErrorKind::MalformedAnswer, RetryAfter, RetryAfter);
    row(ErrorKind::RequestTimedOut, RetryAfter, RetryAfter);
    row(ErrorKind::TryAgain, RetryAfter, RetryAfter);
    row(ErrorKind::ClockSkewed, RetryAfter, Attention);
    row(ErrorKind::WrongRegion, RetryAfter, Attention);
    row(ErrorKind::CredentialsExpired, RetryAfter, Park);
    row(ErrorKind::CredentialsRefused, Attention, Attention);
    row(ErrorKind::CredentialsMissing, Park, Park);
    row(ErrorKind::AccessDenied, Attention, Attention);
    row(ErrorKind::NoSuchBucket, Attention, Attention);
    row(ErrorKind::QuotaExceeded, Attention, Attention);
    row(ErrorKind::SourceMissing, Attention, Attention);
    row(ErrorKind::LocalIo, Attention, Attention);
    row(ErrorKind::NoSuchUpload, Restart, Restart);
    row(ErrorKind::ChecksumUnknown, Restart, Restart);
    row(ErrorKind::InvalidPart, Repair, Repair);
    row(ErrorKind::PartTooSmall, Repair, Repair);
    row(ErrorKind::BodyMismatch, RetryAfter, Attention);
    row(ErrorKind::PreconditionFailed, Final, Final);
    row(ErrorKind::ServiceRefused, Final, Final);
    row(ErrorKind::InvalidRequest, Final, Final);
}

void TestRetryPolicy::givesEachKindItsVerdict()
{
    QFETCH(ErrorKind, kind);
    QFETCH(RetryVerdict, first);
    QFETCH(RetryVerdict, fifth);
    QCOMPARE(decideAfter(RetryPolicy(), kind, 1).verdict, first);
    QCOMPARE(decideAfter(RetryPolicy(), kind, 5).verdict, fifth);
}

void TestRetryPolicy::waitsLongerEachTimeUpToTheCap()
{
    const RetryPolicy policy;
    QCOMPARE(decideAfter(policy, ErrorKind::ServerFault, 1, 0.999).wait, Milliseconds{49});
    QCOMPARE(decideAfter(policy, ErrorKind::ServerFault, 5, 0.999).wait, Milliseconds{799});
    QCOMPARE(decideAfter(policy, ErrorKind::ServerFault, 500, 0.5).wait, Milliseconds{10'000});
    QCOMPARE(decideAfter(policy, ErrorKind::Throttled, 1, 0.5).wait, Milliseconds{500});
    QCOMPARE(decideAfter(policy, ErrorKind::Throttled, 500, 0.5).wait, Milliseconds{10'000});
    QCOMPARE(decideAfter(policy, ErrorKind::ServerFault, 5, 0.0).wait, Milliseconds{0});  // full jitter
}

void TestRetryPolicy::honoursRetryAfter()
{
    Error error = Error::make(ErrorKind::Throttled, QStringLiteral("slow down"));
    error.retryAfter = Milliseconds{10'000};
    CallHistory history;
    history.add(error);
    QCOMPARE(RetryPolicy().decide(error, history, 0.1).wait, Milliseconds{10'000});
    error.retryAfter = std::chrono::hours(24);  // a server must not put us to sleep for a day
    QCOMPARE(RetryPolicy().decide(error, history, 0.1).wait, RetryPolicy::kLongestServerHint);
}

void TestRetryPolicy::givesUpAfterTheRetriesAskedFor()
{
    const RetryPolicy policy(3);
    QCOMPARE(decideAfter(policy, ErrorKind::ServerFault, 3).verdict, RetryVerdict::RetryAfter);
    const RetryDecision spent = decideAfter(policy, ErrorKind::ServerFault, 4);
    QCOMPARE(spent.verdict, RetryVerdict::Attention);
    QVERIFY(spent.error.detail.contains(QStringLiteral("3 retries")));
    QCOMPARE(decideAfter(RetryPolicy(0), ErrorKind::Throttled, 1).verdict, RetryVerdict::Attention);
}

void TestRetryPolicy::neverCountsTheNetwork()
{
    const RetryPolicy policy(0);
    QCOMPARE(decideAfter(policy, ErrorKind::ConnectionRefused, 1000).verdict, RetryVerdict::Park);
    QCOMPARE(decideAfter(policy, ErrorKind::ConnectionLost, 1000).verdict, RetryVerdict::Park);
    CallHistory history;
    for (int i = 0; i < 100; ++i)
        history.add(Error::make(ErrorKind::ConnectionLost, {}));
    QCOMPARE(history.serverAnswers, 0);
}

void TestRetryPolicy::looksForTheNetworkAfterTwoLostConnections()
{
    QCOMPARE(decideAfter(RetryPolicy(), ErrorKind::ConnectionLost, 2).verdict, RetryVerdict::RetryAfter);
    const RetryDecision parked = decideAfter(RetryPolicy(), ErrorKind::ConnectionLost, 3);
    QCOMPARE(parked.verdict, RetryVerdict::Park);
    QCOMPARE(parked.reason, WaitReason::Network);
}

void TestRetryPolicy::readsCredentialsAgainOnceThenParks()
{
    QCOMPARE(decideAfter(RetryPolicy(0), ErrorKind::CredentialsExpired, 1).verdict, RetryVerdict::RetryAfter);
    const RetryDecision parked = decideAfter(RetryPolicy(0), ErrorKind::CredentialsExpired, 2);
    QCOMPARE(parked.verdict, RetryVerdict::Park);
    QCOMPARE(parked.reason, WaitReason::Credentials);
}

void TestRetryPolicy::explainsBytesThatArriveWrong()
{
    QCOMPARE(decideAfter(RetryPolicy(), ErrorKind::BodyMismatch, 2).verdict, RetryVerdict::RetryAfter);
    const RetryDecision corrupt = decideAfter(RetryPolicy(), ErrorKind::BodyMismatch, 3);
    QCOMPARE(corrupt.verdict, RetryVerdict::Attention);
    QCOMPARE(corrupt.error.kind, ErrorKind::VerificationFailed);
    QVERIFY(corrupt.error.detail.contains(QStringLiteral("memory")));
}

void TestRetryPolicy::throttlesOnlyWhenBodiesKeepComingTooSlowly()
{
    QVERIFY(decideAfter(RetryPolicy(), ErrorKind::Throttled, 1).isThrottle);
    QVERIFY(!decideAfter(RetryPolicy(), ErrorKind::RequestTimedOut, 1).isThrottle);
    QVERIFY(decideAfter(RetryPolicy(), ErrorKind::RequestTimedOut, 2).isThrottle);
    QVERIFY(!decideAfter(RetryPolicy(), ErrorKind::ServerFault, 9).isThrottle);
}

QTEST_GUILESS_MAIN(TestRetryPolicy)
#include "test_retry_policy.moc"
