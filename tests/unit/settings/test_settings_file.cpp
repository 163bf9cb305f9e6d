#include "core/integrity/Digest.h"
#include "core/settings/ConnectionJson.h"
#include "core/settings/SettingKeys.h"
#include "core/settings/SettingsFile.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

/// settings.json: what is written, what is kept, what happens to what cannot be read.
class TestSettingsFile : public QObject
{
    Q_OBJECT

private:
    const CryptoLibrary m_crypto;  // ids are random
    std::unique_ptr<QTemporaryDir> m_folder;

    SettingsFile file() const { return SettingsFile(m_folder->path() + QStringLiteral("/home")); }
    void write(const QByteArray &text) const
    {
        QDir().mkpath(m_folder->path() + QStringLiteral("/home"));
        QFile out(file().path());
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }
    QByteArray text() const
    {
        QFile in(file().path());
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    static ConnectionProfile sample()
    {
        ConnectionProfile profile;
        profile.id = "0123";
        profile.name = QStringLiteral("Büro");
        profile.provider = QStringLiteral("ceph");
        profile.endpointUrl = "https://s3.example:8443";
        profile.region = "de-1";
        profile.addressing = AddressingStyle::Path;
        profile.caBundle = QStringLiteral("/etc/ca.pem");
        profile.accessKeyId = "AKID";
        profile.bucket = "films";
        profile.prefix = QByteArrayLiteral("a\xff/");
        return profile;
    }

private Q_SLOTS:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void anAbsentFileMeansDefaults()
    {
        const SettingsContent content = file().read();
        QCOMPARE(content.settings, AppSettings());
        QVERIFY(content.chosen.isEmpty() && content.connections.isEmpty() && content.notices.isEmpty());
        QVERIFY(!QFile::exists(file().path()));
    }

    void everySettingComesBackAsItWasWritten()
    {
        AppSettings chosen;
        QVERIFY(assignSetting(chosen, "window.theme", QStringLiteral("dark")));
        QVERIFY(assignSetting(chosen, "window.language", QStringLiteral("zh_CN")));
        QVERIFY(assignSetting(chosen, "window.on-close", QStringLiteral("keep-running")));
        QVERIFY(assignSetting(chosen, "window.start-at-login", QStringLiteral("no")));
        QVERIFY(assignSetting(chosen, "transfers.slots", QStringLiteral("9")));
        QVERIFY(assignSetting(chosen, "transfers.part-size", QStringLiteral("33554433")));
        QVERIFY(assignSetting(chosen, "transfers.if-changed", QStringLiteral("verify")));
        QVERIFY(assignSetting(chosen, "transfers.conflict", QStringLiteral("if-newer")));
        QVERIFY(assignSetting(chosen, "bandwidth.limited", QStringLiteral("on")));
        QVERIFY(assignSetting(chosen, "bandwidth.limit", QStringLiteral("512k")));
        QVERIFY(assignSetting(chosen, "bandwidth.use-timetable", QStringLiteral("true")));
        QVERIFY(assignSetting(chosen, "bandwidth.timetable", QStringLiteral("23:00,off 08:00,1.5M")));
        QVERIFY(assignSetting(chosen, "notifications.done", QStringLiteral("no")));
        QVERIFY(assignSetting(chosen, "notifications.needs-attention", QStringLiteral("no")));
        QVERIFY(assignSetting(chosen, "notifications.back-online", QStringLiteral("no")));
        QVERIFY(assignSetting(chosen, "power.inhibit-sleep", QStringLiteral("no")));
        QVERIFY(assignSetting(chosen, "power.inhibit-on-battery", QStringLiteral("yes")));
        QVERIFY(assignSetting(chosen, "network.transport", QStringLiteral("qt")));
        QVERIFY(assignSetting(chosen, "costs.price-per-gib-month", QStringLiteral("0.0245")));
        QVERIFY(assignSetting(chosen, "secrets.in-file", QStringLiteral("yes")));
        SettingsChange change;
        for (const SettingKey &key : settingKeys()) {
            QVERIFY2(key.text(chosen) != key.text(AppSettings()), key.name.constData());  // none was forgotten above
            change.values.insert(key.name, key.text(chosen));
        }
        QVERIFY(file().apply(change));
        const SettingsContent content = file().read();
        QCOMPARE(content.settings, chosen);
        QCOMPARE(content.chosen.size(), settingKeys().size());
        QVERIFY(content.notices.isEmpty());
        QCOMPARE(timetableText(chosen.timetable), QStringLiteral("08:00,1536KiB 23:00,off"));
    }

    void wrongValuesAreRefused_data()
    {
        QTest::addColumn<QByteArray>("key");
        QTest::addColumn<QString>("value");
        const auto row = [](const char *key, const char *value) { QTest::addRow("%s=%s", key, value) << QByteArray(key) << QString::fromUtf8(value); };
        row("window.theme", "pink");
        row("window.language", "../x");
        row("transfers.slots", "0");
        row("transfers.slots", "65");
        row("transfers.slots", "four");
        row("transfers.part-size", "1M");
        row("transfers.part-size", "6GiB");
        row("bandwidth.limit", "0");
        row("bandwidth.timetable", "25:00,1M");
        row("bandwidth.timetable", "08:00,1M 08:00,2M");
        row("bandwidth.timetable", "1M");
        row("notifications.done", "perhaps");
        row("costs.price-per-gib-month", "-1");
        row("costs.price-per-gib-month", "nan");
        row("no.such", "1");
    }
    void wrongValuesAreRefused()
    {
        QFETCH(QByteArray, key);
        QFETCH(QString, value);
        AppSettings settings;
        const auto assigned = assignSetting(settings, key, value);
        QVERIFY(!assigned);
        QVERIFY2(assigned.error().detail.contains(QString::fromUtf8(key)), qUtf8Printable(assigned.error().detail));
        QCOMPARE(settings, AppSettings());
    }

    void theFileIsTheUsersAlone()
    {
        QVERIFY(file().apply({.values = {{"transfers.slots", QStringLiteral("8")}}, .saved = {}, .removed = {}}));
        const auto others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
        QVERIFY((QFile::permissions(file().path()) & others) == QFile::Permissions());
        const auto folder = QFileInfo(file().path()).absolutePath();
        QVERIFY((QFile::permissions(folder) & (others | QFile::ExeGroup | QFile::ExeOther)) == QFile::Permissions());
        QVERIFY(!QFile::exists(file().path() + QStringLiteral(".new")));
    }

    void aDamagedFileIsSetAsideAndNothingIsLost()
    {
        write("{\"settings\": {\"transfers.slots\": 8}, \"conn");
        const SettingsContent content = file().read();
        QCOMPARE(content.settings, AppSettings());
        QCOMPARE(content.notices.size(), 1);
        QCOMPARE(content.notices.first().kind, SettingsNotice::Kind::Damaged);
        QFile aside(content.notices.first().subject);
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QVERIFY(aside.readAll().contains("\"transfers.slots\": 8"));
        write("again");
        QVERIFY(file().read().notices.first().subject != aside.fileName());
        QVERIFY(QFile::exists(aside.fileName()));
    }

    void whatANewerVersionWroteIsKept()
    {
        write(R"({"format": 7, "fromTheFuture": [1, 2], "settings": {"future.setting": "x", "transfers.slots": 8},
                  "connections": [{"id": "0123", "name": "old", "futureField": 5}, {"shape": "unknown"}]})");
        SettingsChange change;
        change.values.insert("window.theme", QStringLiteral("light"));
        change.saved.append(sample());
        QVERIFY(file().apply(change));
        const QByteArray now = text();
        QVERIFY(now.contains("fromTheFuture"));
        QVERIFY(now.contains("future.setting"));
        QVERIFY(now.contains("futureField"));
        QVERIFY(now.contains("\"shape\": \"unknown\""));
        QVERIFY(now.contains("\"format\": 7"));
        QCOMPARE(file().read().settings.slots, 8);
        QCOMPARE(file().read().connections, QList{sample()});
    }

    void aValueThatCannotBeIsNamedAndNotThrownAway()
    {
        write(R"({"settings": {"transfers.slots": 4000, "window.theme": 5, "notifications.done": "yes", "window.language": "de"}})");
        const SettingsContent content = file().read();
        QCOMPARE(content.settings.slots, AppSettings().slots);
        QCOMPARE(content.settings.language, QStringLiteral("de"));
        QCOMPARE(content.notices.size(), 3);
        QVERIFY(file().apply({.values = {{"window.language", QStringLiteral("fr")}}, .saved = {}, .removed = {}}));
        QVERIFY(text().contains("4000"));
    }

    void backToTheDefaultLeavesTheFile()
    {
        QVERIFY(file().apply({.values = {{"transfers.slots", QStringLiteral("8")}}, .saved = {}, .removed = {}}));
        const auto content = file().apply({.values = {{"transfers.slots", QString()}}, .saved = {}, .removed = {}});
        QVERIFY(content);
        QCOMPARE(content->settings.slots, AppSettings().slots);
        QVERIFY(content->chosen.isEmpty());
        QVERIFY(!text().contains("slots"));
    }

    void connectionsAreAddedReplacedAndRemovedById()
    {
        ConnectionProfile first = sample(), second = sample();
        second.id = "4567";
        second.name = QStringLiteral("Second");
        QVERIFY(file().apply({.values = {}, .saved = {first, second}, .removed = {}}));
        first.name = QStringLiteral("Renamed");
        first.credentials = ConnectionProfile::Credentials::AwsProfile;
        first.awsProfile = QStringLiteral("studio");
        QVERIFY(file().apply({.values = {}, .saved = {first}, .removed = {}}));
        QCOMPARE(file().read().connections, (QList{first, second}));
        QVERIFY(file().apply({.values = {}, .saved = {}, .removed = {"0123", "nobody"}}));
        QCOMPARE(file().read().connections, QList{second});
    }

    void aFileThatCannotBeReadIsNotReplaced()
    {
        QDir().mkpath(file().path());  // a folder where the file should be
        QCOMPARE(file().read().notices.first().kind, SettingsNotice::Kind::Unreadable);
        const auto applied = file().apply({.values = {{"transfers.slots", QStringLiteral("8")}}, .saved = {}, .removed = {}});
        QVERIFY(!applied);
        QVERIFY(QFileInfo(file().path()).isDir());
    }

    void aLinkedFileStaysALink()
    {
        QDir().mkpath(m_folder->path() + QStringLiteral("/home"));
        QFile elsewhere(m_folder->path() + QStringLiteral("/mine.json"));
        QVERIFY(elsewhere.open(QIODevice::WriteOnly));
        elsewhere.write("{}");
        elsewhere.close();
        QVERIFY(QFile::link(elsewhere.fileName(), file().path()));
        QVERIFY(file().apply({.values = {{"transfers.slots", QStringLiteral("8")}}, .saved = {}, .removed = {}}));
        QVERIFY(QFileInfo(file().path()).isSymLink());
        QCOMPARE(file().read().settings.slots, 8);
    }

    void exportedConnectionsComeInUnderNewIdsAndFreeNames()
    {
        const QByteArray exported = exportedConnections({sample()});
        QVERIFY(!exported.contains("0123"));
        const auto imported = importedConnections(exported, {sample()});
        QVERIFY(imported);
        QCOMPARE(imported->size(), 1);
        ConnectionProfile back = imported->first();
        QVERIFY(back.id != sample().id && back.id.size() == 32);
        QCOMPARE(back.name, QStringLiteral("Büro 2"));
        back.id = sample().id;
        back.name = sample().name;
        QCOMPARE(back, sample());
        QVERIFY(!importedConnections("{}", {}));
        QVERIFY(!importedConnections("PNG", {}));
    }
};

QTEST_GUILESS_MAIN(TestSettingsFile)
#include "test_settings_file.moc"
