#include "app/SavedCredentials.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeSecretStore.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

/// What a saved connection signs with: asked once, again when something changed, and said when it is missing.
class TestSavedCredentials : public QObject
{
    Q_OBJECT

private:
    struct Bench {
        QTemporaryDir folder;
        FakeClock clock;
        FakeScheduler scheduler{clock};
        FakeSecretStore secrets{scheduler};
        SettingsStore settings{folder.path()};
        SavedCredentials source{"id", settings, &secrets, scheduler};

        Bench()
        {
            ConnectionProfile profile;
            profile.id = "id";
            profile.name = QStringLiteral("Studio");
            profile.accessKeyId = "AKID";
            settings.saveConnection(profile);
            secrets.secrets.insert("id", "carrot");
        }
        Result<Credentials> read(bool fresh = false)
        {
            std::optional<Result<Credentials>> result;
            const CallHandle call = source.read(fresh, [&result](Result<Credentials> credentials) { result = std::move(credentials); });
            scheduler.runDue();
            return result.value();
        }
        ErrorKind fault() { return read().error().kind; }
    };

private Q_SLOTS:
    void manyWaitForOneAnswer()
    {
        Bench bench;
        int answers = 0;
        std::vector<CallHandle> calls;
        for (int i = 0; i < 5; ++i)
            calls.push_back(bench.source.read(false, [&answers](const Result<Credentials> &credentials) { answers += credentials && credentials->secretAccessKey == "carrot"; }));
        calls.back().cancel();
        bench.scheduler.runDue();
        QCOMPARE(answers, 4);
        QCOMPARE(bench.secrets.reads, 1);
        QCOMPARE(bench.read()->accessKeyId, QByteArray("AKID"));
        QCOMPARE(bench.secrets.reads, 1);
        QVERIFY(bench.read(true));
        QCOMPARE(bench.secrets.reads, 2);
    }

    void aNewSecretIsTaken()
    {
        Bench bench;
        QVERIFY(bench.read());
        const CallHandle call = bench.secrets.write("id", "parsnip", [](const SecretResult<SecretPlace> &) {});
        bench.scheduler.runDue();
        QCOMPARE(bench.read()->secretAccessKey, QByteArray("parsnip"));
    }

    void anotherAccessKeyIsTaken()
    {
        Bench bench;
        QVERIFY(bench.read());
        ConnectionProfile profile = *bench.settings.connection("id");
        profile.accessKeyId = "OTHER";
        bench.settings.saveConnection(profile);
        QCOMPARE(bench.read()->accessKeyId, QByteArray("OTHER"));
    }

    void aMissingSecretIsMissingCredentials()
    {
        Bench bench;
        bench.secrets.secrets.clear();
        QCOMPARE(bench.fault(), ErrorKind::CredentialsMissing);
        bench.secrets.fault = SecretError{SecretError::Kind::NoAnswer, QStringLiteral("the keyring did not answer")};
        QCOMPARE(bench.fault(), ErrorKind::CredentialsMissing);
        QVERIFY(bench.read().error().detail.contains(QStringLiteral("did not answer")));
        bench.secrets.fault.reset();
        bench.secrets.secrets.insert("id", "late");
        QCOMPARE(bench.read()->secretAccessKey, QByteArray("late"));
    }

    void aRemovedConnectionIsMissingCredentials()
    {
        Bench bench;
        bench.settings.removeConnection("id");
        QCOMPARE(bench.fault(), ErrorKind::CredentialsMissing);
        QVERIFY(bench.read().error().detail.contains(QStringLiteral("removed")));
    }

    void whoeverAsksMayAskAgainFromInside()
    {
        Bench bench;
        CallHandle second;
        int answers = 0;
        const CallHandle first = bench.source.read(false, [&](const Result<Credentials> &) {
            ++answers;
            second = bench.source.read(true, [&](const Result<Credentials> &) { ++answers; });
        });
        bench.scheduler.runDue();
        QCOMPARE(answers, 2);
    }
};

QTEST_GUILESS_MAIN(TestSavedCredentials)
#include "test_saved_credentials.moc"
