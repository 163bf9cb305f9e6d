#include "core/files/SourceFile.h"

#include "tests/unit/files/FileTree.h"

#include <QTest>

#include <cerrno>

using namespace packmule;
using namespace packmule::literals;

namespace {

constexpr qint64 kLongAgoNs = 1'600'000'000'123'456'789;

}  // namespace

class TestSourceFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensARegularFileAndKnowsIt()
    {
        const FileTree tree;
        const QByteArray path = tree.file("a", "12345");
        tree.touch("a", kLongAgoNs);
        const auto file = SourceFile::open(path, false);
        QVERIFY(file);
        QCOMPARE((*file)->path(), path);
        QCOMPARE((*file)->identity().size, 5_B);
        QCOMPARE((*file)->identity().modifiedNs, kLongAgoNs);
        QVERIFY(!(*file)->identity().isRacy);
        QVERIFY((*file)->identity().inode != 0);
        QVERIFY((*file)->check());
    }

    void refusesWhatIsNoFile_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("follow");
        QTest::addColumn<ErrorKind>("kind");
        QTest::addColumn<int>("osError");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *title, const char *name, bool follow, ErrorKind kind, int osError, const char *says) {
            QTest::newRow(title) << QByteArray(name) << follow << kind << osError << QString::fromLatin1(says);
        };
        row("missing", "nothing", true, ErrorKind::SourceMissing, ENOENT, "No such file");
        row("below a file", "file/x", true, ErrorKind::SourceMissing, ENOTDIR, "Not a directory");
        row("folder", "folder", true, ErrorKind::SourceUnreadable, 0, "is a directory");
        row("pipe without a writer", "pipe", true, ErrorKind::SourceUnreadable, 0, "is a named pipe");
        row("socket", "socket", true, ErrorKind::SourceUnreadable, 0, "is a socket");
        row("device", "null", true, ErrorKind::SourceUnreadable, 0, "is a device");
        row("link, not followed", "link", false, ErrorKind::SourceUnreadable, 0, "is a symbolic link");
        row("link to itself", "ring", true, ErrorKind::SourceUnreadable, ELOOP, "symbolic links");
        row("broken link", "broken", true, ErrorKind::SourceMissing, ENOENT, "No such file");
    }
    void refusesWhatIsNoFile()
    {
        QFETCH(QByteArray, name);
        QFETCH(bool, follow);
        QFETCH(ErrorKind, kind);
        QFETCH(int, osError);
        QFETCH(QString, says);
        const FileTree tree;
        tree.file("file");
        tree.folder("folder");
        tree.pipe("pipe");
        tree.socket("socket");
        tree.link("null", "/dev/null");
        tree.link("link", "file");
        tree.link("ring", "ring");
        tree.link("broken", "nothing");
        const auto file = SourceFile::open(tree.path(name), follow);
        QVERIFY(!file);
        QCOMPARE(file.error().kind, kind);
        QCOMPARE(file.error().osError, osError);
        QVERIFY2(file.error().detail.contains(says), qPrintable(file.error().detail));
        QVERIFY2(file.error().detail.contains(QString::fromUtf8(tree.path(name))), qPrintable(file.error().detail));
    }

    void refusesAFileThatMayNotBeRead()
    {
        if (::geteuid() == 0)
            QSKIP("root may read everything");
        const FileTree tree;
        ::chmod(tree.file("a").constData(), 0);
        const auto file = SourceFile::open(tree.path("a"), true);
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::SourceUnreadable);
        QCOMPARE(file.error().osError, EACCES);
    }

    void refusesANameWithNul()
    {
        const FileTree tree;
        tree.file("a");
        const auto file = SourceFile::open(tree.path(QByteArray("a\0b", 3)), true);
        QVERIFY(!file);
        QCOMPARE(file.error().kind, ErrorKind::InvalidRequest);
    }

    void followsALinkWhenAsked()
    {
        const FileTree tree;
        tree.file("a", "12345");
        tree.link("link", "a");
        const auto file = SourceFile::open(tree.path("link"), true);
        QVERIFY(file);
        QCOMPARE((*file)->identity().size, 5_B);
        QVERIFY((*file)->check());
    }

    void detailShowsNoControlCharacters()
    {
        const FileTree tree;
        const auto file = SourceFile::open(tree.path("bad\n\xff"), true);
        QVERIFY(!file);
        QVERIFY2(file.error().detail.contains(QStringLiteral("bad\\x0A\\xFF")), qPrintable(file.error().detail));
    }

    void aFreshFileIsRacy_data()
    {
        QTest::addColumn<qint64>("ageNs");
        QTest::addColumn<bool>("isRacy");
        QTest::newRow("just now") << qint64(0) << true;
        QTest::newRow("a second ago") << qint64(1'000'000'000) << true;
        QTest::newRow("ten seconds ago") << qint64(10'000'000'000) << false;
        QTest::newRow("a second ahead: a server's clock") << qint64(-1'000'000'000) << true;
        QTest::newRow("next year") << qint64(-365 * 86'400) * 1'000'000'000 << false;
    }
    void aFreshFileIsRacy()
    {
        QFETCH(qint64, ageNs);
        QFETCH(bool, isRacy);
        const FileTree tree;
        tree.file("a");
        timespec now{};
        clock_gettime(CLOCK_REALTIME, &now);
        tree.touch("a", now.tv_sec * 1'000'000'000 + now.tv_nsec - ageNs);
        const auto file = SourceFile::open(tree.path("a"), true);
        QVERIFY(file);
        QCOMPARE((*file)->identity().isRacy, isRacy);
    }

    void checkFindsEveryChange_data()
    {
        QTest::addColumn<std::function<void(const FileTree &)>>("change");
        QTest::addColumn<ErrorKind>("kind");
        const auto row = [](const char *title, std::function<void(const FileTree &)> change, ErrorKind kind) {
            QTest::newRow(title) << std::move(change) << kind;
        };
        row("appended", [](const FileTree &t) { t.append("a", "x"); }, ErrorKind::SourceChanged);
        row("truncated", [](const FileTree &t) { t.truncate("a", 3); }, ErrorKind::SourceChanged);
        row("rewritten at the same size", [](const FileTree &t) { t.file("a", "CONTENT"); }, ErrorKind::SourceChanged);
        row("touched by one nanosecond", [](const FileTree &t) { t.touch("a", kLongAgoNs + 1); }, ErrorKind::SourceChanged);
        row("replaced by an equal twin", [](const FileTree &t) {
            t.file("b", "content");
            t.touch("b", kLongAgoNs);
            t.rename("b", "a");
        }, ErrorKind::SourceChanged);
        row("replaced by a folder", [](const FileTree &t) { t.remove("a"); t.folder("a"); }, ErrorKind::SourceChanged);
        row("replaced by a link to it", [](const FileTree &t) { t.rename("a", "b"); t.link("a", "b"); }, ErrorKind::SourceChanged);
        row("removed", [](const FileTree &t) { t.remove("a"); }, ErrorKind::SourceMissing);
        row("renamed", [](const FileTree &t) { t.rename("a", "b"); }, ErrorKind::SourceMissing);
    }
    void checkFindsEveryChange()
    {
        QFETCH(std::function<void(const FileTree &)>, change);
        QFETCH(ErrorKind, kind);
        const FileTree tree;
        tree.file("a", "content");
        tree.touch("a", kLongAgoNs);
        const auto file = SourceFile::open(tree.path("a"), false);
        QVERIFY(file);
        QVERIFY((*file)->check());
        change(tree);
        const auto checked = (*file)->check();
        QVERIFY(!checked);
        QCOMPARE(checked.error().kind, kind);
    }

    void checkIsQuietAboutPermissionsAndReading()
    {
        const FileTree tree;
        const auto file = SourceFile::open(tree.file("a"), false);
        QVERIFY(file);
        ::chmod(tree.path("a").constData(), 0400);
        char byte = 0;
        QCOMPARE((*file)->read(&byte, 1, 0).value_or(-1), 1);
        QVERIFY((*file)->check());
    }

    void readsTheOldContentAfterTheFileWasReplaced()
    {
        const FileTree tree;
        const auto file = SourceFile::open(tree.file("a", "old"), false);
        QVERIFY(file);
        tree.file("b", "new");
        tree.rename("b", "a");
        char bytes[3] = {};
        QCOMPARE((*file)->read(bytes, 3, 0).value_or(-1), 3);
        QCOMPARE(QByteArrayView(bytes, 3), QByteArrayView("old"));
    }

    void readIsShortOnlyAtTheEnd_data()
    {
        QTest::addColumn<qint64>("offset");
        QTest::addColumn<qint64>("maxSize");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("inside") << qint64(2) << qint64(3) << QByteArray("234");
        QTest::newRow("over the end") << qint64(8) << qint64(5) << QByteArray("89");
        QTest::newRow("at the end") << qint64(10) << qint64(5) << QByteArray("");
        QTest::newRow("far behind the end") << (qint64(1) << 40) << qint64(5) << QByteArray("");
    }
    void readIsShortOnlyAtTheEnd()
    {
        QFETCH(qint64, offset);
        QFETCH(qint64, maxSize);
        QFETCH(QByteArray, expected);
        const FileTree tree;
        const auto file = SourceFile::open(tree.file("a", "0123456789"), false);
        QVERIFY(file);
        QByteArray buffer(16, '\0');
        const auto count = (*file)->read(buffer.data(), maxSize, offset);
        QVERIFY(count);
        QCOMPARE(buffer.first(*count), expected);
    }

    void readErrorCarriesItsErrno()
    {
        const FileTree tree;
        const auto file = SourceFile::open(tree.file("a"), false);
        QVERIFY(file);
        char byte = 0;
        const auto count = (*file)->read(&byte, 1, -1);  // EINVAL: the one read error to be had from a healthy file
        QVERIFY(!count);
        QCOMPARE(count.error().kind, ErrorKind::LocalIo);
        QCOMPARE(count.error().osError, EINVAL);
    }

    void manyFilesCloseAgain()
    {
        const FileTree tree;
        const QByteArray path = tree.file("a");
        const int before = ::dup(0);
        ::close(before);
        for (int i = 0; i < 50; ++i) {
            QVERIFY(SourceFile::open(path, true));
            QVERIFY(!SourceFile::open(tree.root(), true));
        }
        const int after = ::dup(0);
        ::close(after);
        QCOMPARE(after, before);
    }
};

QTEST_GUILESS_MAIN(TestSourceFile)
#include "test_source_file.moc"
