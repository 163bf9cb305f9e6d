#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "tests/support/fakes/FakeWindowState.h"
#include "ui/MainWindow.h"
#include "ui/uploads/TransferTable.h"

#include <QAction>
#include <QMimeData>
#include <QSignalSpy>
#include <QStatusBar>
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

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
