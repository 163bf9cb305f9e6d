#include "tests/gui/browse/BrowseBench.h"
#include "ui/browse/BrowsePage.h"
#include "ui/browse/ObjectProperties.h"
#include "ui/common/Palette.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QTreeView>
#include <QUrl>

using namespace packmule;

namespace {

/// The page over a bucket with some folders and objects, shown.
struct PageBench : StoreBench {
    std::unique_ptr<BrowsePage> page;
    QList<QString> said;

    void show(const QList<NamedConnection> &connections = {connection()})
    {
        page = std::make_unique<BrowsePage>(services);
        QObject::connect(page.get(), &BrowsePage::said, page.get(), [this](const QString &sentence) { said.append(sentence); });
        page->resize(1000, 600);
        page->setConnections(connections);
        page->show();
        settle();
    }
    void fill()
    {
        stores.add("photos", "2023/a.jpg", 10);
        stores.add("photos", "2024/b.jpg", 20);
        stores.add("photos", "2024/c.jpg", 5'000'000, WallTime(Milliseconds(1'700'000'000'000)));
        stores.add("photos", "readme.txt", 30);
    }
    void go(const QString &address)
    {
        childNamed<QLineEdit>(*page, "browseAddress")->setText(address);
        QTest::keyClick(childNamed<QLineEdit>(*page, "browseAddress"), Qt::Key_Return);
        settle();
    }
    QTableView &table() { return *childNamed<QTableView>(*page, "objectTable"); }
    QStringList rows()
    {
        QStringList shown;
        for (int row = 0; row < table().model()->rowCount(); ++row)
            shown.append(table().model()->index(row, 0).data().toString());
        return shown;
    }
    void select(const QStringList &names)
    {
        table().clearSelection();
        for (int row = 0; row < table().model()->rowCount(); ++row) {
            const QModelIndex index = table().model()->index(row, 0);
            if (names.contains(index.data().toString()))
                table().selectionModel()->select(index, QItemSelectionModel::Select | QItemSelectionModel::Rows);
        }
    }
};

}  // namespace

/// The tab Browse, by the names of its widgets.
class TestBrowsePage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsAskedBeforeTheTabIsLookedAt()
    {
        StoreBench bench;
        BrowsePage page(bench.services);
        page.setConnections({StoreBench::connection()});
        bench.settle();
        QVERIFY(bench.stores.calls.isEmpty());
    }

    void withoutAConnectionItInvitesToMakeOne()
    {
        PageBench bench;
        bench.show({});
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("No connection yet"));
        const QSignalSpy requested(bench.page.get(), &BrowsePage::newConnectionRequested);
        childNamed<QPushButton>(*bench.page, "noticeButton")->click();
        QCOMPARE(requested.size(), 1);
    }

    void anAddressLeadsToItsFolder()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/2024/"));
        QCOMPARE(bench.rows(), (QStringList{QStringLiteral("b.jpg"), QStringLiteral("c.jpg")}));
        QCOMPARE(childNamed<QTreeView>(*bench.page, "prefixTree")->currentIndex().data().toString(), QStringLiteral("2024/"));
        QCOMPARE(labelText(*bench.page, "browseFoot"), QStringLiteral("0 folder(s), 2 object(s)"));
        trigger(*bench.page, "browseUp");
        bench.settle();
        QCOMPARE(bench.rows(), (QStringList{QStringLiteral("2023/"), QStringLiteral("2024/"), QStringLiteral("readme.txt")}));
        QCOMPARE(childNamed<QLineEdit>(*bench.page, "browseAddress")->text(), QStringLiteral("s3://photos/"));
        QVERIFY(!childNamed<QAction>(*bench.page, "browseUp")->isEnabled());
        shoot(*bench.page, QStringLiteral("browse"));
    }

    void aBadAddressIsExplainedAndChangesNothing()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/"));
        bench.go(QStringLiteral("https://example.com/"));
        QCOMPARE(bench.said.size(), 1);
        QCOMPARE(bench.page->place(), (ObjectAddress{"photos", ""}));
    }

    void enteringAFolderOpensIt()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("photos"));
        bench.select({QStringLiteral("2023/")});
        trigger(*bench.page, "browseOpen");
        bench.settle();
        QCOMPARE(bench.page->place(), (ObjectAddress{"photos", "2023/"}));
        QCOMPARE(bench.rows(), QStringList{QStringLiteral("a.jpg")});
    }

    void choosingInTheTreeShowsTheFolder()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        QTreeView &tree = *childNamed<QTreeView>(*bench.page, "prefixTree");
        tree.setCurrentIndex(tree.model()->index(0, 0));
        bench.settle();
        QCOMPARE(bench.page->place(), (ObjectAddress{"photos", ""}));
        QCOMPARE(bench.rows().size(), 3);
    }

    void aKeyThatTextCannotCarryIsNotMistakenForAnother()
    {
        PageBench bench;
        bench.stores.add("photos", "\xFF/x");
        bench.stores.add("photos", "\\xFF/wrong");
        bench.show();
        bench.go(QStringLiteral("photos"));
        bench.page->open("c1", {"photos", "\xFF/"});
        bench.settle();
        // Return in the unchanged address: the same bytes again, not the escaped text as a key.
        QTest::keyClick(childNamed<QLineEdit>(*bench.page, "browseAddress"), Qt::Key_Return);
        bench.settle();
        QCOMPARE(bench.page->place(), (ObjectAddress{"photos", "\xFF/"}));
        QCOMPARE(bench.rows(), QStringList{QStringLiteral("x")});
    }

    void moreIsReadWhenAsked()
    {
        PageBench bench;
        for (int i = 0; i < 250; ++i)
            bench.stores.add("photos", "k" + QByteArray::number(1000 + i));
        bench.stores.pageSize = 100;
        bench.show();
        bench.go(QStringLiteral("photos"));
        QCOMPARE(bench.rows().size(), 100);
        QVERIFY(labelText(*bench.page, "browseFoot").contains(QStringLiteral("there are more")));
        trigger(*bench.page, "browseMore");
        bench.settle();
        QCOMPARE(bench.rows().size(), 200);
        QScrollBar &bar = *bench.table().verticalScrollBar();
        bar.setValue(bar.maximum());
        bench.settle();
        QCOMPARE(bench.rows().size(), 250);
        QVERIFY(!childNamed<QAction>(*bench.page, "browseMore")->isEnabled());
    }

    void aRefusedFolderSaysWhyAndIsTriedAgain()
    {
        PageBench bench;
        bench.fill();
        bench.stores.refuse("page", ErrorKind::AccessDenied);
        bench.show();
        bench.go(QStringLiteral("photos"));
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Access is denied."));
        shoot(*bench.page, QStringLiteral("browse-refused"));
        bench.stores.errors.clear();
        childNamed<QPushButton>(*bench.page, "noticeButton")->click();
        bench.settle();
        QCOMPARE(bench.rows().size(), 3);
    }

    void bucketsThatMayNotBeListedCanBeTyped()
    {
        PageBench bench;
        bench.fill();
        bench.stores.refuse("buckets", ErrorKind::AccessDenied);
        bench.show();
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Choose a bucket"));
        bench.go(QStringLiteral("s3://photos/"));
        QCOMPARE(bench.rows().size(), 3);
    }

    void anEmptyFolderInvitesToDrop()
    {
        PageBench bench;
        bench.stores.stored["empty"];
        bench.show();
        bench.go(QStringLiteral("s3://empty/"));
        QCOMPARE(labelText(*bench.page, "noticeHeadline"), QStringLiteral("Nothing here"));
        shoot(*bench.page, QStringLiteral("browse-empty"));
    }

    void deletingAsksWithTheNumberAndDeletesThose()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/2024/"));
        bench.select({QStringLiteral("b.jpg"), QStringLiteral("c.jpg")});
        trigger(*bench.page, "browseDelete");
        QCOMPARE(bench.prompts.questions.size(), 1);
        QVERIFY2(bench.prompts.questions[0].text.contains(QLatin1Char('2')), qPrintable(bench.prompts.questions[0].text));
        bench.prompts.answer(0);
        bench.settle();
        QCOMPARE(bench.stores.count("remove"), 0);
        trigger(*bench.page, "browseDelete");
        bench.prompts.answer(1);
        QVERIFY(childNamed<QAction>(*bench.page, "browseStop")->isEnabled());
        bench.settle();
        QCOMPARE(bench.stores.count("remove"), 2);
        QVERIFY(bench.rows().isEmpty());
        QCOMPARE(bench.said.last(), QStringLiteral("2 object(s) deleted."));
    }

    void foldersAreNotDeletedUnseen()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/"));
        bench.select({QStringLiteral("2023/")});
        QVERIFY(!childNamed<QAction>(*bench.page, "browseDelete")->isEnabled());
        bench.select({QStringLiteral("2023/"), QStringLiteral("readme.txt")});
        trigger(*bench.page, "browseDelete");
        bench.prompts.answer(1);
        bench.settle();
        QCOMPARE(bench.rows(), (QStringList{QStringLiteral("2023/"), QStringLiteral("2024/")}));
    }

    void aStoppedDeletionKeepsTheRest()
    {
        PageBench bench;
        for (int i = 0; i < 20; ++i)
            bench.stores.add("photos", "k" + QByteArray::number(100 + i));
        bench.stores.latency = Milliseconds(10);
        bench.show();
        bench.scheduler.advance(Milliseconds(100));
        bench.go(QStringLiteral("s3://photos/"));
        bench.scheduler.advance(Milliseconds(100));
        bench.table().selectAll();
        trigger(*bench.page, "browseDelete");
        bench.prompts.answer(1);
        bench.scheduler.advance(Milliseconds(55));
        trigger(*bench.page, "browseStop");
        bench.scheduler.advance(Milliseconds(500));
        QCOMPARE(bench.stores.stored["photos"].size(), 15U);
        QCOMPARE(bench.said.last(), QStringLiteral("Stopped: 15 object(s) stay."));
    }

    void droppedFilesGoToTheFolderUnderThem()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/"));
        QSignalSpy dropped(bench.page.get(), &BrowsePage::filesDropped);
        QMimeData files;
        files.setUrls({QUrl::fromLocalFile(QStringLiteral("/tmp/a file.bin"))});
        const auto drop = [&](const QPoint &at) {
            QDragEnterEvent enter(at, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(bench.table().viewport(), &enter);
            QDropEvent event(at, Qt::CopyAction, &files, Qt::LeftButton, Qt::NoModifier);
            QApplication::sendEvent(bench.table().viewport(), &event);
            QVERIFY(event.isAccepted());
        };
        drop(bench.table().visualRect(bench.table().model()->index(1, 0)).center());
        QCOMPARE(dropped.size(), 1);
        QCOMPARE(dropped[0][0].value<QList<QByteArray>>(), QList<QByteArray>{"/tmp/a file.bin"});
        QCOMPARE(dropped[0][1].toByteArray(), QByteArray("c1"));
        QCOMPARE(dropped[0][2].value<ObjectAddress>(), (ObjectAddress{"photos", "2024/"}));
        drop(QPoint(50, bench.table().viewport()->height() - 5));
        QCOMPARE(dropped.size(), 2);
        QCOMPARE(dropped[1][2].value<ObjectAddress>(), (ObjectAddress{"photos", ""}));
    }

    void urisAreCopied()
    {
        PageBench bench;
        bench.fill();
        bench.stores.add("photos", "\xFF");
        bench.show();
        bench.go(QStringLiteral("s3://photos/"));
        bench.select({QStringLiteral("readme.txt")});
        trigger(*bench.page, "browseCopyUri");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("s3://photos/readme.txt"));
        bench.select({QStringLiteral("\\xFF")});
        trigger(*bench.page, "browseCopyUri");
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("s3://photos/readme.txt"));
        QVERIFY(bench.said.last().startsWith(QStringLiteral("1 URI(s) cannot be copied")));
    }

    void propertiesAreAskedOfTheStore()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/2024/"));
        bench.select({QStringLiteral("c.jpg")});
        trigger(*bench.page, "browseProperties");
        auto *dialog = childNamed<ObjectProperties>(*bench.page, "objectProperties");
        QVERIFY(dialog && dialog->isVisible());
        QCOMPARE(labelText(*dialog, "propertiesNote"), QStringLiteral("Asking the store…"));
        bench.settle();
        QVERIFY(labelText(*dialog, "property1").contains(QStringLiteral("5,000,000")));
        shoot(*dialog, QStringLiteral("properties"));
        dialog->close();
    }

    void aBucketIsMadeAndShown()
    {
        PageBench bench;
        bench.show();
        trigger(*bench.page, "browseNewBucket");
        auto *name = childNamed<QLineEdit>(*bench.page, "bucketName");
        auto *create = childNamed<QPushButton>(*bench.page, "createBucket");
        name->setText(QStringLiteral("Bad Name"));
        QVERIFY(!create->isEnabled());
        QVERIFY(labelText(*bench.page, "bucketNote").startsWith(QStringLiteral("Only small letters")));
        shoot(*name->window(), QStringLiteral("new-bucket"));
        name->setText(QStringLiteral("new-bucket"));
        create->click();
        bench.settle();
        QVERIFY(bench.stores.stored.contains("new-bucket"));
        QCOMPARE(bench.page->place(), (ObjectAddress{"new-bucket", ""}));
    }

    void anotherConnectionBeginsAnew()
    {
        PageBench bench;
        bench.fill();
        bench.show({StoreBench::connection("c1"), StoreBench::connection("c2", QStringLiteral("Archive"))});
        bench.go(QStringLiteral("s3://photos/"));
        auto *box = childNamed<QComboBox>(*bench.page, "browseConnection");
        box->setCurrentIndex(1);
        Q_EMIT box->activated(1);
        bench.settle();
        QCOMPARE(bench.page->place(), ObjectAddress());
        QCOMPARE(bench.state.kept(QStringLiteral("browse/connection")), QByteArray("c2"));
    }

    void everythingHasANameForScreenReaders()
    {
        PageBench bench;
        bench.fill();
        bench.show();
        bench.go(QStringLiteral("s3://photos/"));
        for (QWidget *widget : bench.page->findChildren<QWidget *>()) {
            if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || widget->objectName().startsWith(QLatin1String("qt_")))
                continue;
            QVERIFY2(!widget->accessibleName().isEmpty() || widget->property("text").isValid(), qPrintable(widget->objectName() + QLatin1String(widget->metaObject()->className())));
        }
    }

    void pictures()
    {
        if (qEnvironmentVariableIsEmpty("PACKMULE_SHOTS"))
            QSKIP("PACKMULE_SHOTS names no folder");
        PageBench bench;
        bench.fill();
        for (const QByteArray &key : QList<QByteArray>{QByteArray("2024/new\nline.txt"), QByteArray("2024/\xE2\x80\xAEgpj.exe"), QByteArray("2024/\xFF\xFE.bin"), QByteArray("2024//x"),
                                      QByteArray("2024/../y"), QByteArray("2024/") + QByteArray(900, 'k'), QByteArray("2024/<b>markup"), QByteArray("2024/\xD8\xB9\xD8\xB1\xD8\xA8\xD9\x8A")})
            bench.stores.add("photos", key, key.size() * 100'000, WallTime(Milliseconds(1'700'000'000'000)));
        for (int i = 0; i < 30; ++i)
            bench.stores.add("photos", "2024/img-" + QByteArray::number(1000 + i) + ".jpg", i * 77'777, WallTime(Milliseconds(1'700'000'000'000)));
        bench.stores.pageSize = 30;
        for (const auto &[name, palette, direction] : {std::tuple{"light", lightPalette(), Qt::LeftToRight}, {"dark", darkPalette(), Qt::LeftToRight}, {"rtl", lightPalette(), Qt::RightToLeft}}) {
            QApplication::setPalette(palette);
            QApplication::setLayoutDirection(direction);
            bench.show();
            bench.go(QStringLiteral("s3://photos/2024/"));
            shoot(*bench.page, QStringLiteral("browse-%1").arg(QLatin1String(name)));
        }
        QApplication::setLayoutDirection(Qt::LeftToRight);
        QApplication::setPalette(lightPalette());
    }
};

int main(int argc, char *argv[])
{
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    QApplication::setStyle(QStringLiteral("fusion"));
    QApplication application(argc, argv);
    QApplication::setPalette(lightPalette());
    TestBrowsePage test;
    return QTest::qExec(&test, argc, argv);
}
#include "test_browse_page.moc"
