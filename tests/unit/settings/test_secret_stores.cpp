#include "core/settings/LayeredSecretStore.h"
#include "core/settings/RelayedSecretStore.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeSecretStore.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <atomic>

using namespace packmule;

/// The keyring's stand-in file, both together, and across threads.
class TestSecretStores : public QObject
{
    Q_OBJECT

private:
    using Kind = SecretError::Kind;
    template<typename T>
    static std::function<void(SecretResult<T>)> into(std::optional<SecretResult<T>> &slot)
    {
        return [&slot](SecretResult<T> result) { slot = std::move(result); };
    }
    struct Bench {
        QTemporaryDir folder;
        FakeClock clock;
        FakeScheduler scheduler{clock};
        FakeSecretStore keyring{scheduler};
        FileSecretStore file{scheduler, folder.path() + QStringLiteral("/home")};
        bool mayUseFile = false;
        LayeredSecretStore both{keyring, file, [this] { return mayUseFile; }};

        SecretResult<QByteArray> read(SecretStore &store, const QByteArray &name)
        {
            std::optional<SecretResult<QByteArray>> result;
            const CallHandle call = store.read(name, into(result));
            scheduler.runDue();
            return result.value();
        }
        SecretResult<SecretPlace> write(SecretStore &store, const QByteArray &name, const QByteArray &secret)
        {
            std::optional<SecretResult<SecretPlace>> result;
            const CallHandle call = store.write(name, secret, into(result));
            scheduler.runDue();
            return result.value();
        }
        SecretResult<void> remove(SecretStore &store, const QByteArray &name)
        {
            std::optional<SecretResult<void>> result;
            const CallHandle call = store.remove(name, into(result));
            scheduler.runDue();
            return result.value();
        }
    };

private Q_SLOTS:
    void theFileKeepsWhatItIsGiven()
    {
        Bench bench;
        QCOMPARE(bench.read(bench.file, "a").error().kind, Kind::Absent);
        QVERIFY(bench.write(bench.file, "a", "first"));
        QVERIFY(bench.write(bench.file, "b", "second"));
        QCOMPARE(bench.read(bench.file, "a").value(), QByteArray("first"));
        QVERIFY(bench.remove(bench.file, "a"));
        QVERIFY(bench.remove(bench.file, "a"));
        QCOMPARE(bench.read(bench.file, "a").error().kind, Kind::Absent);
        QCOMPARE(bench.read(bench.file, "b").value(), QByteArray("second"));
        QCOMPARE(QFile::permissions(bench.file.path()) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
    }

    void aDamagedSecretsFileIsLeftAlone()
    {
        Bench bench;
        QVERIFY(bench.write(bench.file, "a", "first"));
        QFile file(bench.file.path());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("junk");
        file.close();
        QCOMPARE(bench.read(bench.file, "a").error().kind, Kind::Failed);
        QVERIFY(!bench.write(bench.file, "b", "second"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("junk"));
    }

    void theKeyringComesFirst()
    {
        Bench bench;
        bench.mayUseFile = true;
        QCOMPARE(bench.write(bench.both, "a", "secret").value(), SecretPlace::Keyring);
        QVERIFY(!QFile::exists(bench.file.path()));
        QCOMPARE(bench.read(bench.both, "a").value(), QByteArray("secret"));
    }

    void withoutAKeyringNothingIsWrittenUnasked_data()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("none") << static_cast<int>(Kind::NoKeyring);
        QTest::newRow("without a place for secrets") << static_cast<int>(Kind::Failed);
    }
    void withoutAKeyringNothingIsWrittenUnasked()
    {
        QFETCH(int, kind);
        Bench bench;
        bench.keyring.fault = SecretError{static_cast<Kind>(kind), {}};
        QCOMPARE(static_cast<int>(bench.write(bench.both, "a", "secret").error().kind), kind);
        QVERIFY(!QFile::exists(bench.file.path()));
        bench.mayUseFile = true;
        QCOMPARE(bench.write(bench.both, "a", "secret").value(), SecretPlace::File);
        QCOMPARE(bench.read(bench.both, "a").value(), QByteArray("secret"));
    }

    void aLockedKeyringIsNoReasonForAFile()
    {
        Bench bench;
        bench.mayUseFile = true;
        bench.keyring.fault = SecretError{Kind::Refused, {}};
        QCOMPARE(bench.write(bench.both, "a", "secret").error().kind, Kind::Refused);
        QVERIFY(!QFile::exists(bench.file.path()));
    }

    void aSecretLeavesTheFileForTheKeyring()
    {
        Bench bench;
        bench.mayUseFile = true;
        bench.keyring.fault = SecretError{Kind::NoKeyring, {}};
        QVERIFY(bench.write(bench.both, "a", "old"));
        bench.keyring.fault.reset();
        QCOMPARE(bench.write(bench.both, "a", "new").value(), SecretPlace::Keyring);
        QVERIFY(!bench.file.holds("a"));
        QCOMPARE(bench.read(bench.both, "a").value(), QByteArray("new"));
        QVERIFY(bench.remove(bench.both, "a"));
        QVERIFY(bench.keyring.secrets.isEmpty());
    }

    void aDroppedHandleSilences()
    {
        Bench bench;
        bench.keyring.secrets.insert("a", "secret");
        std::optional<SecretResult<QByteArray>> result;
        {
            const CallHandle call = bench.both.read("a", into(result));
        }
        bench.scheduler.runDue();
        QVERIFY(!result);
    }

    void anEngineOnAnotherThreadIsAnswered()
    {
        QtScheduler scheduler;
        FakeSecretStore keyring(scheduler);
        RelayedSecretStore relayed(keyring);
        QThread thread;
        relayed.moveTo(thread);
        QObject there;
        there.moveToThread(&thread);
        thread.start();
        std::atomic<int> changes = 0;
        QByteArray answer;
        std::atomic<bool> isAnswered = false;
        CallHandle calls[3];
        connect(&relayed, &SecretStore::changed, &there, [&changes] { ++changes; });
        QMetaObject::invokeMethod(&there, [&] {
            CallHandle dropped = relayed.read("a", [](const SecretResult<QByteArray> &) { qFatal("dropped, and answered"); });
            calls[0] = relayed.write("a", "secret", [&](const SecretResult<SecretPlace> &) {
                calls[1] = relayed.read("a", [&](const SecretResult<QByteArray> &result) {
                    answer = result.value();
                    isAnswered = true;
                });
            });
        });
        QTRY_VERIFY_WITH_TIMEOUT(isAnswered, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(changes.load(), 1, 30'000);
        thread.quit();
        QVERIFY(thread.wait());
        QCOMPARE(answer, QByteArray("secret"));
    }
};

QTEST_GUILESS_MAIN(TestSecretStores)
#include "test_secret_stores.moc"
