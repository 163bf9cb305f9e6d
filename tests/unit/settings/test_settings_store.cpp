#include "core/settings/SettingsStore.h"
#include "core/settings/WindowStates.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

/// Settings that hold at once, are written behind, and follow what others write.
class TestSettingsStore : public QObject
{
    Q_OBJECT

private:
    static ConnectionProfile connection(const char *id, const char *name)
    {
        ConnectionProfile profile;
        profile.id = id;
        profile.name = QString::fromLatin1(name);
        return profile;
    }

private Q_SLOTS:
    void aChangeHoldsAtOnceAndIsWrittenBehind()
    {
        const QTemporaryDir folder;
        SettingsStore store(folder.path());
        QSignalSpy changed(&store, &SettingsStore::changed), saved(&store, &SettingsStore::saved);
        AppSettings settings = store.settings();
        settings.slots = 7;
        store.setSettings(settings);
        QCOMPARE(changed.size(), 1);
        QCOMPARE(store.settings().slots, 7);
        QVERIFY(store.isChosen("transfers.slots"));
        QVERIFY(!store.isChosen("window.theme"));
        QVERIFY(saved.wait(30'000));
        QCOMPARE(SettingsFile(folder.path()).read().settings.slots, 7);
        QCOMPARE(changed.size(), 1);
        store.setSettings(settings);
        QCOMPARE(changed.size(), 1);  // nothing differs
    }

    void theEndWaitsForTheWriting()
    {
        const QTemporaryDir folder;
        {
            SettingsStore store(folder.path());
            for (int slots = 1; slots <= 20; ++slots) {
                AppSettings settings = store.settings();
                settings.slots = slots;
                store.setSettings(settings);
            }
        }
        QCOMPARE(SettingsFile(folder.path()).read().settings.slots, 20);
    }

    void whatAnotherProcessWritesIsNoticed()
    {
        const QTemporaryDir folder;
        SettingsStore store(folder.path());
        QSignalSpy changed(&store, &SettingsStore::changed), connectionsChanged(&store, &SettingsStore::connectionsChanged);
        const SettingsFile other(folder.path());
        QVERIFY(other.apply({.values = {{"transfers.slots", QStringLiteral("9")}}, .saved = {connection("1", "Theirs")}, .removed = {}}));
        QTRY_COMPARE_WITH_TIMEOUT(store.settings().slots, 9, 30'000);
        QVERIFY(!changed.isEmpty());
        QTRY_VERIFY(store.connectionNamed(QStringLiteral("Theirs")));
        QVERIFY(!connectionsChanged.isEmpty());
    }

    void twoWritersLoseNothing()
    {
        const QTemporaryDir folder;
        SettingsStore ours(folder.path()), theirs(folder.path());
        ours.saveConnection(connection("1", "Ours"));
        theirs.saveConnection(connection("2", "Theirs"));
        AppSettings settings = theirs.settings();
        settings.theme = AppSettings::Theme::Dark;
        theirs.setSettings(settings);
        QTRY_COMPARE_WITH_TIMEOUT(ours.connections().size(), 2, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(theirs.connections().size(), 2, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(ours.settings().theme, AppSettings::Theme::Dark, 30'000);
        ours.removeConnection("2");
        QVERIFY(!ours.connection("2"));
        QTRY_VERIFY_WITH_TIMEOUT(!theirs.connection("2"), 30'000);
    }

    void backToTheDefault()
    {
        const QTemporaryDir folder;
        SettingsStore store(folder.path());
        AppSettings settings = store.settings();
        settings.slots = 7;
        store.setSettings(settings);
        store.restoreDefault("transfers.slots");
        QCOMPARE(store.settings().slots, AppSettings().slots);
        QVERIFY(!store.isChosen("transfers.slots"));
        QSignalSpy saved(&store, &SettingsStore::saved);
        QVERIFY(saved.wait(30'000));
        QVERIFY(SettingsFile(folder.path()).read().chosen.isEmpty());
    }

    void whatCannotBeWrittenIsTold()
    {
        const QTemporaryDir folder;
        QFile inTheWay(folder.path() + QStringLiteral("/home"));
        QVERIFY(inTheWay.open(QIODevice::WriteOnly));
        SettingsStore store(inTheWay.fileName());
        QSignalSpy failed(&store, &SettingsStore::saveFailed);
        AppSettings settings = store.settings();
        settings.slots = 7;
        store.setSettings(settings);
        QVERIFY(failed.wait(30'000));
        QCOMPARE(store.settings().slots, 7);  // holds as long as this process
    }

    void windowsComeBackWhereTheyWere()
    {
        const QTemporaryDir folder;
        {
            WindowStates states(folder.path());
            QVERIFY(states.state(QStringLiteral("main")).isEmpty());
            states.keep(QStringLiteral("main"), QByteArrayLiteral("\x00\xff geometry"));
        }
        QCOMPARE(WindowStates(folder.path()).state(QStringLiteral("main")), QByteArrayLiteral("\x00\xff geometry"));
    }
};

QTEST_GUILESS_MAIN(TestSettingsStore)
#include "test_settings_store.moc"
