#include "core/integrity/Digest.h"
#include "core/transfer/ConnectionTest.h"
#include "tests/support/fakes/FakeObjectStore.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;
using Check = ConnectionFinding::Check;
using Outcome = ConnectionFinding::Outcome;

namespace {

/// A store, and a test of it that is run to its end or dropped.
struct TestBench {
    CryptoLibrary crypto;
    FakeClock clock;
    FakeScheduler scheduler{clock};
    std::shared_ptr<FakeObjectStore> store = std::make_shared<FakeObjectStore>(scheduler);
    StoreLimits limits;
    QList<ConnectionFinding> findings;
    std::unique_ptr<ConnectionTest> test;
    bool isDone = false;

    void start(const ObjectAddress &place = {"b", "some/prefix/"})
    {
        test = std::make_unique<ConnectionTest>(OpenStore{store, limits, {}}, place, clock, scheduler);
        test->start([this](const ConnectionFinding &finding) { findings.append(finding); }, [this] { isDone = true; });
    }
    void run(const ObjectAddress &place = {"b", "some/prefix/"})
    {
        start(place);
        scheduler.runUntil([this] { return isDone; });
    }
    const ConnectionFinding *of(Check check) const
    {
        const auto found = std::ranges::find(findings, check, &ConnectionFinding::check);
        return found == findings.end() ? nullptr : &*found;
    }
    std::optional<Outcome> outcome(Check check) const { return of(check) ? std::optional(of(check)->outcome) : std::nullopt; }
    bool leftNothing() const { return store->model.buckets["b"].empty() && store->model.uploads.empty(); }
};

Error refusal(ErrorKind kind, int status)
{
    Error error = Error::make(kind, QStringLiteral("scripted"));
    error.httpStatus = status;
    return error;
}

constexpr char kRule[] = "<LifecycleConfiguration><Rule><Filter><Prefix></Prefix></Filter><Status>Enabled</Status>"
                         "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule></LifecycleConfiguration>";

}  // namespace

/// The connection test tells the truth of a store, stops where the rest would be senseless, and leaves nothing behind.
class TestConnectionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aGoodStorePassesEveryCheck()
    {
        TestBench bench;
        bench.store->configurations["lifecycle"] = kRule;
        bench.run();
        for (const ConnectionFinding &finding : std::as_const(bench.findings))
            QVERIFY2(finding.outcome == Outcome::Passed, qPrintable(QString::number(static_cast<int>(finding.check))));
        QCOMPARE(bench.findings.size(), 17);
        QCOMPARE(bench.of(Check::Checksum)->fact, QStringLiteral("CRC64NVME"));
        QCOMPARE(bench.of(Check::Region)->fact, QStringLiteral("us-east-1"));
        QCOMPARE(bench.of(Check::Addressing)->fact, QStringLiteral("path"));
        QCOMPARE(bench.of(Check::LifecycleRule)->count, 7);
        QVERIFY(bench.of(Check::Reachable)->isEncrypted);
        QVERIFY(bench.leftNothing());
    }

    void aMissingBucketEndsTheTest()
    {
        TestBench bench;
        bench.run({"other", ""});
        QCOMPARE(bench.findings.size(), 1);
        QCOMPARE(bench.findings[0].check, Check::Bucket);
        QCOMPARE(bench.findings[0].outcome, Outcome::Failed);
        QVERIFY(bench.findings[0].isLast);
        QCOMPARE(bench.store->requestCount(), 1);
    }

    void aHostThatDoesNotAnswerIsTriedThriceAndEndsTheTest()
    {
        TestBench bench;
        bench.store->always(FakeOperation::ListObjects, ErrorKind::ConnectionLost);
        bench.run();
        QCOMPARE(bench.findings.size(), 1);
        QCOMPARE(bench.findings[0].check, Check::Reachable);
        QVERIFY(bench.findings[0].isLast);
        QCOMPARE(bench.store->requestCount(), 3);
    }

    void whoMayOnlyWriteIsToldSo()
    {
        TestBench bench;
        for (const FakeOperation operation : {FakeOperation::ListObjects, FakeOperation::Head, FakeOperation::Delete, FakeOperation::ListUploads, FakeOperation::Configuration})
            bench.store->script(operation, 0, 0, {.error = refusal(ErrorKind::AccessDenied, 403)});
        bench.run();
        for (const Check check : {Check::Reachable, Check::Credentials, Check::Writing, Check::Multipart, Check::Abort})
            QCOMPARE(bench.outcome(check), Outcome::Passed);
        for (const Check check : {Check::Bucket, Check::Listing, Check::Reading, Check::Deletion, Check::Unfinished, Check::LifecycleRule, Check::Cors})
            QCOMPARE(bench.outcome(check), Outcome::Unknown);
        QCOMPARE(bench.of(Check::Deletion)->object, bench.test->testObject());
    }

    void whoMayNotWriteFails()
    {
        TestBench bench;
        bench.store->always(FakeOperation::Put, ErrorKind::AccessDenied);
        bench.store->always(FakeOperation::Create, ErrorKind::AccessDenied);
        bench.run();
        QCOMPARE(bench.outcome(Check::Writing), Outcome::Failed);
        QCOMPARE(bench.outcome(Check::Multipart), Outcome::Failed);
        QVERIFY(!bench.of(Check::Reading));
        QCOMPARE(bench.store->count(FakeOperation::Delete), 0);
    }

    void theBestChecksumThatTheStoreTellsBackIsFound()
    {
        TestBench bench;
        bench.store->model.knownChecksums = {ChecksumAlgorithm::Crc32};
        bench.run();
        QCOMPARE(bench.of(Check::Checksum)->fact, QStringLiteral("CRC32"));
        TestBench none;
        none.store->model.knownChecksums = {};
        none.run();
        QCOMPARE(none.outcome(Check::Checksum), Outcome::Unknown);
        QCOMPARE(none.outcome(Check::Writing), Outcome::Passed);
        QVERIFY(none.leftNothing());
    }

    void aClockThatIsOffIsSeen()
    {
        TestBench bench;
        bench.store->knownOffset = -20min;
        bench.run();
        QCOMPARE(bench.outcome(Check::Clock), Outcome::Unknown);
        QCOMPARE(bench.of(Check::Clock)->clockOffset, Milliseconds(-20min));
    }

    void aRuleForOtherKeysIsNoRuleHere()
    {
        TestBench bench;
        bench.store->configurations["lifecycle"] = QByteArray(kRule).replace("<Prefix></Prefix>", "<Prefix>logs/</Prefix>");
        bench.run();
        QCOMPARE(bench.outcome(Check::LifecycleRule), Outcome::Unknown);
        QVERIFY(!bench.of(Check::LifecycleRule)->error);
    }

    void aProviderWithoutMultipartIsNotAsked()
    {
        TestBench bench;
        bench.limits.hasMultipart = false;
        bench.run();
        QCOMPARE(bench.outcome(Check::Multipart), Outcome::Unknown);
        QCOMPARE(bench.store->count(FakeOperation::Create), 0);
    }

    void withoutABucketTheServiceIsLookedAt()
    {
        TestBench bench;
        bench.run({});
        QCOMPARE(bench.of(Check::Buckets)->count, 1);
        QCOMPARE(bench.findings.size(), 3);
        TestBench denied;
        denied.store->always(FakeOperation::ListBuckets, ErrorKind::AccessDenied);
        denied.run({});
        QCOMPARE(denied.outcome(Check::Reachable), Outcome::Passed);
        QCOMPARE(denied.outcome(Check::Buckets), Outcome::Unknown);
    }

    void whoGivesUpMidwayLeavesNothingBehind_data()
    {
        QTest::addColumn<int>("operation");
        QTest::newRow("after the first listing") << static_cast<int>(FakeOperation::ListObjects);
        QTest::newRow("while writing") << static_cast<int>(FakeOperation::Put);
        QTest::newRow("while reading") << static_cast<int>(FakeOperation::Head);
        QTest::newRow("while an upload begins") << static_cast<int>(FakeOperation::Create);
        QTest::newRow("while a part is sent") << static_cast<int>(FakeOperation::UploadPart);
        QTest::newRow("while removing") << static_cast<int>(FakeOperation::Delete);
    }
    void whoGivesUpMidwayLeavesNothingBehind()
    {
        QFETCH(int, operation);
        TestBench bench;
        bench.start();
        QVERIFY(bench.scheduler.runUntil([&] { return bench.store->count(static_cast<FakeOperation>(operation)) > 0; }));
        const qsizetype told = bench.findings.size();
        bench.test->giveUp();
        QVERIFY(bench.scheduler.runUntil([&] { return bench.isDone; }));
        QCOMPARE(bench.findings.size(), told);
        QVERIFY(bench.leftNothing());
        QCOMPARE(bench.store->count(FakeOperation::Configuration), 0);
    }

    void anObjectWhoseAnswerWasLostIsRemovedToo()
    {
        TestBench bench;
        bench.store->script(FakeOperation::Put, 0, 0, {.error = Error::make(ErrorKind::ConnectionLost, {}), .isExecuted = true});
        bench.run();
        QCOMPARE(bench.outcome(Check::Writing), Outcome::Failed);
        QVERIFY(!bench.of(Check::Deletion));
        QVERIFY(bench.leftNothing());
    }
};

QTEST_GUILESS_MAIN(TestConnectionTest)
#include "test_connection_test.moc"
