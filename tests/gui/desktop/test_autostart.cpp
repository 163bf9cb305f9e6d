#include "app/gui/desktop/Autostart.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

class TestAutostart : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void switchedOnItStartsTheProgramInTheBackground()
    {
        QTemporaryDir folder;
        const Autostart autostart(QStringLiteral("/opt/my programs/packmule-gui"), folder.filePath(QStringLiteral("new/autostart")));
        QVERIFY(!autostart.isOn());
        QVERIFY(autostart.switchTo(true).has_value());
        QVERIFY(autostart.isOn());
        QFile file(folder.filePath(QStringLiteral("new/autostart/packmule.desktop")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("\nExec=\"/opt/my programs/packmule-gui\" --background\n"));
        QVERIFY(autostart.switchTo(false).has_value());
        QVERIFY(!autostart.isOn());
        QVERIFY(autostart.switchTo(false).has_value());
    }

    void whatTheDesktopSwitchedOffIsOff()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("packmule.desktop")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("[Desktop Entry]\nType=Application\nHidden=true\n");
        file.close();
        QVERIFY(!Autostart(QStringLiteral("/usr/bin/packmule-gui"), folder.path()).isOn());
    }

    void aFolderThatCannotBeMadeIsSaid()
    {
        QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("in the way")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.close();
        const auto result = Autostart(QStringLiteral("/usr/bin/packmule-gui"), folder.filePath(QStringLiteral("in the way/autostart"))).switchTo(true);
        QVERIFY(!result);
        QVERIFY(result.error().detail.contains(QLatin1String("in the way")));
    }

    void specialLettersAreEscaped_data()
    {
        QTest::addColumn<QString>("program");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QStringLiteral("/usr/bin/x") << QStringLiteral("\"/usr/bin/x\"");
        QTest::newRow("per cent") << QStringLiteral("/a%b") << QStringLiteral("\"/a%%b\"");
        QTest::newRow("dollar") << QStringLiteral("/a$b") << QStringLiteral("\"/a\\\\$b\"");
        QTest::newRow("backslash") << QStringLiteral("/a\\b") << QStringLiteral("\"/a\\\\\\\\b\"");
    }

    void specialLettersAreEscaped()
    {
        QFETCH(QString, program);
        QFETCH(QString, text);
        QCOMPARE(Autostart::execText(program), text);
    }
};

QTEST_GUILESS_MAIN(TestAutostart)
#include "test_autostart.moc"
