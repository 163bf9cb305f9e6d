#include "core/s3/Endpoint.h"
#include "core/s3/ProviderProfile.h"
#include "core/settings/ConnectionJson.h"
#include "tests/gui/profiles/ConnectionBench.h"
#include "ui/common/Palette.h"
#include "ui/profiles/ConnectionDialog.h"
#include "ui/profiles/ConnectionsPage.h"
#include "ui/profiles/FindingText.h"
#include "ui/profiles/ProviderCards.h"

#include <QApplication>
#include <QComboBox>
#include <QCommandLinkButton>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QStyleFactory>
#include <QTest>
#include <QToolButton>

using namespace packmule;

/// The connection dialog by the names of its parts: first connection, test, wrong secret, no keyring, edit, duplicate, remove.
class TestConnectionDialog : public QObject
{
    Q_OBJECT

private:
    template<typename T>
    static T *part(QWidget &dialog, const char *name)
    {
        T *found = dialog.findChild<T *>(QLatin1String(name));
        if (!found)
            qFatal("no part called %s", name);
        return found;
    }
    static void press(QWidget &dialog, const char *name) { part<QAbstractButton>(dialog, name)->click(); }
    static void type(QWidget &dialog, const char *name, const char *text)
    {
        auto *line = part<QLineEdit>(dialog, name);
        line->selectAll();
        if (*text == 0)
            QTest::keyClick(line, Qt::Key_Delete);
        QTest::keyClicks(line, QString::fromUtf8(text));
    }
    static QString text(QWidget &dialog, const char *name) { return part<QLabel>(dialog, name)->text(); }
    struct Opened {
        QPointer<ConnectionDialog> dialog;
        QList<ConnectionProfile> saved;
        ConnectionDialog &operator*() const { return *dialog; }
    };
    std::unique_ptr<ConnectionBench> m_bench;

    std::unique_ptr<Opened> shown(ConnectionDialog *dialog)
    {
        auto opened = std::make_unique<Opened>();
        opened->dialog = dialog;
        connect(dialog, &ConnectionDialog::connectionSaved, this, [saved = &opened->saved](const ConnectionProfile &profile) { saved->append(profile); });
        dialog->open();
        return opened;
    }
    std::unique_ptr<Opened> add(ConnectionDialog::Occasion occasion = ConnectionDialog::Occasion::Add)
    {
        return shown(new ConnectionDialog(m_bench->services(), occasion));
    }
    std::unique_ptr<Opened> typed()
    {
        auto opened = add();
        press(**opened, "provider_ceph");
        m_bench->scheduler.runDue();
        type(**opened, "endpoint", "s3.studio.example/");
        type(**opened, "accessKeyId", "AKID");
        type(**opened, "secretAccessKey", "carrot");
        type(**opened, "bucket", "films");
        type(**opened, "prefix", "/raw");
        return opened;
    }

private Q_SLOTS:
    void init() { m_bench = std::make_unique<ConnectionBench>(); }
    void cleanup()
    {
        while (!QApplication::topLevelWidgets().isEmpty())  // one may own others
            delete QApplication::topLevelWidgets().first();
    }

    void everyCardIsAKnownProvider_data()
    {
        QTest::addColumn<QByteArray>("provider");
        for (const ProviderCard &card : ProviderCards::all())
            QTest::newRow(card.provider.constData()) << card.provider;
    }
    void everyCardIsAKnownProvider()
    {
        QFETCH(QByteArray, provider);
        QVERIFY(providerProfile(provider));
        const ProviderCard card = ProviderCards::of(QString::fromLatin1(provider));
        QByteArray url = card.endpointForm;
        url.replace("{region}", card.region).replace("{account}", "0123abcd").replace("{host}", "s3.example");
        const auto endpoint = Endpoint::parse(url, card.region);
        QVERIFY(endpoint);
        const bool isByHost = !url.isEmpty() && !url.contains("s3.example");
        QCOMPARE(isByHost ? providerProfileFor(endpoint->origin()).name : provider, provider);
    }

    void theFirstConnectionIsTestedAndSaved()
    {
        const auto opened = typed();
        QCOMPARE(part<QLineEdit>(**opened, "connectionName")->text(), QStringLiteral("s3.studio.example"));
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(opened->saved.size(), 1);
        const ConnectionProfile saved = opened->saved.first();
        QCOMPARE(saved.endpointUrl, QByteArray("https://s3.studio.example"));
        QCOMPARE(saved.prefix, QByteArray("raw/"));
        QCOMPARE(saved.provider, QStringLiteral("ceph"));
        QCOMPARE(m_bench->tester.asked.size(), 1);
        QCOMPARE(m_bench->tester.asked.first().secret, QByteArray("carrot"));
        QCOMPARE(m_bench->secrets.secrets, (QMap<QByteArray, QByteArray>{{saved.id, "carrot"}}));
        QCOMPARE(m_bench->settings.connections(), QList{saved});
        QVERIFY(!opened->dialog->isVisible());
    }

    void aWrongSecretIsSaidAndTheDialogStays()
    {
        m_bench->tester.findings = {ConnectionBench::failing(ErrorKind::CredentialsRefused, "SignatureDoesNotMatch")};
        const auto opened = typed();
        QVERIFY(!part<QPushButton>(**opened, "saveAnyway")->isVisible());
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QVERIFY(opened->dialog->isVisible());
        QVERIFY2(text(**opened, "connectionMessage").contains(QStringLiteral("the secret access key is wrong")), qUtf8Printable(text(**opened, "connectionMessage")));
        QVERIFY(m_bench->settings.connections().isEmpty());
        QVERIFY(m_bench->secrets.secrets.isEmpty());
        QCOMPARE(part<QListWidget>(**opened, "connectionChecklist")->count(), 1);
        m_bench->tester.findings = {{}};
        type(**opened, "secretAccessKey", "right");
        QVERIFY(text(**opened, "connectionMessage").isEmpty());  // what was found was found of another secret
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(m_bench->secrets.secrets.values(), QList<QByteArray>{"right"});
    }

    void aPersonMayInsist()
    {
        m_bench->tester.findings = {ConnectionBench::failing(ErrorKind::NameNotResolved)};
        const auto opened = typed();
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        press(**opened, "saveAnyway");
        m_bench->scheduler.runDue();
        QCOMPARE(opened->saved.size(), 1);
        QCOMPARE(m_bench->tester.asked.size(), 1);
    }

    void aTestAloneSavesNothing()
    {
        ConnectionFinding region{.check = ConnectionFinding::Check::Region, .fact = QStringLiteral("de-1")};
        ConnectionFinding rule{.check = ConnectionFinding::Check::LifecycleRule, .outcome = ConnectionFinding::Outcome::Unknown};
        m_bench->tester.findings = {{}, region, rule};
        const auto opened = typed();
        press(**opened, "testConnection");
        QVERIFY(!part<QPushButton>(**opened, "testConnection")->isEnabled());
        m_bench->scheduler.runDue();
        QCOMPARE(part<QListWidget>(**opened, "connectionChecklist")->count(), 3);
        QCOMPARE(text(**opened, "connectionMessage"), QStringLiteral("The connection works."));
        QVERIFY(opened->saved.isEmpty());
        QVERIFY(part<QPushButton>(**opened, "testConnection")->isEnabled());
    }

    void whatIsMissingIsSaidAtTheField_data()
    {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QString>("sentence");
        const auto row = [](const char *name, const char *field, const char *value, const char *sentence) {
            QTest::newRow(name) << QByteArray(field) << QByteArray(value) << QString::fromUtf8(sentence);
        };
        row("no name", "connectionName", " ", "Give the connection a name.");
        row("a name that is taken", "connectionName", "Studio", "Another connection has this name already.");
        row("no address", "endpoint", "", "Enter the store's address.");
        row("an address with a path", "endpoint", "https://s3.example/bucket", "This is no address of a store.");
        row("an address with a user", "endpoint", "https://me:word@s3.example", "This is no address of a store.");
        row("an address with braces", "endpoint", "https://{account}.example", "Replace the part of the address that is in braces.");
        row("no key", "accessKeyId", "", "Enter the access key id.");
        row("no secret", "secretAccessKey", "", "Enter the secret access key.");
        row("a bucket with a slash", "bucket", "films/raw", "This cannot be a bucket's name.");
    }
    void whatIsMissingIsSaidAtTheField()
    {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, value);
        QFETCH(QString, sentence);
        m_bench->settings.saveConnection(ConnectionBench::saved());
        const auto opened = typed();
        type(**opened, field.constData(), value.constData());
        press(**opened, "saveConnection");
        QVERIFY2(text(**opened, "formProblem").contains(sentence), qUtf8Printable(text(**opened, "formProblem")));
        QVERIFY(m_bench->tester.asked.isEmpty());
    }

    void theAddressFollowsTheRegionUntilItIsTyped()
    {
        const auto opened = add();
        press(**opened, "provider_wasabi");
        type(**opened, "region", "eu-central-1");
        QCOMPARE(part<QLineEdit>(**opened, "endpoint")->text(), QStringLiteral("https://s3.eu-central-1.wasabisys.com"));
        type(**opened, "endpoint", "https://mine.example");
        type(**opened, "region", "us-west-1");
        QCOMPARE(part<QLineEdit>(**opened, "endpoint")->text(), QStringLiteral("https://mine.example"));
    }

    void theSecretIsHiddenUntilOneLooks()
    {
        const auto opened = typed();
        auto *secret = part<QLineEdit>(**opened, "secretAccessKey");
        QCOMPARE(secret->echoMode(), QLineEdit::Password);
        press(**opened, "showSecret");
        QCOMPARE(secret->echoMode(), QLineEdit::Normal);
        press(**opened, "showSecret");
        QCOMPARE(secret->echoMode(), QLineEdit::Password);
    }

    void withoutAKeyringThePersonIsAskedFirst()
    {
        m_bench->secrets.fault = SecretError{SecretError::Kind::NoKeyring, {}};
        const auto opened = typed();
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(m_bench->prompts.questions.size(), 1);
        m_bench->prompts.answer(0);
        QVERIFY(opened->dialog->isVisible());
        QVERIFY(!m_bench->settings.settings().keepsSecretsInFile);
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        m_bench->secrets.fault.reset();  // the layered store would now write to the file
        m_bench->prompts.answer(1);
        m_bench->scheduler.runDue();
        QVERIFY(m_bench->settings.settings().keepsSecretsInFile);
        QCOMPARE(opened->saved.size(), 1);
    }

    void aLockedKeyringIsSaid()
    {
        m_bench->secrets.fault = SecretError{SecretError::Kind::Refused, {}};
        const auto opened = typed();
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QVERIFY(text(**opened, "connectionMessage").contains(QStringLiteral("locked")));
        QVERIFY(m_bench->settings.connections().isEmpty());
        QVERIFY(m_bench->prompts.questions.isEmpty());
    }

    void editingKeepsTheSecretUnlessAnotherIsTyped()
    {
        const ConnectionProfile known = ConnectionBench::saved();
        m_bench->settings.saveConnection(known);
        m_bench->secrets.secrets.insert(known.id, "kept");
        const auto opened = shown(new ConnectionDialog(m_bench->services(), known));
        QVERIFY(part<QLineEdit>(**opened, "secretAccessKey")->text().isEmpty());  // never filled in from the store
        type(**opened, "bucket", "other");
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(opened->saved.size(), 1);
        QCOMPARE(opened->saved.first().id, known.id);
        QCOMPARE(opened->saved.first().name, known.name);
        QCOMPARE(m_bench->settings.connection(known.id)->bucket, QByteArray("other"));
        QCOMPARE(m_bench->secrets.secrets.value(known.id), QByteArray("kept"));
        QVERIFY(m_bench->tester.asked.first().secret.isEmpty());
    }

    void anotherKeyNeedsAnotherSecret()
    {
        m_bench->settings.saveConnection(ConnectionBench::saved());
        const auto opened = shown(new ConnectionDialog(m_bench->services(), ConnectionBench::saved()));
        type(**opened, "accessKeyId", "OTHER");
        press(**opened, "saveConnection");
        QCOMPARE(text(**opened, "formProblem"), QStringLiteral("Enter the secret access key."));
    }

    void awsProfilesNeedNoTyping()
    {
        const auto opened = add(ConnectionDialog::Occasion::FirstRun);
        press(**opened, "useAwsProfiles");
        m_bench->scheduler.runDue();
        part<QComboBox>(**opened, "awsProfile")->setCurrentText(QStringLiteral("studio"));
        press(**opened, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(opened->saved.size(), 1);
        QCOMPARE(opened->saved.first().credentials, ConnectionProfile::Credentials::AwsProfile);
        QCOMPARE(opened->saved.first().awsProfile, QStringLiteral("studio"));
        QVERIFY(m_bench->secrets.secrets.isEmpty());
    }

    void noAwsProfilesIsSaid()
    {
        m_bench->awsProfiles = QStringList();
        const auto opened = add();
        press(**opened, "useAwsProfiles");
        m_bench->scheduler.runDue();
        QCOMPARE(text(**opened, "providerNote"), QStringLiteral("There are no AWS profiles on this computer."));
    }

    void tryItHere()
    {
        const auto opened = add(ConnectionDialog::Occasion::FirstRun);
        press(**opened, "tryHere");
        m_bench->scheduler.runDue();
        QVERIFY(text(**opened, "providerNote").contains(QStringLiteral("port 9640 is taken")));
        QVERIFY(opened->dialog->isVisible());
        ConnectionProfile here;
        here.id = "here";
        here.name = QStringLiteral("This computer");
        here.isLocalStore = true;
        m_bench->here = here;
        press(**opened, "tryHere");
        m_bench->scheduler.runDue();
        QCOMPARE(opened->saved, QList{here});
    }

    void duplicateAndRemove()
    {
        const ConnectionProfile known = ConnectionBench::saved();
        m_bench->settings.saveConnection(known);
        m_bench->secrets.secrets.insert(known.id, "kept");
        ConnectionsPage page(m_bench->services());
        page.show();
        press(page, "duplicateConnection");
        auto *dialog = page.findChild<ConnectionDialog *>();
        QCOMPARE(part<QLineEdit>(*dialog, "connectionName")->text(), QStringLiteral("Studio 2"));
        type(*dialog, "secretAccessKey", "again");
        press(*dialog, "saveConnection");
        m_bench->scheduler.runDue();
        QCOMPARE(m_bench->settings.connections().size(), 2);
        QCOMPARE(part<QListWidget>(page, "connectionsList")->count(), 2);
        part<QListWidget>(page, "connectionsList")->setCurrentRow(0);
        press(page, "removeConnection");
        m_bench->prompts.answer(0);
        QCOMPARE(m_bench->settings.connections().size(), 2);
        press(page, "removeConnection");
        m_bench->prompts.answer(1);
        m_bench->scheduler.runDue();
        QVERIFY(!m_bench->settings.connection(known.id));
        QCOMPARE(m_bench->secrets.secrets.values(), QList<QByteArray>{"again"});
    }

    void connectionsComeInFromAFile()
    {
        const ConnectionProfile known = ConnectionBench::saved();
        m_bench->settings.saveConnection(known);
        QFile file(m_bench->folder.path() + QStringLiteral("/exported.json"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(exportedConnections({known}));
        file.close();
        ConnectionsPage page(m_bench->services());
        m_bench->prompts.files = {file.fileName()};
        press(page, "importConnections");
        QCOMPARE(m_bench->settings.connections().size(), 2);
        QVERIFY(m_bench->settings.connectionNamed(QStringLiteral("Studio 2")));
    }

    void everyFindingHasASentence()
    {
        using Check = ConnectionFinding::Check;
        for (int check = 0; check <= static_cast<int>(Check::Cors); ++check) {
            ConnectionFinding finding{.check = static_cast<Check>(check), .fact = QStringLiteral("x"), .count = 2};
            QVERIFY(!FindingText::title(finding.check).isEmpty());
            QVERIFY(!FindingText::sentence(finding).isEmpty());
        }
    }

    void everythingToActOnHasAName()
    {
        const auto opened = typed();
        for (const QWidget *widget : opened->dialog->findChildren<QWidget *>()) {
            const bool isActedOn = qobject_cast<const QLineEdit *>(widget) || qobject_cast<const QAbstractButton *>(widget) || qobject_cast<const QComboBox *>(widget);
            const bool isInner = widget->objectName().startsWith(QLatin1String("qt_")) || qobject_cast<const QComboBox *>(widget->parentWidget());
            if (isActedOn && !isInner)
                QVERIFY2(!widget->objectName().isEmpty(), widget->metaObject()->className());
        }
    }

    /// PACKMULE_PICTURES names a folder: the dialogs are then painted into it, to be looked at.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("PACKMULE_PICTURES");
        if (folder.isEmpty())
            return;
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        for (const bool isDark : {false, true}) {
            QApplication::setPalette(isDark ? darkPalette() : lightPalette());
            const auto grab = [&](QWidget &widget, const char *name) {
                QTest::qWait(50);  // for the layout to settle
                widget.grab().save(QStringLiteral("%1/%2-%3.png").arg(folder, QLatin1String(name), isDark ? QStringLiteral("dark") : QStringLiteral("light")));
            };
            m_bench = std::make_unique<ConnectionBench>();
            auto first = add(ConnectionDialog::Occasion::FirstRun);
            grab(**first, "providers");
            ConnectionFinding region{.check = ConnectionFinding::Check::Region, .fact = QStringLiteral("de-1")};
            ConnectionFinding clock{.check = ConnectionFinding::Check::Clock, .outcome = ConnectionFinding::Outcome::Unknown, .clockOffset = Milliseconds(125'000)};
            m_bench->tester.findings = {{}, region, clock, ConnectionBench::failing(ErrorKind::CredentialsRefused, "SignatureDoesNotMatch")};
            auto form = typed();
            grab(**form, "form");
            press(**form, "saveConnection");
            m_bench->scheduler.runDue();
            grab(**form, "tested");
            m_bench->settings.saveConnection(ConnectionBench::saved());
            ConnectionsPage page(m_bench->services());
            page.resize(700, 400);
            page.show();
            grab(page, "connections");
        }
    }
};

QTEST_MAIN(TestConnectionDialog)
#include "test_connection_dialog.moc"
