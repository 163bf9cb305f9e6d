#include "core/signing/CachedCredentials.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/unit/signing/FakeCredentialsSource.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestCachedCredentials : public QObject
{
    Q_OBJECT

private:
    FakeClock m_clock;
    FakeScheduler m_scheduler{m_clock};
    FakeCredentialsSource *m_source = nullptr;
    std::unique_ptr<CachedCredentials> m_cached;

    /// "A", or the name of the error.
    QByteArray readNow(bool fresh = false)
    {
        QByteArray name = "pending";
        const CallHandle call = m_cached->read(fresh, [&](const Result<Credentials> &credentials) {
            name = credentials ? credentials->accessKeyId : errorKindName(credentials.error().kind);
        });
        m_scheduler.advance(1s);
        return name;
    }

private Q_SLOTS:
    void init()
    {
        auto source = std::make_unique<FakeCredentialsSource>(m_scheduler);
        m_source = source.get();
        m_source->answers = {credentialsNamed("A")};
        m_cached = std::make_unique<CachedCredentials>(std::move(source), m_clock, m_scheduler);
    }

    void readsTheSourceOnce()
    {
        QCOMPARE(readNow(), QByteArray("A"));
        QCOMPARE(readNow(), QByteArray("A"));
        QCOMPARE(m_source->reads.size(), 1);
    }

    void renewsShortlyBeforeTheEnd()
    {
        const WallTime end = m_clock.wallNow() + 1h;
        m_source->answers = {credentialsNamed("A", end), credentialsNamed("B", end + 1h)};
        QCOMPARE(readNow(), QByteArray("A"));
        m_scheduler.advance(54min);
        QCOMPARE(readNow(), QByteArray("A"));
        m_scheduler.advance(1min);
        QCOMPARE(readNow(), QByteArray("B"));
        QCOMPARE(m_source->reads.size(), 2);
    }

    void goesOnWithWhatIsStillGood()
    {
        const WallTime end = m_clock.wallNow() + 1h;
        m_source->answers = {credentialsNamed("A", end), failure(ErrorKind::ConnectionLost, QStringLiteral("x"))};
        QCOMPARE(readNow(), QByteArray("A"));
        m_scheduler.advance(57min);
        QCOMPARE(readNow(), QByteArray("A"));
        QCOMPARE(m_source->reads.size(), 2);
        // Not at every request, though: the source is left alone for a while.
        QCOMPARE(readNow(), QByteArray("A"));
        QCOMPARE(m_source->reads.size(), 2);
        m_scheduler.advance(3min);
        QCOMPARE(readNow(), QByteArray("connectionLost"));
    }

    void aProgramThatWantsASignInMeansExpiredNotMissing()
    {
        m_source->answers = {failure(ErrorKind::CredentialsMissing, QStringLiteral("sign in"))};
        QCOMPARE(readNow(), QByteArray("credentialsMissing"));  // there never were any
        m_source->answers = {credentialsNamed("A", m_clock.wallNow() + 1h), failure(ErrorKind::CredentialsMissing, QStringLiteral("sign in"))};
        QCOMPARE(readNow(), QByteArray("A"));
        m_scheduler.advance(1h);
        QCOMPARE(readNow(), QByteArray("credentialsExpired"));
    }

    void saysSoIfTheSourceHasOnlyExpiredOnes()
    {
        m_source->answers = {credentialsNamed("A", m_clock.wallNow() - 1s)};
        QCOMPARE(readNow(), QByteArray("credentialsExpired"));
    }

    void readsAgainWhenTheServiceRefusedThem()
    {
        m_source->answers = {credentialsNamed("A"), credentialsNamed("B")};
        QCOMPARE(readNow(), QByteArray("A"));
        m_scheduler.advance(1min);
        QCOMPARE(readNow(true), QByteArray("B"));
        QCOMPARE(m_source->reads, QList<bool>({true, true}));
    }

    void readsOnceForFourPartsThatFailTogether()
    {
        m_source->answers = {credentialsNamed("A"), credentialsNamed("B")};
        m_source->latency = 2s;
        readNow();
        m_scheduler.advance(1min);
        int good = 0;
        std::vector<CallHandle> calls;
        for (int part = 0; part < 4; ++part)
            calls.push_back(m_cached->read(true, [&](const Result<Credentials> &c) { good += c && c->accessKeyId == "B" ? 1 : 0; }));
        QCOMPARE(good, 0);
        m_scheduler.advance(3s);
        QCOMPARE(good, 4);
        QCOMPARE(m_source->reads.size(), 2);
        // A fifth whose refusal came in a little later has nothing fresher to get.
        QCOMPARE(readNow(true), QByteArray("B"));
        QCOMPARE(m_source->reads.size(), 2);
    }

    void silencesOnlyTheOneWhoLeft()
    {
        m_source->latency = 2s;
        int first = 0, second = 0;
        CallHandle left = m_cached->read(false, [&](const Result<Credentials> &) { ++first; });
        const CallHandle stayed = m_cached->read(false, [&](const Result<Credentials> &) { ++second; });
        left = {};
        m_scheduler.advance(3s);
        QCOMPARE(first, 0);
        QCOMPARE(second, 1);
    }

    void survivesAWaiterWhoDropsEverything()
    {
        m_source->latency = 2s;
        std::vector<CallHandle> calls;
        int answers = 0;
        for (int waiter = 0; waiter < 3; ++waiter)
            calls.push_back(m_cached->read(false, [&](const Result<Credentials> &) {
                ++answers;
                calls.clear();
                m_cached.reset();
            }));
        m_scheduler.advance(3s);
        QCOMPARE(answers, 1);
    }

    void tellsAllOfAFailure()
    {
        m_source->answers = {failure(ErrorKind::CredentialsMissing, QStringLiteral("x"))};
        QCOMPARE(readNow(), QByteArray("credentialsMissing"));
        QCOMPARE(readNow(), QByteArray("credentialsMissing"));
        QCOMPARE(m_source->reads.size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestCachedCredentials)
#include "test_cached_credentials.moc"
