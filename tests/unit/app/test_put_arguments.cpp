#include "app/cli/ArgumentBytes.h"
#include "app/cli/CommandLine.h"
#include "app/cli/PutArguments.h"

#include <CLI/CLI.hpp>

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

namespace {

/// The words as `put` gets them. Tests speak Latin-1-free ASCII except where bytes matter.
Result<PutCommand> parsed(std::vector<std::string> words, const AppSettings &settings = {})
{
    CLI::App app("put");
    PutArguments arguments;
    declarePutArguments(app, arguments);
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
    } catch (const CLI::ParseError &error) {
        return failure(ErrorKind::InvalidRequest, QString::fromStdString(error.what()));
    }
    return putCommandFrom(arguments, settings);
}

}  // namespace

class TestPutArguments : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QByteArray here() const { return QFile::encodeName(QDir::currentPath()); }

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY(QDir(m_folder.path()).mkdir(QStringLiteral("photos")));
        QVERIFY(QDir::setCurrent(m_folder.path()));
    }

    void sourcesBecomeAbsolute_data()
    {
        QTest::addColumn<QByteArray>("source");
        QTest::addColumn<QByteArray>("relative");
        QTest::newRow("plain") << QByteArray("a") << QByteArray("/a");
        QTest::newRow("here") << QByteArray("./a") << QByteArray("/a");
        QTest::newRow("trailing slash") << QByteArray("x/") << QByteArray("/x");
        QTest::newRow("double slashes and dots") << QByteArray(".//x/././y//") << QByteArray("/x/y");
        QTest::newRow("up stays, links may be before it") << QByteArray("x/../y") << QByteArray("/x/../y");
        QTest::newRow("raw bytes") << QByteArray("b\xFF") << QByteArray("/b\xFF");
        QTest::newRow("the folder itself") << QByteArray(".") << QByteArray("");
    }
    void sourcesBecomeAbsolute()
    {
        QFETCH(QByteArray, source);
        QFETCH(QByteArray, relative);
        QCOMPARE(absolutePath(source), here() + relative);
    }
    void absoluteSourcesStay()
    {
        QCOMPARE(absolutePath("/"), QByteArray("/"));
        QCOMPARE(absolutePath("/a//b/"), QByteArray("/a/b"));
    }

    void aPlainPut()
    {
        const auto command = parsed({"a.txt", "s3://bucket/k"});
        QVERIFY2(command, command ? "" : qPrintable(command.error().detail));
        QCOMPARE(command->sources, QList<QByteArray>{here() + "/a.txt"});
        QCOMPARE(command->bucket, QByteArray("bucket"));
        QCOMPARE(command->destinationKey, QByteArray("k"));
        QCOMPARE(command->options.concurrency, 4);
        QCOMPARE(command->options.ifChanged, IfChanged::Restart);
        QCOMPARE(command->options.condition, WriteCondition::Always);
        QVERIFY(!command->options.retries);
        QVERIFY(!command->options.partSize);
    }
    void settingsHoldWhereNoOptionDoes()
    {
        AppSettings settings;
        settings.slots = 9;
        settings.partSize = ByteCount(32 << 20);
        settings.isLimited = true;
        settings.bandwidthLimit = ByteCount(1000);
        const auto plain = parsed({"a.txt", "s3://bucket/k"}, settings);
        QVERIFY(plain);
        QCOMPARE(plain->options.concurrency, 9);
        QCOMPARE(plain->options.partSize, ByteCount(32 << 20));
        QCOMPARE(plain->options.bandwidth.entries.size(), 1);
        QCOMPARE(plain->options.bandwidth.entries.first().perSecond, ByteCount(1000));
        const auto told = parsed({"--concurrency", "2", "--part-size", "8MiB", "--bwlimit", "off", "a.txt", "s3://bucket/k"}, settings);
        QVERIFY(told);
        QCOMPARE(told->options.concurrency, 2);
        QCOMPARE(told->options.partSize, ByteCount(8 << 20));
        QVERIFY(told->options.bandwidth.isUnlimited());
    }
    void everyOptionArrives()
    {
        const auto command = parsed({"-r", "--concurrency", "8", "--part-size", "32MiB", "--acl", "private", "--storage-class", "STANDARD_IA",
                                     "--content-type", "text/plain", "--cache-control", "no-cache", "--content-disposition", "inline",
                                     "--content-encoding", "gzip", "--metadata", "a=1,b=2", "--tags", "t=x", "--sse", "aws:kms",
                                     "--sse-kms-key-id", "key", "--checksum-algorithm", "crc32c", "--if-source-newer",
                                     "--exclude", "*", "--include", "*.jpg", "--follow-symlinks", "--bwlimit", "1M", "--if-changed", "verify",
                                     "--raw-names", "--abort-on-failure", "--retries", "3", "--max-wait", "10m", "a", "s3://bucket/p/"});
        QVERIFY2(command, command ? "" : qPrintable(command.error().detail));
        const PutOptions &options = command->options;
        QVERIFY(options.recursive);
        QCOMPARE(options.concurrency, 8);
        QCOMPARE(options.partSize->value(), qint64(32) << 20);
        QCOMPARE(options.settings.acl, QByteArray("private"));
        QCOMPARE(options.settings.storageClass, QByteArray("STANDARD_IA"));
        QCOMPARE(options.settings.contentType, QByteArray("text/plain"));
        QCOMPARE(options.settings.cacheControl, QByteArray("no-cache"));
        QCOMPARE(options.settings.contentDisposition, QByteArray("inline"));
        QCOMPARE(options.settings.contentEncoding, QByteArray("gzip"));
        QCOMPARE(options.settings.metadata.size(), 2);
        QCOMPARE(options.settings.tags.size(), 1);
        QCOMPARE(options.settings.serverSideEncryption, QByteArray("aws:kms"));
        QCOMPARE(options.settings.kmsKeyId, QByteArray("key"));
        QCOMPARE(options.checksum, std::optional(ChecksumAlgorithm::Crc32c));
        QCOMPARE(options.condition, WriteCondition::IfSourceNewer);
        const QList<NameFilter> filters{{NameFilter::Effect::Exclude, "*"}, {NameFilter::Effect::Include, "*.jpg"}};
        QCOMPARE(options.filters, filters);
        QVERIFY(options.followSymlinks);
        QCOMPARE(options.bandwidth.entries.size(), 1);
        QCOMPARE(options.ifChanged, IfChanged::Verify);
        QVERIFY(options.rawNames);
        QVERIFY(options.abortOnFailure);
        QCOMPARE(options.retries, std::optional(3));
        QCOMPARE(*options.maxWait, Milliseconds(600'000));
    }
    void conditions_data()
    {
        QTest::addColumn<QByteArray>("option");
        QTest::addColumn<WriteCondition>("condition");
        QTest::newRow("-n") << QByteArray("-n") << WriteCondition::NoOverwrite;
        QTest::newRow("--no-overwrite") << QByteArray("--no-overwrite") << WriteCondition::NoOverwrite;
        QTest::newRow("--if-size-differ") << QByteArray("--if-size-differ") << WriteCondition::IfSizeDiffers;
        QTest::newRow("--if-source-newer") << QByteArray("--if-source-newer") << WriteCondition::IfSourceNewer;
    }
    void conditions()
    {
        QFETCH(QByteArray, option);
        const auto command = parsed({option.toStdString(), "a", "s3://bucket/k"});
        QVERIFY(command);
        QTEST(command->options.condition, "condition");
    }

    void aFolderGetsAPrefix()
    {
        QCOMPARE(parsed({"-r", "photos", "s3://bucket/x"})->destinationKey, QByteArray("x/"));
        QCOMPARE(parsed({"-r", "photos/", "s3://bucket/x/"})->destinationKey, QByteArray("x/"));
        QCOMPARE(parsed({"-r", "photos/", "s3://bucket"})->destinationKey, QByteArray());
    }
    void patternsAreNotTakenForFiles()
    {
        const auto command = parsed({"--exclude", "*.tmp", "a", "b", "s3://bucket/p/"});
        QVERIFY(command);
        QCOMPARE(command->sources.size(), 2);
    }
    void filtersKeepTheOrderOfTheCommandLine()
    {
        const auto command = parsed({"--exclude=*", "--include", "*.jpg", "x", "--exclude", "[a-m]*", "--include", "b\xff", "s3://bucket/p/"});
        QVERIFY(command);
        const QList<NameFilter> filters{{NameFilter::Effect::Exclude, "*"}, {NameFilter::Effect::Include, "*.jpg"},
                                        {NameFilter::Effect::Exclude, "[a-m]*"}, {NameFilter::Effect::Include, "b\xff"}};
        QCOMPARE(command->options.filters, filters);
        QCOMPARE(command->sources.size(), 1);
    }
    void namesThatLookLikeListsSurvive()
    {
        // The program shields them before CLI11 sees them (CommandLine); here the shield itself must come off again.
        QCOMPARE(argumentBytes("\x01[a,b]"), QByteArray("[a,b]"));
        QCOMPARE(argumentBytes("plain"), QByteArray("plain"));
    }

    void refusals_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::addColumn<QString>("part");
        const auto row = [](const char *name, const QStringList &words, const char *part) { QTest::newRow(name) << words << QString::fromUtf8(part); };
        const QString uri = QStringLiteral("s3://bucket/k");
        const auto with = [&](const char *option, const char *value) { return QStringList{QString::fromUtf8(option), QString::fromUtf8(value), QStringLiteral("a"), uri}; };
        row("no destination", {QStringLiteral("a")}, "at least one file and a destination");
        row("destination is a file", {QStringLiteral("a"), QStringLiteral("b")}, "destination comes last");
        row("source is an object", {QStringLiteral("s3://bucket/x"), uri}, "in the store already");
        row("a folder without -r", {QStringLiteral("photos"), uri}, "add -r");
        row("several files to one key", {QStringLiteral("a"), QStringLiteral("b"), uri}, "ends in \"/\"");
        row("standard input", {QStringLiteral("-"), uri}, "Standard input");
        row("empty name", {QString(), uri}, "empty name");
        row("key too long", {QStringLiteral("a"), QStringLiteral("s3://bucket/") + QString(1025, QLatin1Char('k'))}, "1,024 bytes");
        row("part size too small", with("--part-size", "4MiB"), "between 5 MiB and 5 GiB");
        row("part size too large", with("--part-size", "6GiB"), "between 5 MiB and 5 GiB");
        row("part size is no size", with("--part-size", "big"), "is no size");
        row("line break in metadata", with("--metadata", "a=x\ny"), "line break");
        row("line break in a header", with("--content-type", "text/plain\r\nx-amz-acl: public-read"), "line break");
        row("metadata without a value", with("--metadata", "a"), "name=value");
        row("metadata name", with("--metadata", "a b=1"), "cannot be the name");
        row("metadata of ours", with("--metadata", "Packmule-Id=1"), "Packmule's own");
        row("eleven tags", with("--tags", "a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1,i=1,j=1,k=1"), "ten tags");
        row("checksum of parts", with("--checksum-algorithm", "SHA256"), "not the whole object");
        row("unknown checksum", with("--checksum-algorithm", "crc99"), "not \"CRC99\"");
        row("unknown acl", with("--acl", "everybody"), "everybody");
        row("bwlimit", with("--bwlimit", "fast"), "--bwlimit");
        row("max-wait", with("--max-wait", "long"), "--max-wait");
        row("if-changed", with("--if-changed", "maybe"), "maybe");
        row("concurrency 0", with("--concurrency", "0"), "0");
        row("retries", with("--retries", "-1"), "-1");
        row("kms key without kms", with("--sse-kms-key-id", "k"), "--sse aws:kms");
        row("two conditions", {QStringLiteral("-n"), QStringLiteral("--if-size-differ"), QStringLiteral("a"), uri}, "excludes");
        row("unknown option", with("--resume", "x"), "--resume");
        row("an option of a later issue", with("--signer", "x"), "--signer");
        row("a connection and a profile", {QStringLiteral("--connection"), QStringLiteral("x"), QStringLiteral("--profile"), QStringLiteral("y"), QStringLiteral("a"), uri}, "excludes");
    }
    void refusals()
    {
        QFETCH(QStringList, words);
        QFETCH(QString, part);
        std::vector<std::string> raw;
        for (const QString &word : std::as_const(words))
            raw.push_back(word.toStdString());
        const auto command = parsed(raw);
        QVERIFY(!command);
        QCOMPARE(command.error().kind, ErrorKind::InvalidRequest);
        QVERIFY2(command.error().detail.contains(part), qPrintable(command.error().detail));
    }
};

QTEST_GUILESS_MAIN(TestPutArguments)
#include "test_put_arguments.moc"
