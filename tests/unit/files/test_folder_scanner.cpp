#include "core/files/FolderScanner.h"

#include "tests/unit/files/FileTree.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTest>
#include <QThread>

using namespace packmule;
using namespace packmule::literals;

namespace {

constexpr int kBatchSize = 1000;

/// Everything that a walk told.
struct Seen {
    QList<QByteArray> names;  // relative, in order
    QList<ScannedFile> files;
    QList<ScanProblem> problems;
    QList<qsizetype> batchSizes;
    std::optional<Error> error;
    bool isEnd = false;

    QList<QByteArray> problemNames(const FileTree &tree) const
    {
        QList<QByteArray> all;
        for (const ScanProblem &problem : problems)
            all.append(problem.path.sliced(tree.root().size() + 1));
        return all;
    }
    const ScanProblem *problemAt(const QByteArray &path) const
    {
        for (const ScanProblem &problem : problems) {
            if (problem.path == path)
                return &problem;
        }
        return nullptr;
    }
};

}  // namespace

class TestFolderScanner : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<FolderScanner> m_scanner;

    /// Records into `seen`; resumes by itself.
    CallHandle startScan(const QByteArray &folder, bool followSymlinks, Seen &seen, int batchSize = kBatchSize)
    {
        return m_scanner->scan(folder, followSymlinks, batchSize, [this, &seen](const Result<ScanBatch> &batch) {
            if (!batch) {
                seen.error = batch.error();
                seen.isEnd = true;
                return;
            }
            for (const ScannedFile &file : batch->files)
                seen.names.append(file.relativePath);
            seen.files += batch->files;
            seen.problems += batch->problems;
            seen.batchSizes.append(batch->files.size() + batch->problems.size());
            seen.isEnd = batch->isLast;
            if (!batch->isLast)
                m_scanner->resume();
        });
    }

    Seen scanned(const QByteArray &folder, bool followSymlinks)
    {
        Seen seen;
        const auto handle = startScan(folder, followSymlinks, seen);
        if (!QTest::qWaitFor([&] { return seen.isEnd; }, 20'000))
            qFatal("the walk did not end");
        return seen;
    }

private Q_SLOTS:
    void init() { m_scanner = makeThreadedFolderScanner(); }
    void cleanup() { m_scanner.reset(); }

    void tellsFilesBeforeFoldersAndByRawName()
    {
        const FileTree tree;
        tree.folder("a");
        tree.file("a/z");
        tree.file("a/b");
        tree.folder("B");
        tree.file("B/1");
        tree.file("c");
        tree.file("Z");
        tree.file(".hidden");
        tree.folder("empty");
        tree.file("\xc3\xa9");
        const Seen seen = scanned(tree.root(), false);
        QCOMPARE(seen.names, (QList<QByteArray>{".hidden", "Z", "c", "\xc3\xa9", "B/1", "a/b", "a/z"}));
        QVERIFY(seen.problems.isEmpty());
    }

    void knowsPathAndIdentity()
    {
        const FileTree tree;
        tree.folder("sub");
        tree.file("sub/a", "12345");
        tree.touch("sub/a", 1'600'000'000'123'456'789);
        for (const QByteArray &root : {tree.root(), QByteArray(tree.root() + '/')}) {
            const Seen seen = scanned(root, false);
            QCOMPARE(seen.files.size(), 1);
            QCOMPARE(seen.files.at(0).path, tree.path("sub/a"));
            QCOMPARE(seen.files.at(0).relativePath, QByteArray("sub/a"));
            QCOMPARE(seen.files.at(0).identity.size, 5_B);
            QCOMPARE(seen.files.at(0).identity.modifiedNs, 1'600'000'000'123'456'789);
            QVERIFY(!seen.files.at(0).identity.isRacy);
        }
    }

    void tellsNamesThatAreNotUtf8()
    {
        const FileTree tree;
        tree.file("bad\xff\xfe.bin");
        tree.file("good");
        tree.folder("dir\xff");
        tree.file("dir\xff/ascii");
        tree.file("new\nline");
        const Seen seen = scanned(tree.root(), false);
        QCOMPARE(seen.names, (QList<QByteArray>{"bad\xff\xfe.bin", "good", "new\nline", "dir\xff/ascii"}));
        QCOMPARE(seen.files.at(0).isUtf8, false);
        QCOMPARE(seen.files.at(1).isUtf8, true);
        QCOMPARE(seen.files.at(2).isUtf8, true);
        QCOMPARE(seen.files.at(3).isUtf8, false);
        QCOMPARE(seen.files.at(0).path, tree.path("bad\xff\xfe.bin"));
    }

    void namesEveryThingItSkips_data()
    {
        QTest::addColumn<bool>("followSymlinks");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<ScanObstacle>("obstacle");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char *title, bool follow, const char *name, ScanObstacle obstacle, ErrorKind kind) {
            QTest::newRow(title) << follow << QByteArray(name) << obstacle << kind;
        };
        row("pipe", false, "pipe", ScanObstacle::NotAFile, ErrorKind::SourceUnreadable);
        row("socket", false, "socket", ScanObstacle::NotAFile, ErrorKind::SourceUnreadable);
        row("link to a device, followed", true, "null", ScanObstacle::NotAFile, ErrorKind::SourceUnreadable);
        row("link, not followed", false, "link", ScanObstacle::SymlinkNotFollowed, ErrorKind::SourceUnreadable);
        row("broken link, not followed", false, "broken", ScanObstacle::SymlinkNotFollowed, ErrorKind::SourceUnreadable);
        row("broken link, followed", true, "broken", ScanObstacle::BrokenLink, ErrorKind::SourceMissing);
        row("link below a file, followed", true, "below", ScanObstacle::BrokenLink, ErrorKind::SourceMissing);
        row("link to itself, followed", true, "ring", ScanObstacle::Loop, ErrorKind::SourceUnreadable);
        row("link to the folder it is in, followed", true, "up", ScanObstacle::Loop, ErrorKind::SourceUnreadable);
    }
    void namesEveryThingItSkips()
    {
        QFETCH(bool, followSymlinks);
        QFETCH(QByteArray, name);
        QFETCH(ScanObstacle, obstacle);
        QFETCH(ErrorKind, kind);
        const FileTree tree;
        tree.file("file");
        tree.pipe("pipe");
        tree.socket("socket");
        tree.link("null", "/dev/null");
        tree.link("link", "file");
        tree.link("broken", "nothing");
        tree.link("below", "file/x");
        tree.link("ring", "ring");
        tree.link("up", ".");
        const Seen seen = scanned(tree.root(), followSymlinks);
        QVERIFY(seen.names.contains("file"));
        QVERIFY(!seen.names.contains(name));
        QCOMPARE(seen.problemNames(tree).count(name), 1);
        const ScanProblem &problem = *seen.problemAt(tree.path(name));
        QCOMPARE(problem.obstacle, obstacle);
        QCOMPARE(problem.error.kind, kind);
        QVERIFY2(problem.error.detail.contains(QString::fromUtf8(tree.path(name))), qPrintable(problem.error.detail));
    }

    void linksAreFollowedOnlyWhenAsked()
    {
        const FileTree tree;
        const FileTree elsewhere;
        elsewhere.file("x", "123");
        tree.file("a");
        tree.link("file", "a");
        tree.link("folder", elsewhere.root());
        QCOMPARE(scanned(tree.root(), false).names, (QList<QByteArray>{"a"}));
        const Seen seen = scanned(tree.root(), true);
        QCOMPARE(seen.names, (QList<QByteArray>{"a", "file", "folder/x"}));
        QCOMPARE(seen.files.at(2).path, tree.path("folder/x"));
        QCOMPARE(seen.files.at(2).identity.size, 3_B);
        QVERIFY(seen.problems.isEmpty());
    }

    void theScannedFolderItselfMayBeALink()
    {
        const FileTree tree;
        tree.folder("real");
        tree.file("real/a");
        tree.link("link", "real");
        QCOMPARE(scanned(tree.path("link"), false).names, (QList<QByteArray>{"a"}));
    }

    void twoLinksToOneFolderAreNoLoop()
    {
        const FileTree tree;
        tree.folder("real");
        tree.file("real/a");
        tree.link("one", "real");
        tree.link("two", "real");
        const Seen seen = scanned(tree.root(), true);
        QCOMPARE(seen.names, (QList<QByteArray>{"one/a", "real/a", "two/a"}));
        QVERIFY(seen.problems.isEmpty());
    }

    void crossedLinksEnd()
    {
        const FileTree tree;
        tree.folder("a");
        tree.folder("b");
        tree.file("a/file");
        tree.link("a/to-b", "../b");
        tree.link("b/to-a", "../a");
        const Seen seen = scanned(tree.root(), true);
        QCOMPARE(seen.names, (QList<QByteArray>{"a/file", "b/to-a/file"}));
        QCOMPARE(seen.problemNames(tree), (QList<QByteArray>{"a/to-b/to-a", "b/to-a/to-b"}));
        QCOMPARE(seen.problems.at(0).obstacle, ScanObstacle::Loop);
    }

    void anUnreadableFolderIsAProblemAndTheWalkGoesOn()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything");
        const FileTree tree;
        tree.file("a");
        tree.folder("closed");
        tree.folder("open");
        tree.file("open/b");
        ::chmod(tree.path("closed").constData(), 0);
        const Seen seen = scanned(tree.root(), false);
        QCOMPARE(seen.names, (QList<QByteArray>{"a", "open/b"}));
        QCOMPARE(seen.problemNames(tree), (QList<QByteArray>{"closed"}));
        QCOMPARE(seen.problems.at(0).obstacle, ScanObstacle::Unreadable);
        QCOMPARE(seen.problems.at(0).error.kind, ErrorKind::SourceUnreadable);
        QCOMPARE(seen.problems.at(0).error.osError, EACCES);
    }

    void aFolderTooDeepToBeNamedIsAProblem()
    {
        // The kernel takes no path above PATH_MAX, so this folder can be made step by step but not opened by its name.
        const FileTree tree;
        tree.file("a");
        const int home = ::open(".", O_RDONLY | O_DIRECTORY);
        QCOMPARE(::chdir(tree.root().constData()), 0);
        const QByteArray name(200, 'd');
        int depth = 0;
        while (depth < 25 && ::mkdir(name.constData(), 0700) == 0 && ::chdir(name.constData()) == 0)
            ++depth;
        QCOMPARE(::fchdir(home), 0);
        ::close(home);
        QCOMPARE(depth, 25);
        const Seen seen = scanned(tree.root(), false);
        QCOMPARE(seen.names, (QList<QByteArray>{"a"}));
        QCOMPARE(seen.problems.size(), 1);
        QCOMPARE(seen.problems.at(0).obstacle, ScanObstacle::Unreadable);
        QCOMPARE(seen.problems.at(0).error.osError, ENAMETOOLONG);
    }

    void aFolderThatIsNoneIsAnError_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<ErrorKind>("kind");
        QTest::newRow("missing") << QByteArray("nothing") << ErrorKind::SourceMissing;
        QTest::newRow("file") << QByteArray("file") << ErrorKind::SourceUnreadable;
        QTest::newRow("pipe") << QByteArray("pipe") << ErrorKind::SourceUnreadable;
        QTest::newRow("broken link") << QByteArray("broken") << ErrorKind::SourceMissing;
    }
    void aFolderThatIsNoneIsAnError()
    {
        QFETCH(QByteArray, name);
        QFETCH(ErrorKind, kind);
        const FileTree tree;
        tree.file("file");
        tree.pipe("pipe");
        tree.link("broken", "nothing");
        const Seen seen = scanned(tree.path(name), false);
        QVERIFY(seen.error);
        QCOMPARE(seen.error->kind, kind);
        QVERIFY(seen.batchSizes.isEmpty());
    }

    void anEmptyFolderIsOneEmptyLastBatch()
    {
        const FileTree tree;
        QCOMPARE(scanned(tree.root(), false).batchSizes, (QList<qsizetype>{0}));
    }

    void theFirstBatchIsSmallTheOthersFull()
    {
        const FileTree tree;
        for (int i = 0; i < 200; ++i)
            tree.file(QByteArray::number(i).rightJustified(4, '0'));
        Seen seen;
        const auto handle = startScan(tree.root(), false, seen, 100);
        QTRY_VERIFY(seen.isEnd);
        QCOMPARE(seen.batchSizes, (QList<qsizetype>{64, 100, 36}));
        QVERIFY(std::ranges::is_sorted(seen.names));
    }

    void theNextBatchWaitsForResume()
    {
        const FileTree tree;
        tree.file("a");
        tree.folder("sub");
        tree.file("sub/b");
        int batches = 0;
        QList<QByteArray> names;
        const auto handle = m_scanner->scan(tree.root(), false, 1, [&](const Result<ScanBatch> &batch) {
            ++batches;
            for (const ScannedFile &file : batch->files)
                names.append(file.relativePath);
        });
        QTRY_COMPARE(batches, 1);
        tree.rename("sub/b", "sub/c");  // seen, because nothing was read ahead
        QCoreApplication::sendPostedEvents();
        QCOMPARE(batches, 1);
        m_scanner->resume();
        QTRY_COMPARE(batches, 2);
        m_scanner->resume();
        QTRY_COMPARE(batches, 3);
        QCOMPARE(names, (QList<QByteArray>{"a", "sub/c"}));
    }

    void batchesComeOnTheThreadThatAsked()
    {
        const FileTree tree;
        QThread *told = nullptr;
        const auto handle = m_scanner->scan(tree.root(), false, 1, [&](const Result<ScanBatch> &) { told = QThread::currentThread(); });
        QVERIFY(!told);
        QTRY_VERIFY(told);
        QCOMPARE(told, QThread::currentThread());
    }

    void aDroppedHandleSilencesTheWalk()
    {
        const FileTree tree;
        for (int i = 0; i < 10; ++i)
            tree.file(QByteArray::number(i));
        int batches = 0;
        CallHandle handle = m_scanner->scan(tree.root(), false, 1, [&](const Result<ScanBatch> &) {
            ++batches;
            m_scanner->resume();
            handle.cancel();
        });
        QTRY_COMPARE(batches, 1);
        // Another walk takes the thread only after the first has ended.
        QCOMPARE(scanned(tree.root(), false).names.size(), 10);
        QCOMPARE(batches, 1);
    }

    void aNewWalkEndsTheOneBefore()
    {
        const FileTree tree;
        for (int i = 0; i < 10; ++i)
            tree.file(QByteArray::number(i));
        const auto first = m_scanner->scan(tree.root(), false, 1, [](const Result<ScanBatch> &) { QFAIL("replaced"); });
        QCOMPARE(scanned(tree.root(), false).names.size(), 10);
    }

    void theScannerMayBeDestroyedFromItsOwnBatch()
    {
        const FileTree tree;
        for (int i = 0; i < 10; ++i)
            tree.file(QByteArray::number(i));
        int batches = 0;
        const auto handle = m_scanner->scan(tree.root(), false, 1, [&](const Result<ScanBatch> &) {
            ++batches;
            m_scanner.reset();
        });
        QTRY_COMPARE(batches, 1);
        QCoreApplication::sendPostedEvents();
        QCOMPARE(batches, 1);
    }

    void aLargeFolderStartsQuickly()
    {
        const FileTree tree;
        for (int i = 0; i < 5'000; ++i)
            tree.file(QByteArray::number(i), "");
        QElapsedTimer timer;
        qint64 firstMs = -1;
        qsizetype count = 0;
        bool isEnd = false;
        timer.start();
        const auto handle = m_scanner->scan(tree.root(), false, kBatchSize, [&](const Result<ScanBatch> &batch) {
            if (firstMs < 0)
                firstMs = timer.elapsed();
            count += batch->files.size();
            isEnd = batch->isLast;
            m_scanner->resume();
        });
        QTRY_VERIFY_WITH_TIMEOUT(isEnd, 30'000);
        QCOMPARE(count, 5'000);
        qInfo("first batch of 5,000 files after %lld ms, all after %lld ms", static_cast<long long>(firstMs), static_cast<long long>(timer.elapsed()));
    }
};

QTEST_GUILESS_MAIN(TestFolderScanner)
#include "test_folder_scanner.moc"
