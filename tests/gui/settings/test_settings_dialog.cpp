#include "tests/gui/profiles/ConnectionBench.h"
#include "ui/common/Palette.h"
#include "ui/settings/SettingKeysModel.h"
#include "ui/settings/SettingsDialog.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QRadioButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStyleFactory>
#include <QTableView>
#include <QTableWidget>
#include <QTest>
#include <QTimeEdit>

using namespace packmule;

/// The settings dialog: what is changed in it holds at once, and what changes elsewhere is shown in it.
class TestSettingsDialog : public QObject
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
    static void choose(QWidget &dialog, const char *name, int value)
    {
        auto *box = part<QComboBox>(dialog, name);
        box->setCurrentIndex(box->findData(value));
    }
    std::unique_ptr<ConnectionBench> m_bench;
    std::unique_ptr<SettingsDialog> m_dialog;
    const AppSettings &settings() const { return m_bench->settings.settings(); }

private Q_SLOTS:
    void init()
    {
        m_bench = std::make_unique<ConnectionBench>();
        m_dialog = std::make_unique<SettingsDialog>(m_bench->services());
        m_dialog->show();
    }
    void cleanup()
    {
        m_dialog.reset();
        m_bench.reset();
    }

    void everyChoiceHoldsAtOnce()
    {
        QSignalSpy changed(&m_bench->settings, &SettingsStore::changed);
        choose(*m_dialog, "theme", static_cast<int>(AppSettings::Theme::Dark));
        QCOMPARE(settings().theme, AppSettings::Theme::Dark);
        choose(*m_dialog, "language", 1);
        QCOMPARE(settings().language, QStringLiteral("de"));
        choose(*m_dialog, "onClose", static_cast<int>(AppSettings::OnClose::KeepRunning));
        QCOMPARE(settings().onClose, AppSettings::OnClose::KeepRunning);
        part<QCheckBox>(*m_dialog, "startAtLogin")->click();
        QCOMPARE(settings().startAtLogin, AppSettings::StartAtLogin::Yes);
        part<QSpinBox>(*m_dialog, "slots")->setValue(9);
        QCOMPARE(settings().slots, 9);
        part<QComboBox>(*m_dialog, "partSize")->setCurrentIndex(3);
        QCOMPARE(settings().partSize, ByteCount(16 << 20));
        choose(*m_dialog, "whenChanged", static_cast<int>(AppSettings::WhenChanged::Verify));
        QCOMPARE(settings().whenChanged, AppSettings::WhenChanged::Verify);
        choose(*m_dialog, "conflict", static_cast<int>(AppSettings::Conflict::Skip));
        QCOMPARE(settings().conflict, AppSettings::Conflict::Skip);
        part<QCheckBox>(*m_dialog, "limited")->click();
        QVERIFY(settings().isLimited);
        part<QDoubleSpinBox>(*m_dialog, "limit")->setValue(512);
        QCOMPARE(settings().bandwidthLimit, ByteCount(512 * 1024));
        part<QCheckBox>(*m_dialog, "notifiesDone")->click();
        QVERIFY(!settings().notifiesDone);
        part<QCheckBox>(*m_dialog, "inhibitsSleepOnBattery")->click();
        QVERIFY(settings().inhibitsSleepOnBattery);
        choose(*m_dialog, "transport", static_cast<int>(AppSettings::Transport::Qt));
        QCOMPARE(settings().transport, AppSettings::Transport::Qt);
        QCOMPARE(changed.size(), 13);
    }

    void whatChangesElsewhereIsShown()
    {
        AppSettings other = settings();
        other.slots = 11;
        other.theme = AppSettings::Theme::Light;
        other.partSize = ByteCount(7 << 20);  // none of the usual ones
        m_bench->settings.setSettings(other);
        QCOMPARE(part<QSpinBox>(*m_dialog, "slots")->value(), 11);
        QCOMPARE(part<QComboBox>(*m_dialog, "theme")->currentData().toInt(), static_cast<int>(AppSettings::Theme::Light));
        QCOMPARE(part<QComboBox>(*m_dialog, "partSize")->currentData().toLongLong(), 7LL << 20);
        QCOMPARE(settings(), other);
    }

    void theTimetableIsKeptInOrder()
    {
        part<QPushButton>(*m_dialog, "addPeriod")->click();
        part<QPushButton>(*m_dialog, "addPeriod")->click();
        QVERIFY(settings().followsTimetable);
        QVERIFY(part<QRadioButton>(*m_dialog, "useTimetable")->isChecked());
        auto *table = part<QTableWidget>(*m_dialog, "timetable");
        QCOMPARE(table->rowCount(), 2);
        auto *from = qobject_cast<QTimeEdit *>(table->cellWidget(0, 0));
        from->setTime(QTime(23, 0));
        Q_EMIT from->editingFinished();
        auto *rate = qobject_cast<QDoubleSpinBox *>(table->cellWidget(1, 1));
        rate->setValue(0);
        Q_EMIT rate->editingFinished();
        QCOMPARE(settings().timetable, (QList<BandwidthPeriod>{{9 * 60, ByteCount(1 << 20)}, {23 * 60, ByteCount(0)}}));
        table->setCurrentCell(0, 0);
        part<QPushButton>(*m_dialog, "removePeriod")->click();
        QCOMPARE(settings().timetable, (QList<BandwidthPeriod>{{23 * 60, ByteCount(0)}}));
    }

    void advancedFindsEditsAndRestores()
    {
        m_dialog->showPage(SettingsDialog::Page::Advanced);
        auto *table = part<QTableView>(*m_dialog, "settingsTable");
        QTest::keyClicks(part<QLineEdit>(*m_dialog, "settingsSearch"), QStringLiteral("slots"));
        QCOMPARE(table->model()->rowCount(), 1);
        const QModelIndex value = table->model()->index(0, SettingKeysModel::Value);
        QVERIFY(!table->model()->setData(value, QStringLiteral("4000")));
        QVERIFY(part<QLabel>(*m_dialog, "settingsMessage")->text().contains(QStringLiteral("4000")));
        QVERIFY(table->model()->setData(value, QStringLiteral("8")));
        QCOMPARE(settings().slots, 8);
        QVERIFY(m_bench->settings.isChosen("transfers.slots"));
        table->setCurrentIndex(value);
        part<QPushButton>(*m_dialog, "restoreDefault")->click();
        QCOMPARE(settings().slots, 4);
        QVERIFY(!m_bench->settings.isChosen("transfers.slots"));
    }

    void theModelKeepsItsPromises()
    {
        SettingKeysModel model(m_bench->settings);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        AppSettings other = settings();
        other.slots = 11;
        m_bench->settings.setSettings(other);
        QVERIFY(model.rowCount() > 15);
    }

    void whatIsWrongWithTheFileIsSaid()
    {
        Q_EMIT m_bench->settings.noticed({SettingsNotice::Kind::Damaged, QStringLiteral("/home/me/settings.json.damaged-1")});
        auto *notice = part<QLabel>(*m_dialog, "settingsNotice");
        QVERIFY(notice->isVisible());
        QVERIFY(notice->text().contains(QStringLiteral("damaged-1")));
    }

    /// PACKMULE_PICTURES names a folder: the pages are then painted into it, to be looked at.
    void pictures()
    {
        const QString folder = qEnvironmentVariable("PACKMULE_PICTURES");
        if (folder.isEmpty())
            return;
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
        m_bench->settings.saveConnection(ConnectionBench::saved());
        part<QPushButton>(*m_dialog, "addPeriod")->click();
        part<QPushButton>(*m_dialog, "addPeriod")->click();
        for (const bool isDark : {false, true}) {
            QApplication::setPalette(isDark ? darkPalette() : lightPalette());
            for (int page = 0; page <= static_cast<int>(SettingsDialog::Page::Advanced); ++page) {
                m_dialog->showPage(static_cast<SettingsDialog::Page>(page));
                QTest::qWait(50);  // for the layout to settle
                m_dialog->grab().save(QStringLiteral("%1/settings-%2-%3.png").arg(folder, QString::number(page), isDark ? QStringLiteral("dark") : QStringLiteral("light")));
            }
        }
    }
};

QTEST_MAIN(TestSettingsDialog)
#include "test_settings_dialog.moc"
