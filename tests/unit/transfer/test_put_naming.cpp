#include "core/transfer/KeyNaming.h"
#include "core/transfer/PathFilter.h"

#include <QTest>

using namespace packmule;

/// Which key a file gets, which keys are refused, and which files the patterns let through.
class TestPutNaming : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFileGetsItsKey_data();
    void aFileGetsItsKey();
    void aFolderGetsItsPrefix_data();
    void aFolderGetsItsPrefix();
    void keysAreRefusedWithTheReason_data();
    void keysAreRefusedWithTheReason();
    void patternsMatchAsFnmatch_data();
    void patternsMatchAsFnmatch();
    void includesMakeExceptionsFromExcludes();
};

namespace {

PutCommand to(const QByteArray &destination, int sources)
{
    PutCommand command;
    command.bucket = "b";
    command.destinationKey = destination;
    command.sources = QList<QByteArray>(sources, "/home/me/photos");
    return command;
}

QList<char32_t> points(const QString &text)
{
    QList<char32_t> list;
    for (const uint point : text.toUcs4())
        list.append(point);
    return list;
}

}  // namespace

void TestPutNaming::aFileGetsItsKey_data()
{
    QTest::addColumn<QByteArray>("destination");
    QTest::addColumn<QByteArray>("key");
    QTest::newRow("exact key") << QByteArray("x/film") << QByteArray("x/film");
    QTest::newRow("prefix") << QByteArray("x/") << QByteArray("x/a b.txt");
    QTest::newRow("bucket root") << QByteArray() << QByteArray("a b.txt");
}

void TestPutNaming::aFileGetsItsKey()
{
    QFETCH(QByteArray, destination);
    QTEST(keyOfFile(to(destination, 1), "/tmp/a b.txt"), "key");
}

void TestPutNaming::aFolderGetsItsPrefix_data()
{
    QTest::addColumn<QByteArray>("destination");
    QTest::addColumn<int>("sources");
    QTest::addColumn<QByteArray>("prefix");
    QTest::newRow("alone: its contents") << QByteArray("x/") << 1 << QByteArray("x/");
    QTest::newRow("alone, no slash") << QByteArray("x") << 1 << QByteArray("x/");
    QTest::newRow("alone, bucket root") << QByteArray() << 1 << QByteArray();
    QTest::newRow("among several: its last name") << QByteArray("x/") << 2 << QByteArray("x/photos/");
}

void TestPutNaming::aFolderGetsItsPrefix()
{
    QFETCH(QByteArray, destination);
    QFETCH(int, sources);
    QTEST(prefixOfFolder(to(destination, sources), "/home/me/photos"), "prefix");
}

void TestPutNaming::keysAreRefusedWithTheReason_data()
{
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<bool>("isRefused");
    QTest::newRow("plain") << QByteArray("a/b") << false;
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("NUL") << QByteArray("a\0b", 3) << true;
    QTest::newRow("1024 bytes") << QByteArray(1024, 'k') << false;
    QTest::newRow("1025 bytes") << QByteArray(1025, 'k') << true;
    QTest::newRow("..") << QByteArray("a/../b") << false;  // a key like any other; a transport that cannot send it says so
    QTest::newRow(". first") << QByteArray("./b") << false;
    QTest::newRow("dots in a name") << QByteArray("a/..b/...") << false;
    QTest::newRow("control characters") << QByteArray("a\nb\x01") << false;
    QTest::newRow("double slash") << QByteArray("a//b") << false;
    QTest::newRow("not UTF-8") << QByteArray("caf\xe9") << false;
}

void TestPutNaming::keysAreRefusedWithTheReason()
{
    QFETCH(QByteArray, key);
    const auto refusal = refusalOfKey(key);
    QTEST(refusal.has_value(), "isRefused");
    if (refusal)
        QVERIFY(!refusal->detail.isEmpty());
}

void TestPutNaming::patternsMatchAsFnmatch_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isMatch");
    const auto row = [](const char *pattern, const char *name, bool isMatch) {
        QTest::addRow("%s / %s", pattern, name) << QString::fromUtf8(pattern) << QString::fromUtf8(name) << isMatch;
    };
    row("*.jpg", "deep/er/a.jpg", true);
    row("*.jpg", "a.jpeg", false);
    row("a?c", "abc", true);
    row("a?c", "aé" "c", true);
    row("a?c", "abbc", false);
    row("?", "é", true);
    row("[a-c]x", "bx", true);
    row("[!a-c]x", "bx", false);
    row("[!a-c]x", "dx", true);
    row("[]]", "]", true);
    row("[", "[", true);
    row("a[", "a[", true);
    row("*a*b*c", "xxaxxbxxc", true);
    row("*a*b*c", "xxaxxcxxb", false);
    row("", "", true);
    row("*", "", true);
    row("sub/*", "sub/deep/a", true);
    row("a.b", "axb", false);
}

void TestPutNaming::patternsMatchAsFnmatch()
{
    QFETCH(QString, pattern);
    QFETCH(QString, name);
    QTEST(matchesPattern(points(pattern), points(name)), "isMatch");
}

void TestPutNaming::includesMakeExceptionsFromExcludes()
{
    using enum NameFilter::Effect;
    const PathFilter filter({{Exclude, "*"}, {Include, "*.jpg"}, {Include, "keep/*"}, {Exclude, "*/\xff.jpg"}});
    QVERIFY(filter.admits("a.jpg"));
    QVERIFY(filter.admits("keep/\xff"));
    QVERIFY(!filter.admits("a.txt"));
    QVERIFY(!filter.admits("keep/\xff.jpg"));
    QVERIFY(PathFilter({{Include, "*.jpg"}}).admits("a.txt"));
    QVERIFY(PathFilter({}).admits("a.txt"));
    QVERIFY2(!PathFilter({{Include, "*.jpg"}, {Exclude, "*"}}).admits("a.jpg"), "the last that matches wins");
}

QTEST_GUILESS_MAIN(TestPutNaming)
#include "test_put_naming.moc"
