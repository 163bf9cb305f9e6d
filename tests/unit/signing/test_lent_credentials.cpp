#include "core/signing/LentCredentials.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/unit/signing/FakeCredentialsSource.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestLentCredentials : public QObject
{
    Q_OBJECT

private:
    FakeClock m_clock;
    FakeScheduler m_scheduler{m_clock};

    std::unique_ptr<LentCredentials> withOwn()
    {
        auto own = std::make_unique<FakeCredentialsSource>(m_scheduler);
        own->answers = {credentialsNamed("own")};
        return std::make_unique<LentCredentials>(std::move(own), m_clock, m_scheduler);
    }
    QByteArray readNow(LentCredentials &source, bool fresh = false)
    {
        QByteArray name = "pending";
        const CallHandle call = source.read(fresh, [&](const Result<Credentials> &credentials) {
            name = credentials ? credentials->accessKeyId : errorKindName(credentials.error().kind);
        });
        if (name != "pending")
            return "too early";
        m_scheduler.advance(1s);
        return name;
    }

private Q_SLOTS:
    void ownOnesHoldUntilOthersAreLent()
    {
        const auto source = withOwn();
        QCOMPARE(readNow(*source), QByteArray("own"));
        source->lend(credentialsNamed("lent"));
        QCOMPARE(readNow(*source), QByteArray("lent"));
        QCOMPARE(readNow(*source, true), QByteArray("lent"));
        source->lend(credentialsNamed("later"));
        QCOMPARE(readNow(*source), QByteArray("later"));
    }
    void ownOnesComeBackWhenTheLentHaveExpired()
    {
        const auto source = withOwn();
        source->lend(credentialsNamed("lent", m_clock.wallNow() + 1h));
        m_scheduler.advance(58min);
        QCOMPARE(readNow(*source), QByteArray("lent"));
        m_scheduler.advance(5min);
        QCOMPARE(readNow(*source), QByteArray("own"));
    }
    void whereThereAreNoOthersTheServiceDecidesOnExpiry()
    {
        LentCredentials source(nullptr, m_clock, m_scheduler);
        source.lend(credentialsNamed("lent", m_clock.wallNow() + 1h));
        m_scheduler.advance(2h);
        QCOMPARE(readNow(source), QByteArray("lent"));
    }
    void noneAtAllIsSaid()
    {
        LentCredentials source(nullptr, m_clock, m_scheduler);
        QCOMPARE(readNow(source), QByteArray(errorKindName(ErrorKind::CredentialsMissing)));
    }
};

QTEST_GUILESS_MAIN(TestLentCredentials)
#include "test_lent_credentials.moc"
