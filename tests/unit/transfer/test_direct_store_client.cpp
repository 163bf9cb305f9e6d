#include "core/integrity/Digest.h"
#include "core/transfer/DirectStoreClient.h"
#include "tests/support/fakes/FakeObjectStore.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

struct OneStore final : StoreProvider {
    explicit OneStore(FakeScheduler &scheduler) : store(std::make_shared<FakeObjectStore>(scheduler)) {}
    Result<OpenStore> open(const ConnectionRecord &) override
    {
        if (refusal)
            return std::unexpected(*refusal);
        return OpenStore{store, {}, {}};
    }
    std::shared_ptr<FakeObjectStore> store;
    std::optional<Error> refusal;
};

struct ClientBench {
    CryptoLibrary crypto;
    FakeClock clock;
    FakeScheduler scheduler{clock};
    OneStore provider{scheduler};
    DirectStoreClient client{provider, clock, scheduler};
    FakeObjectStore &store = *provider.store;

    void put(const QByteArray &key) { store.model.buckets["b"][key] = {.content = "x", .eTag = {}, .versionId = {}, .settings = {}, .checksum = {}, .partCount = 0, .lastModified = {}}; }
};

WallTime day(int month, int number, std::chrono::hours hour = 0h)
{
    return std::chrono::sys_days(std::chrono::year(2026) / month / number) + hour;
}

}  // namespace

/// A store asked directly: one call, one answer, silent when dropped.
class TestDirectStoreClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPageIsAnsweredLaterAndOnce()
    {
        ClientBench bench;
        bench.put("a");
        int answers = 0;
        const CallHandle call = bench.client.page({}, {"b", ""}, {}, [&](const Result<ObjectPage> &page) {
            ++answers;
            QCOMPARE(page->objects.size(), 1);
        });
        QCOMPARE(answers, 0);
        bench.scheduler.advance(1h);
        QCOMPARE(answers, 1);
    }

    void aDroppedCallIsSilent()
    {
        ClientBench bench;
        bool isAnswered = false;
        CallHandle call = bench.client.buckets({}, [&](const auto &) { isAnswered = true; });
        call.cancel();
        bench.scheduler.advance(1h);
        QVERIFY(!isAnswered);
        QCOMPARE(bench.store.inFlight(), 0);
    }

    void aCallDroppedBetweenTwoAttemptsIsNotMadeAgain()
    {
        ClientBench bench;
        bench.store.always(FakeOperation::ListBuckets, ErrorKind::ServerFault);
        CallHandle call = bench.client.buckets({}, [](const auto &) { QFAIL("it was dropped"); });
        bench.scheduler.advance(100ms);
        QCOMPARE(bench.store.requestCount(), 1);
        call.cancel();
        bench.scheduler.advance(1h);
        QCOMPARE(bench.store.requestCount(), 1);
    }

    void faultsOfTheWayAreTriedAgainAndRefusalsAreNot()
    {
        ClientBench bench;
        bench.store.scriptNth(FakeOperation::ListBuckets, 1, {.error = Error::make(ErrorKind::ConnectionLost, {})});
        std::optional<Result<QList<BucketSummary>>> answer;
        const CallHandle first = bench.client.buckets({}, [&](const auto &result) { answer = result; });
        bench.scheduler.advance(10s);
        QVERIFY(answer && *answer);
        bench.store.always(FakeOperation::ListBuckets, ErrorKind::AccessDenied);
        const CallHandle second = bench.client.buckets({}, [&](const auto &result) { answer = result; });
        bench.scheduler.advance(10s);
        QCOMPARE(answer->error().kind, ErrorKind::AccessDenied);
        QCOMPARE(bench.store.requestCount(), 3);
    }

    void aConnectionThatCannotBeOpenedIsAnAnswerToo()
    {
        ClientBench bench;
        bench.provider.refusal = Error::make(ErrorKind::CredentialsMissing, {});
        std::optional<Error> error;
        const CallHandle call = bench.client.head({}, {"b", "k"}, [&](const auto &result) { error = result.error(); });
        QVERIFY(!error);
        bench.scheduler.runDue();
        QCOMPARE(error->kind, ErrorKind::CredentialsMissing);
        QList<ConnectionFinding> findings;
        bool isDone = false;
        const CallHandle test = bench.client.testConnection({}, {"b", ""}, [&](const auto &finding) { findings.append(finding); }, [&] { isDone = true; });
        bench.scheduler.runDue();
        QVERIFY(isDone);
        QCOMPARE(findings.size(), 1);
        QCOMPARE(findings[0].error->kind, ErrorKind::CredentialsMissing);
    }

    void objectsAreRemovedOneAfterTheOther()
    {
        ClientBench bench;
        for (const char *key : {"a", "b", "c", "kept"})
            bench.put(key);
        QList<int> progress;
        bool isDone = false;
        const CallHandle call = bench.client.remove({}, {{"b", "a"}, {"b", "b"}, {"b", "c"}}, [&](int removed) { progress.append(removed); }, [&](const Result<void> &result) { isDone = result.has_value(); });
        bench.scheduler.advance(1h);
        QVERIFY(isDone);
        QCOMPARE(progress, (QList<int>{1, 2, 3}));
        QCOMPARE(bench.store.model.buckets["b"].size(), 1U);
    }

    void removalEndsAtTheFirstFailure()
    {
        ClientBench bench;
        for (const char *key : {"a", "b", "c"})
            bench.put(key);
        bench.store.scriptNth(FakeOperation::Delete, 2, {.error = Error::make(ErrorKind::AccessDenied, {})});
        int removed = 0;
        std::optional<Error> error;
        const CallHandle call = bench.client.remove({}, {{"b", "a"}, {"b", "b"}, {"b", "c"}}, [&](int count) { removed = count; }, [&](const Result<void> &result) { error = result.error(); });
        bench.scheduler.advance(1h);
        QCOMPARE(removed, 1);
        QCOMPARE(error->kind, ErrorKind::AccessDenied);
        QCOMPARE(bench.store.model.buckets["b"].size(), 2U);
    }

    void removalStopsWhenItIsDroppedInItsProgress()
    {
        ClientBench bench;
        for (const char *key : {"a", "b", "c"})
            bench.put(key);
        CallHandle call;
        call = bench.client.remove({}, {{"b", "a"}, {"b", "b"}, {"b", "c"}}, [&](int) { call.cancel(); }, [](const auto &) { QFAIL("it was dropped"); });
        bench.scheduler.advance(1h);
        QCOMPARE(bench.store.model.buckets["b"].size(), 2U);
    }

    void aDroppedConnectionTestCleansUpBehindItself()
    {
        ClientBench bench;
        int found = 0;
        CallHandle call = bench.client.testConnection({}, {"b", ""}, [&](const auto &) { ++found; }, [] { QFAIL("it was dropped"); });
        QVERIFY(bench.scheduler.runUntil([&] { return bench.store.count(FakeOperation::UploadPart) > 0; }));
        call.cancel();
        const int told = found;
        bench.scheduler.advance(1h);
        QCOMPARE(found, told);
        QVERIFY(bench.store.model.buckets["b"].empty());
        QVERIFY(bench.store.model.uploads.empty());
    }

    void aConnectionTestMayBeDroppedByWhatItFinds()
    {
        ClientBench bench;
        CallHandle call;
        int found = 0;
        call = bench.client.testConnection({}, {"b", ""}, [&](const auto &) { ++found; call.cancel(); }, [] { QFAIL("it was dropped"); });
        bench.scheduler.advance(1h);
        QCOMPARE(found, 1);
    }

    void aBucketWithoutRulesHasNone()
    {
        ClientBench bench;
        Error missing = Error::make(ErrorKind::ServiceRefused, {});
        missing.httpStatus = 404;
        bench.store.script(FakeOperation::Configuration, 0, 0, {.error = missing});
        std::optional<QList<AbortRule>> rules;
        const CallHandle call = bench.client.abortRules({}, "b", [&](const auto &result) { rules = result.value(); });
        bench.scheduler.advance(1h);
        QVERIFY(rules && rules->isEmpty());
    }

    void rulesAreReadInAllTheirForms()
    {
        const QList<AbortRule> rules = abortRulesFrom(
            "<LifecycleConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
            "<Rule><Prefix>old/</Prefix><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            "<Rule><Filter><And><Prefix>and/</Prefix><Tag><Key>Prefix</Key><Value>v</Value></Tag></And></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>4</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            "<Rule><Filter/><Status>Disabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            "<Rule><Filter/><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>"
            "<Rule><Filter/><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>30</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            "</LifecycleConfiguration>");
        QCOMPARE(rules, (QList<AbortRule>{{"old/", 3}, {"and/", 4}, {"", 30}}));
        QVERIFY(abortRulesFrom("").isEmpty());
        QVERIFY(abortRulesFrom("<html><body>sign in").isEmpty());
    }

    void theFirstRuleThatHoldsDeletesAtTheNextMidnight()
    {
        const QList<AbortRule> rules{{"", 30}, {"tmp/", 1}};
        QCOMPARE(abortTime(rules, "tmp/a", day(11, 20, 10h)), day(11, 22));
        QCOMPARE(abortTime(rules, "a", day(11, 1)), day(12, 1));
        QVERIFY(!abortTime({{"tmp/", 1}}, "a", day(11, 1)));
    }
};

QTEST_GUILESS_MAIN(TestDirectStoreClient)
#include "test_direct_store_client.moc"
