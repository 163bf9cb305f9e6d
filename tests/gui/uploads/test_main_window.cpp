#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "tests/support/fakes/FakeWindowState.h"
#include "ui/MainWindow.h"
#include "ui/common/ShortcutBook.h"
#include "ui/common/ShortcutModel.h"
#include "ui/uploads/FilterPanel.h"
#include "ui/uploads/TransferTable.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QMimeData>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTabBar>
#include <QTabWidget>
#include <QTest>
#include <QUrl>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

struct Scene {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeTransferList list{scheduler};
    FakeEngineClient engine{scheduler};
    FakeUserPrompts prompts;
    FakeWindowState state;
    std::unique_ptr<MainWindow> window;

    MainWindow &open(QWidget *browse = nullptr)
    {
        window = std::make_unique<MainWindow>(WindowServices{list, engine, prompts, state, clock, scheduler}, browse, nullptr);
        window->show();
        scheduler.advance(1s);
        return *window;
    }
    TransferTable &table() { return *window->findChild<TransferTable *>(QStringLiteral("transferTable")); }
    /// As a person would: paints, so that rows are read, then selects.
    void select(int row)
    {
        window->grab();
        scheduler.advance(1s);
        table().setCurrentIndex(table().model()->index(row, 0));
        scheduler.advance(1s);
    }
    QAction &action(const char *name) { return *window->findChild<QAction *>(QString::fromLatin1(name)); }
    void drop(const QMimeData &content)
    {
        QDragEnterEvent enter(QPoint(50, 50), Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &enter);
        QDropEvent event(QPointF(50, 50), Qt::CopyAction, &content, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(window.get(), &event);
    }
};

}  // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsTheList();
    void leavesOutTabsThatAreNotThere();
    void givesDroppedFilesOnAsRawPaths();
    void refusesAddressesAndTextWithAReason_data();
    void refusesAddressesAndTextWithAReason();
    void givesChosenFilesAndFoldersOn();
    void asksInsteadOfClosing();
    void allowsWhatTheSelectionAllows();
    void removesAfterTheQuestionAndTakesItBack();
    void carriesARemovalOutWhenItIsHidden();
    void opensTheFolderOfAFileAndOfARun();
    void filtersAndSearches();
    void keepsTheSelectionOverANewOrder();
    void invitesWhenThereIsNothing();
    void copiesAddresses();
    void remembersColumnsAndSort();
    void shortcutsCanBeChanged();
    void everyControlHasAName();
};

void TestMainWindow::showsTheList()
{
    Scene scene;
    scene.list.add(1, 1, "/home/ada/film.mkv", TransferState::Sending);
    MainWindow &window = scene.open();
    auto *table = window.findChild<TransferTable *>(QStringLiteral("transferTable"));
    QVERIFY(table);
    table->model()->index(0, 0).data();
    scene.scheduler.advance(1s);
    QCOMPARE(table->model()->index(0, 0).data().toString(), QStringLiteral("film.mkv"));
}

void TestMainWindow::leavesOutTabsThatAreNotThere()
{
    Scene scene;
    auto *tabs = scene.open(new QWidget).findChild<QTabWidget *>(QStringLiteral("tabs"));
    QCOMPARE(tabs->count(), 2);
    QCOMPARE(tabs->tabText(1), QStringLiteral("Browse"));
}

void TestMainWindow::givesDroppedFilesOnAsRawPaths()
{
    Scene scene;
    QSignalSpy given(&scene.open(), &MainWindow::filesGiven);
    QMimeData content;
    content.setUrls({QUrl(QStringLiteral("file:///tmp/a%20b.txt")), QUrl(QStringLiteral("file:///tmp/folder/")), QUrl(QStringLiteral("file:///tmp/%FF.bin"))});
    scene.drop(content);
    QCOMPARE(given.size(), 1);
    QCOMPARE(given.first().first().value<QList<QByteArray>>(), (QList<QByteArray>{"/tmp/a b.txt", "/tmp/folder", "/tmp/\xFF.bin"}));
}

void TestMainWindow::refusesAddressesAndTextWithAReason_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QList<QUrl>>("urls");
    QTest::addColumn<QString>("reason");
    QTest::newRow("address") << QString() << QList<QUrl>{QUrl(QStringLiteral("https://example.org/film.mkv"))} << QStringLiteral("not web addresses");
    QTest::newRow("text") << QStringLiteral("hello") << QList<QUrl>() << QStringLiteral("Text cannot be uploaded");
    QTest::newRow("nothing") << QString() << QList<QUrl>() << QStringLiteral("Only files and folders");
}

void TestMainWindow::refusesAddressesAndTextWithAReason()
{
    QFETCH(QString, text);
    QFETCH(QList<QUrl>, urls);
    QFETCH(QString, reason);
    Scene scene;
    QSignalSpy given(&scene.open(), &MainWindow::filesGiven);
    QMimeData content;
    if (!text.isEmpty())
        content.setText(text);
    if (!urls.isEmpty())
        content.setUrls(urls);
    scene.drop(content);
    QCOMPARE(given.size(), 0);
    QVERIFY(scene.window->statusBar()->currentMessage().contains(reason));
}

void TestMainWindow::givesChosenFilesAndFoldersOn()
{
    Scene scene;
    QSignalSpy given(&scene.open(), &MainWindow::filesGiven);
    scene.prompts.files = {QStringLiteral("/tmp/a"), QStringLiteral("/tmp/ü")};
    scene.action("addFiles").trigger();
    scene.prompts.folder = QStringLiteral("/tmp/d");
    scene.action("addFolder").trigger();
    QCOMPARE(given.size(), 2);
    QCOMPARE(given.at(0).first().value<QList<QByteArray>>(), (QList<QByteArray>{"/tmp/a", "/tmp/ü"}));
    QCOMPARE(given.at(1).first().value<QList<QByteArray>>(), QList<QByteArray>{"/tmp/d"});
}

void TestMainWindow::asksInsteadOfClosing()
{
    Scene scene;
    MainWindow &window = scene.open();
    QSignalSpy asked(&window, &MainWindow::closeRequested);
    window.setAsksBeforeClosing(true);
    window.close();
    QCOMPARE(asked.size(), 1);
    QVERIFY(window.isVisible());
    window.setAsksBeforeClosing(false);
    window.close();
    QVERIFY(!window.isVisible());
}

void TestMainWindow::allowsWhatTheSelectionAllows()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a", TransferState::NeedsAttention);
    scene.list.add(2, 2, "/d/b", TransferState::Sending);
    scene.open();
    QVERIFY(!scene.action("pause").isEnabled());
    QVERIFY(!scene.action("remove").isEnabled());
    scene.select(0);
    QVERIFY(scene.action("pause").isEnabled());
    QVERIFY(!scene.action("start").isEnabled());
    scene.select(1);
    QVERIFY(!scene.action("pause").isEnabled());
    QVERIFY(scene.action("retry").isEnabled());
    scene.action("retry").trigger();
    scene.scheduler.advance(1s);
    QCOMPARE(scene.engine.resumed, QList<TransferId>{1});
}

void TestMainWindow::removesAfterTheQuestionAndTakesItBack()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a", TransferState::Sending);
    scene.list.add(2, 2, "/d/b", TransferState::Sending);
    scene.open();
    scene.select(0);
    scene.action("remove").trigger();
    scene.prompts.answer(1);
    QCOMPARE(scene.table().model()->rowCount(), 1);
    QVERIFY(scene.window->findChild<QWidget *>(QStringLiteral("undoBar"))->isVisible());
    scene.action("undoRemoval").trigger();
    scene.scheduler.advance(1s);
    QCOMPARE(scene.table().model()->rowCount(), 2);
    QVERIFY(!scene.window->findChild<QWidget *>(QStringLiteral("undoBar"))->isVisible());
    QVERIFY(scene.engine.changes.isEmpty());
}

void TestMainWindow::carriesARemovalOutWhenItIsHidden()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a", TransferState::Sending);
    scene.open();
    scene.select(0);
    scene.action("remove").trigger();
    scene.prompts.answer(1);
    QVERIFY(scene.engine.changes.isEmpty());
    scene.window->hide();
    QCOMPARE(scene.engine.changes.size(), 1);
    QCOMPARE(scene.engine.changes.first().first, QueueVerb::RemoveKeepingUpload);
}

void TestMainWindow::opensTheFolderOfAFileAndOfARun()
{
    Scene scene;
    scene.list.add(1, 1, "/d/x/1");
    scene.list.add(2, 1, "/d/x/2");
    scene.list.add(3, 3, "/d/a");
    QSignalSpy asked(&scene.open(), &MainWindow::folderRequested);
    scene.select(0);
    scene.action("openFolder").trigger();
    scene.select(1);
    scene.action("openFolder").trigger();
    QCOMPARE(asked.size(), 2);
    QCOMPARE(asked.at(0).first().toByteArray(), QByteArray("/d/a"));
    QCOMPARE(asked.at(1).first().toByteArray(), QByteArray("/d/x/"));
}

void TestMainWindow::filtersAndSearches()
{
    Scene scene;
    scene.list.add(1, 1, "/d/apple", TransferState::Done);
    scene.list.add(2, 2, "/d/pear", TransferState::Sending);
    scene.open();
    auto *filters = scene.window->findChild<FilterPanel *>(QStringLiteral("filterPanel"));
    filters->setCurrentItem(filters->topLevelItem(0)->child(static_cast<int>(ListFilter::Done)));
    scene.scheduler.advance(1s);
    QCOMPARE(scene.list.ordersAsked.last().filter, ListFilter::Done);
    QCOMPARE(scene.table().model()->rowCount(), 1);
    QCOMPARE(filters->topLevelItem(0)->child(0)->text(1), QStringLiteral("2"));
    filters->setCurrentItem(filters->topLevelItem(0)->child(0));
    scene.window->findChild<QLineEdit *>(QStringLiteral("searchField"))->setText(QStringLiteral("PEA"));
    scene.scheduler.advance(1s);
    QCOMPARE(scene.list.ordersAsked.last().search, QStringLiteral("PEA"));
    QCOMPARE(scene.table().model()->rowCount(), 1);
}

void TestMainWindow::keepsTheSelectionOverANewOrder()
{
    Scene scene;
    for (int id = 1; id <= 5; ++id)
        scene.list.add(id, id, "/d/" + QByteArray::number(9 - id));
    scene.open();
    scene.select(3);   // newest first: id 2, named 7
    scene.table().model()->sort(0, Qt::AscendingOrder);
    scene.scheduler.advance(1s);
    QCOMPARE(scene.table().currentIndex().row(), 3);
    scene.list.add(6, 6, "/d/1");
    scene.engine.tell(6, 6, QueuedEvent{});
    scene.scheduler.advance(2s);
    QCOMPARE(scene.table().currentIndex().row(), 4);
    QCOMPARE(scene.table().selectionModel()->selectedRows().size(), 1);
}

void TestMainWindow::invitesWhenThereIsNothing()
{
    Scene scene;
    scene.open();
    QVERIFY(scene.window->findChild<QWidget *>(QStringLiteral("dropZone"))->isVisible());
    scene.list.add(1, 1, "/d/a");
    scene.engine.tell(1, 1, QueuedEvent{});
    scene.scheduler.advance(2s);
    QVERIFY(!scene.window->findChild<QWidget *>(QStringLiteral("dropZone"))->isVisible());
    QVERIFY(scene.table().isVisible());
}

void TestMainWindow::copiesAddresses()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a");
    scene.open();
    scene.select(0);
    scene.action("copyUri").trigger();
    scene.scheduler.advance(1s);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("s3://bucket/backup/a"));
}

void TestMainWindow::remembersColumnsAndSort()
{
    Scene scene;
    scene.open();
    scene.table().header()->moveSection(0, 2);
    scene.table().header()->resizeSection(3, 123);
    Q_EMIT scene.table().header()->sectionClicked(static_cast<int>(TransferColumn::Size));
    scene.window.reset();
    scene.open();
    QCOMPARE(scene.table().header()->visualIndex(0), 2);
    QCOMPARE(scene.table().header()->sectionSize(3), 123);
    QCOMPARE(scene.list.ordersAsked.last().sortBy, ListColumn::Size);
}

void TestMainWindow::shortcutsCanBeChanged()
{
    Scene scene;
    ShortcutBook &book = scene.open().shortcuts();
    ShortcutModel model(book);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    const qsizetype pause = book.actions().indexOf(&scene.action("pause"));
    QVERIFY(pause >= 0);
    const QKeySequence keysOfStart = scene.action("start").shortcut();
    QVERIFY(model.setData(model.index(static_cast<int>(pause), ShortcutModel::Keys), QVariant::fromValue(keysOfStart), Qt::EditRole));
    QCOMPARE(scene.action("pause").shortcut(), keysOfStart);
    QVERIFY(scene.action("start").shortcut().isEmpty());
    scene.window.reset();
    scene.open();
    QCOMPARE(scene.action("pause").shortcut(), keysOfStart);
    QVERIFY(scene.action("start").shortcut().isEmpty());
    scene.window->shortcuts().restoreDefaults();
    QCOMPARE(scene.action("start").shortcut(), keysOfStart);
}

void TestMainWindow::everyControlHasAName()
{
    Scene scene;
    scene.list.add(1, 1, "/d/a", TransferState::Sending);
    scene.open();
    QSet<QKeySequence> keys;
    for (const QAction *action : scene.window->shortcuts().actions()) {
        QVERIFY2(!action->objectName().isEmpty(), qPrintable(action->text()));
        QVERIFY2(action->shortcut().isEmpty() || !keys.contains(action->shortcut()), qPrintable(action->objectName()));
        keys.insert(action->shortcut());
    }
    const QList<QWidget *> widgets = scene.window->findChildren<QWidget *>();
    for (const QWidget *widget : widgets) {
        if (!(widget->focusPolicy() & Qt::TabFocus) || !widget->isVisible() || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        const QVariant text = widget->property("text");
        const bool isNamed = !widget->accessibleName().isEmpty() || !text.toString().isEmpty() || qobject_cast<const QTabBar *>(widget) || qobject_cast<const QAbstractScrollArea *>(widget);
        QVERIFY2(isNamed, qPrintable(QString::fromLatin1(widget->metaObject()->className()) + QLatin1Char(' ') + widget->objectName()));
    }
}

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
