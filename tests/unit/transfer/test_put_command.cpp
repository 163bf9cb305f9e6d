#include "core/integrity/Digest.h"
#include "core/transfer/PutCommand.h"

#include <QJsonDocument>
#include <QTest>

using namespace packmule;

/// What "the same command" means, and that a command survives the journal unchanged.
class TestPutCommand : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theSameCommandHasTheSameIdentity_data();
    void theSameCommandHasTheSameIdentity();
    void everythingSurvivesJson();
    void foreignJsonIsNoCommand();

private:
    CryptoLibrary m_crypto;
};

namespace {

PutCommand sample()
{
    PutCommand command;
    command.sources = {"/home/a", "/home/caf\xe9"};
    command.bucket = "b";
    command.destinationKey = "x/";
    command.options.recursive = true;
    command.options.settings.contentType = "text/plain";
    command.options.settings.metadata = {{"k", "v"}, {"l", "w"}};
    command.options.settings.tags = {{"t", "1"}};
    command.options.partSize = ByteCount(5LL << 30);
    command.options.checksum = ChecksumAlgorithm::Crc32c;
    command.options.condition = WriteCondition::IfSourceNewer;
    command.options.ifChanged = IfChanged::Fail;
    command.options.filters = {{NameFilter::Effect::Exclude, "*"}, {NameFilter::Effect::Include, "*.jp\xe9"},
                               {NameFilter::Effect::Exclude, "a*"}};
    command.options.followSymlinks = command.options.rawNames = command.options.abortOnFailure = true;
    command.options.concurrency = 9;
    command.options.retries = 0;
    command.options.maxWait = Milliseconds{1500};
    command.options.bandwidth.entries = {{480, ByteCount(512000)}, {1380, ByteCount(0)}};
    command.connection = {.id = "c", .endpointUrl = "https://e", .region = "r", .awsProfile = QStringLiteral("p"),
                          .provider = QStringLiteral("ceph"), .caBundle = QStringLiteral("/ca"),
                          .addressing = AddressingStyle::VirtualHosted, .isAnonymous = true, .savedConnection = "saved"};
    return command;
}

using Change = void (*)(PutCommand &);

}  // namespace

void TestPutCommand::theSameCommandHasTheSameIdentity_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<bool>("isSame");
    const auto row = [](const char *name, Change change, bool isSame) { QTest::newRow(name) << change << isSame; };
    row("nothing", [](PutCommand &) {}, true);
    row("order of sources", [](PutCommand &c) { std::swap(c.sources[0], c.sources[1]); }, true);
    row("order of metadata", [](PutCommand &c) { c.options.settings.metadata = {{"l", "w"}, {"k", "v"}}; }, true);
    row("part size", [](PutCommand &c) { c.options.partSize.reset(); }, true);
    row("concurrency", [](PutCommand &c) { c.options.concurrency = 1; }, true);
    row("order of filters", [](PutCommand &c) { std::swap(c.options.filters[0], c.options.filters[1]); }, true);
    row("retries", [](PutCommand &c) { c.options.retries = 5; }, true);
    row("profile", [](PutCommand &c) { c.connection.awsProfile = QStringLiteral("q"); }, true);
    row("region of a named endpoint", [](PutCommand &c) { c.connection.region = "q"; }, true);
    row("another source", [](PutCommand &c) { c.sources.append("/home/z"); }, false);
    row("bucket", [](PutCommand &c) { c.bucket = "d"; }, false);
    row("destination", [](PutCommand &c) { c.destinationKey = "y/"; }, false);
    row("endpoint", [](PutCommand &c) { c.connection.endpointUrl = "https://f"; }, false);
    row("storage class", [](PutCommand &c) { c.options.settings.storageClass = "GLACIER"; }, false);
    row("value in another field", [](PutCommand &c) { std::swap(c.options.settings.contentType, c.options.settings.acl); }, false);
    row("metadata", [](PutCommand &c) { c.options.settings.metadata.removeLast(); }, false);
    row("tags", [](PutCommand &c) { c.options.settings.tags.clear(); }, false);
}

void TestPutCommand::theSameCommandHasTheSameIdentity()
{
    QFETCH(Change, change);
    PutCommand other = sample();
    change(other);
    QTEST(other.identity() == sample().identity(), "isSame");
}

void TestPutCommand::everythingSurvivesJson()
{
    const QByteArray text = QJsonDocument(sample().toJson()).toJson();
    const auto back = PutCommand::fromJson(QJsonDocument::fromJson(text).object());
    QVERIFY(back);
    QCOMPARE(back->toJson(), sample().toJson());
    QCOMPARE(back->identity(), sample().identity());
    QCOMPARE(back->sources, sample().sources);
    QCOMPARE(back->options.partSize, sample().options.partSize);
    QCOMPARE(back->options.checksum, sample().options.checksum);
    QCOMPARE(back->options.filters, sample().options.filters);
    QCOMPARE(back->options.maxWait, sample().options.maxWait);
    QCOMPARE(back->options.bandwidth.entries.size(), 2);
    QCOMPARE(back->connection.addressing, AddressingStyle::VirtualHosted);
    QCOMPARE(back->connection.savedConnection, QByteArray("saved"));
}

void TestPutCommand::foreignJsonIsNoCommand()
{
    QVERIFY(!PutCommand::fromJson({}));
    QVERIFY(!PutCommand::fromJson({{QStringLiteral("command"), QStringLiteral("get")}}));
    QVERIFY(!PutCommand::fromJson({{QStringLiteral("command"), QStringLiteral("put")}, {QStringLiteral("sources"), 3}}));
}

QTEST_GUILESS_MAIN(TestPutCommand)
#include "test_put_command.moc"
