// Streams on disk: no path leads out of the root, and what is known of a stream survives the process.
#include "core/integrity/Digest.h"
#include "core/stream/StreamHub.h"
#include "core/stream/Utf8Boundary.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

StreamPath pathOf(const QByteArray &target)
{
    const JudgedPath judged = judgedPath(target);
    Q_ASSERT(judged.kind == JudgedPath::Kind::Good);
    return judged.path;
}

/// A root folder that outlives several servers.
struct RootFolder {
    QByteArray path(const char *below = "") const { return QFile::encodeName(folder.path()) + "/root" + below; }
    QByteArray content(const char *below) const
    {
        QFile file(QFile::decodeName(path(below)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(cannot be opened)");
    }
    QTemporaryDir folder;
};

/// One server's life over a root.
struct Life {
    explicit Life(const RootFolder &folder, HubOptions options = {}) : root(StreamRoot::open(folder.path()).value()), hub(*root, options, scheduler) { hub.restore(); }

    QByteArray recordText(const QByteArray &target) const
    {
        const auto record = root->record(pathOf(target));
        return record ? streamStateName(record->state) + ' ' + QByteArray::number(record->length) : QByteArray("none");
    }

    FakeClock clock;
    FakeScheduler scheduler{clock};
    std::unique_ptr<StreamRoot> root;
    StreamHub hub;
};

const AppendClaim kOfficial{};
const AppendClaim kOurs{.isOurs = true, .leaseId = {}};

QByteArray crcOf(const QByteArray &bytes)
{
    const auto digest = makeDigest(ChecksumAlgorithm::Crc64Nvme);
    digest->add(bytes);
    return digest->result();
}

}  // namespace

class TestStreamStore : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void judgesPaths_data();
    void judgesPaths();
    void readsThroughNoLink_data();
    void readsThroughNoLink();
    void appendsThroughNoLink();
    void aFolderIsNoStream();
    void filesAreTheOwnersAlone();
    void hidesItsRecords();
    void oneServerARoot();
    void secondAppenderIsRefused();
    void finishWantsTheLength();
    void leaseIsTakenUp();
    void leaseRunsOut();
    void leaseOutlivesTheProcess();
    void officialAppenderIsCrashedByARestart();
    void finishIsRememberedForWhoDidNotHearIt();
    void appendingGoesOnAtTheEnd();
    void knowsTheChecksumOfTheWhole();
    void quotaStopsAppending();
    void damagedRecordsCostNothingElse();
    void holdsBackUnfinishedCharacters_data();
    void holdsBackUnfinishedCharacters();

private:
    CryptoLibrary m_crypto;
};

void TestStreamStore::judgesPaths_data()
{
    QTest::addColumn<QByteArray>("raw");
    QTest::addColumn<QByteArray>("judged");
    QTest::newRow("plain") << QByteArray("/a/b") << QByteArray("good /a/b");
    QTest::newRow("root") << QByteArray("/") << QByteArray("good /");
    QTest::newRow("folder") << QByteArray("/a/") << QByteArray("good /a/");
    QTest::newRow("escapes") << QByteArray("/%41%20b/%c3%a4") << QByteArray("good /A%20b/%C3%A4");
    QTest::newRow("bytes") << QByteArray("/%ff") << QByteArray("good /%FF");
    QTest::newRow("dots in names") << QByteArray("/..a/b../...") << QByteArray("good /..a/b../...");
    QTest::newRow("escaped twice is a name") << QByteArray("/%252e%252e/x") << QByteArray("good /%252e%252e/x");
    QTest::newRow("overlong dots are names") << QByteArray("/%c0%ae%c0%ae/x") << QByteArray("good /%C0%AE%C0%AE/x");
    QTest::newRow("backslashes are names") << QByteArray("/..\\..\\x") << QByteArray("good /..%5C..%5Cx");
    QTest::newRow("two slashes") << QByteArray("/a//b") << QByteArray("unclean /a/b");
    QTest::newRow("dot") << QByteArray("/a/./b") << QByteArray("unclean /a/b");
    QTest::newRow("up") << QByteArray("/a/../b") << QByteArray("unclean /b");
    QTest::newRow("up and out") << QByteArray("/../../etc/passwd") << QByteArray("unclean /etc/passwd");
    QTest::newRow("escaped up") << QByteArray("/%2e%2e/%2E%2e/etc/passwd") << QByteArray("unclean /etc/passwd");
    QTest::newRow("half escaped up") << QByteArray("/a/.%2e/b") << QByteArray("unclean /b");
    QTest::newRow("up at the end") << QByteArray("/a/b/..") << QByteArray("unclean /a/");
    QTest::newRow("escaped slash") << QByteArray("/a%2fb") << QByteArray("refused");
    QTest::newRow("escaped slash and up") << QByteArray("/..%2f..%2fetc") << QByteArray("refused");
    QTest::newRow("NUL") << QByteArray("/a%00b") << QByteArray("refused");
    QTest::newRow("bad escape") << QByteArray("/a%zz") << QByteArray("refused");
    QTest::newRow("cut escape") << QByteArray("/a%4") << QByteArray("refused");
    QTest::newRow("cut escape, no digit") << QByteArray("/a%") << QByteArray("refused");
    QTest::newRow("no slash") << QByteArray("a") << QByteArray("refused");
    QTest::newRow("empty") << QByteArray() << QByteArray("refused");
    QTest::newRow("long name") << '/' + QByteArray(256, 'n') << QByteArray("refused");
    QTest::newRow("longest name") << '/' + QByteArray(255, 'n') << "good /" + QByteArray(255, 'n');
    QTest::newRow("our own folder") << QByteArray("/.packmule/streams/x") << QByteArray("refused");
    QTest::newRow("our own folder, escaped") << QByteArray("/%2epackmule/lock") << QByteArray("refused");
    QTest::newRow("our own folder, by a detour") << QByteArray("/a/../.packmule/lock") << QByteArray("refused");
}

void TestStreamStore::judgesPaths()
{
    QFETCH(QByteArray, raw);
    const JudgedPath judged = judgedPath(raw);
    const QByteArray kind = judged.kind == JudgedPath::Kind::Good ? "good " : judged.kind == JudgedPath::Kind::Unclean ? "unclean " : "refused";
    QTEST(judged.kind == JudgedPath::Kind::Refused ? kind : QByteArray(kind + judged.path.encoded()), "judged");
}

void TestStreamStore::readsThroughNoLink_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("link to a file outside") << QByteArray("/link");
    QTest::newRow("link to a folder outside") << QByteArray("/linked/secret");
    QTest::newRow("link inside the root") << QByteArray("/inner");
}

void TestStreamStore::readsThroughNoLink()
{
    QFETCH(QByteArray, target);
    const RootFolder folder;
    const Life life(folder);
    const QByteArray outside = QFile::encodeName(folder.folder.path());
    QFile secret(QFile::decodeName(outside + "/secret"));
    QVERIFY(secret.open(QIODevice::WriteOnly) && secret.write("secret") == 6);
    secret.close();
    QCOMPARE(::symlink(QByteArray(outside + "/secret").constData(), folder.path("/link").constData()), 0);
    QCOMPARE(::symlink(outside.constData(), folder.path("/linked").constData()), 0);
    QCOMPARE(::symlink("nowhere", folder.path("/inner").constData()), 0);
    QVERIFY(!life.root->openToRead(pathOf(target)));
    QVERIFY(life.root->place(pathOf(target)) != StreamRoot::Place::Stream);
}

void TestStreamStore::appendsThroughNoLink()
{
    const RootFolder folder;
    Life life(folder);
    const QByteArray outside = QFile::encodeName(folder.folder.path());
    QCOMPARE(::symlink(outside.constData(), folder.path("/linked").constData()), 0);
    QCOMPARE(::symlink(QByteArray(outside + "/new").constData(), folder.path("/link").constData()), 0);
    QVERIFY(!life.hub.begin(pathOf("/linked/new"), kOfficial));
    QVERIFY(!life.hub.begin(pathOf("/link"), kOfficial));
    QVERIFY(!QFile::exists(QFile::decodeName(outside + "/new")));
}

void TestStreamStore::aFolderIsNoStream()
{
    const RootFolder folder;
    Life life(folder);
    QVERIFY(life.hub.begin(pathOf("/a/b"), kOfficial));
    const auto onFolder = life.hub.begin(pathOf("/a"), kOfficial);
    QVERIFY(!onFolder);
    QCOMPARE(onFolder.error().kind, ErrorKind::SourceUnreadable);
    const auto belowFile = life.hub.begin(pathOf("/a/b/c"), kOfficial);
    QVERIFY(!belowFile);
    QCOMPARE(belowFile.error().kind, ErrorKind::SourceUnreadable);
    QVERIFY(!belowFile.error().detail.contains(folder.folder.path()));
    QCOMPARE(life.root->place(pathOf("/a/b/c")), StreamRoot::Place::Nothing);
}

void TestStreamStore::filesAreTheOwnersAlone()
{
    const RootFolder folder;
    Life life(folder);
    QVERIFY(life.hub.begin(pathOf("/a/b"), kOfficial));
    const auto modeOf = [](const QByteArray &path) {
        struct stat status{};
        return ::stat(path.constData(), &status) == 0 ? status.st_mode & 0777 : 0;
    };
    QCOMPARE(modeOf(folder.path("/a/b")), mode_t(0600));
    QCOMPARE(modeOf(folder.path("/a")), mode_t(0700));
    QCOMPARE(modeOf(folder.path()), mode_t(0700));
}

void TestStreamStore::hidesItsRecords()
{
    const RootFolder folder;
    Life life(folder);
    QVERIFY(life.hub.begin(pathOf("/b"), kOfficial));
    QVERIFY(life.hub.begin(pathOf("/a/x"), kOfficial));
    const auto entries = life.root->entries(pathOf("/"));
    QVERIFY(entries.has_value());
    QCOMPARE(entries->size(), 2);
    QCOMPARE(entries->at(0).name, QByteArray("a"));
    QVERIFY(entries->at(0).isFolder);
    QCOMPARE(entries->at(1).name, QByteArray("b"));
    QCOMPARE(life.root->entries(pathOf("/a/"))->size(), 1);
    QCOMPARE(life.root->entries(pathOf("/c/")).error().kind, ErrorKind::NoSuchKey);
    QCOMPARE(life.root->storedBytes(), 0);
}

void TestStreamStore::oneServerARoot()
{
    const RootFolder folder;
    const Life life(folder);
    const auto second = StreamRoot::open(folder.path());
    QVERIFY(!second);
    QCOMPARE(second.error().kind, ErrorKind::Conflict);
}

void TestStreamStore::secondAppenderIsRefused()
{
    const RootFolder folder;
    Life life(folder);
    const auto first = life.hub.begin(pathOf("/s"), kOfficial);
    QVERIFY(first.has_value());
    const auto second = life.hub.begin(pathOf("/s"), kOurs);
    QVERIFY(!second);
    QCOMPARE(second.error().kind, ErrorKind::Conflict);
    life.hub.end(first->stream, StreamState::Ended);
    QVERIFY(life.hub.begin(pathOf("/s"), kOurs).has_value());
}

void TestStreamStore::finishWantsTheLength()
{
    const RootFolder folder;
    Life life(folder);
    const auto grant = life.hub.begin(pathOf("/s"), kOurs);
    QVERIFY(life.hub.append(*grant->stream, "hello").has_value());
    const auto wrong = life.hub.finish(grant->stream, 6);
    QVERIFY(!wrong);
    QCOMPARE(wrong.error().kind, ErrorKind::VerificationFailed);
    QCOMPARE(life.recordText("/s"), QByteArray("open 0"));
    QSignalSpy over(grant->stream.get(), &LiveStream::over);
    QVERIFY(life.hub.finish(grant->stream, 5).has_value());
    QCOMPARE(over.size(), 1);
    QCOMPARE(life.recordText("/s"), QByteArray("finished 5"));
    QVERIFY(!life.hub.live(pathOf("/s")));
    QCOMPARE(grant->stream->ending(), "finished 5 " + crcOf("hello").toHex());
    QCOMPARE(folder.content("/s"), QByteArray("hello"));
}

void TestStreamStore::leaseIsTakenUp()
{
    const RootFolder folder;
    Life life(folder);
    const auto first = life.hub.begin(pathOf("/s"), kOurs);
    QVERIFY(life.hub.append(*first->stream, "one").has_value());
    life.hub.loseAppender(first->stream);
    life.scheduler.advance(29s);
    const auto again = life.hub.begin(pathOf("/s"), {.isOurs = true, .leaseId = first->stream->leaseId()});
    QVERIFY(again.has_value());
    QCOMPARE(again->stream, first->stream);
    QVERIFY(again->appenderNumber != first->appenderNumber);
    QCOMPARE(again->stream->length(), 3);
    life.scheduler.advance(60s);
    QVERIFY(!again->stream->isOver());
    QSignalSpy replaced(again->stream.get(), &LiveStream::appenderReplaced);
    QVERIFY(life.hub.begin(pathOf("/s"), {.isOurs = true, .leaseId = first->stream->leaseId()}).has_value());
    QCOMPARE(replaced.size(), 1);  // the old connection was still there, half dead
}

void TestStreamStore::leaseRunsOut()
{
    const RootFolder folder;
    Life life(folder);
    const auto grant = life.hub.begin(pathOf("/s"), kOurs);
    life.hub.loseAppender(grant->stream);
    QCOMPARE(life.hub.begin(pathOf("/s"), kOfficial).error().kind, ErrorKind::Conflict);
    QSignalSpy over(grant->stream.get(), &LiveStream::over);
    life.scheduler.advance(31s);
    QCOMPARE(over.size(), 1);
    QCOMPARE(life.recordText("/s"), QByteArray("crashed 0"));
    QVERIFY(life.hub.begin(pathOf("/s"), kOfficial).has_value());
}

void TestStreamStore::leaseOutlivesTheProcess()
{
    const RootFolder folder;
    QByteArray leaseId;
    {
        Life life(folder);
        const auto grant = life.hub.begin(pathOf("/a/s"), kOurs);
        leaseId = grant->stream->leaseId();
        QVERIFY(life.hub.append(*grant->stream, "before").has_value());
    }  // nothing is said to the disk at the end: as after a kill -9
    {
        Life life(folder);
        QVERIFY(life.hub.live(pathOf("/a/s")) != nullptr);
        QCOMPARE(life.hub.begin(pathOf("/a/s"), kOfficial).error().kind, ErrorKind::Conflict);
        const auto grant = life.hub.begin(pathOf("/a/s"), {.isOurs = true, .leaseId = leaseId});
        QVERIFY(grant.has_value());
        QCOMPARE(grant->stream->length(), 6);
        QVERIFY(life.hub.append(*grant->stream, " and after").has_value());
    }
    Life life(folder);
    life.scheduler.advance(31s);
    QCOMPARE(life.recordText("/a/s"), QByteArray("crashed 16"));
    QCOMPARE(folder.content("/a/s"), QByteArray("before and after"));
}

void TestStreamStore::officialAppenderIsCrashedByARestart()
{
    const RootFolder folder;
    {
        Life life(folder);
        QVERIFY(life.hub.append(*life.hub.begin(pathOf("/s"), kOfficial)->stream, "half").has_value());
    }
    const Life life(folder);
    QVERIFY(!life.hub.live(pathOf("/s")));
    QCOMPARE(life.recordText("/s"), QByteArray("crashed 4"));
}

void TestStreamStore::finishIsRememberedForWhoDidNotHearIt()
{
    const RootFolder folder;
    Life life(folder);
    const auto grant = life.hub.begin(pathOf("/s"), kOurs);
    QVERIFY(life.hub.append(*grant->stream, "all").has_value());
    QVERIFY(life.hub.finish(grant->stream, 3).has_value());
    const auto again = life.hub.begin(pathOf("/s"), {.isOurs = true, .leaseId = grant->stream->leaseId()});
    QVERIFY(again.has_value());
    QVERIFY(!again->stream);
    QCOMPARE(again->wasFinished->length, 3);
}

void TestStreamStore::appendingGoesOnAtTheEnd()
{
    const RootFolder folder;
    Life life(folder);
    const auto first = life.hub.begin(pathOf("/s"), kOfficial);
    QVERIFY(life.hub.append(*first->stream, "old ").has_value());
    life.hub.end(first->stream, StreamState::Ended);
    const auto second = life.hub.begin(pathOf("/s"), kOfficial);
    QCOMPARE(second->stream->length(), 4);
    QVERIFY(life.hub.append(*second->stream, "new").has_value());
    QCOMPARE(first->stream->length(), 4);  // who still reads the first sees its end where it was
    QCOMPARE(second->stream->file().read(0, 100).value(), QByteArray("old new"));
}

void TestStreamStore::knowsTheChecksumOfTheWhole()
{
    const RootFolder folder;
    Life life(folder);
    for (const QByteArray part : {"first, ", "second, ", "third"}) {
        const auto grant = life.hub.begin(pathOf("/s"), kOfficial);
        QVERIFY(life.hub.append(*grant->stream, part).has_value());
        life.hub.end(grant->stream, StreamState::Ended);
    }
    QCOMPARE(life.root->record(pathOf("/s"))->crc64Nvme, crcOf("first, second, third"));
    QFile file(QFile::decodeName(folder.path("/s")));
    QVERIFY(file.open(QIODevice::Append) && file.write("!") == 1);
    file.close();
    const auto grant = life.hub.begin(pathOf("/s"), kOfficial);
    life.hub.end(grant->stream, StreamState::Ended);
    QCOMPARE(life.root->record(pathOf("/s"))->crc64Nvme, QByteArray());  // somebody else wrote: better none than a wrong one
}

void TestStreamStore::quotaStopsAppending()
{
    const RootFolder folder;
    HubOptions options;
    options.quota = ByteCount(10);
    Life life(folder, options);
    const auto grant = life.hub.begin(pathOf("/s"), kOurs);
    QVERIFY(life.hub.append(*grant->stream, "123456").has_value());
    const auto refused = life.hub.append(*grant->stream, "7890x");
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind, ErrorKind::QuotaExceeded);
    QCOMPARE(folder.content("/s"), QByteArray("123456"));
    QVERIFY(life.hub.append(*grant->stream, "7890").has_value());
    QCOMPARE(life.hub.begin(pathOf("/t"), kOurs).error().kind, ErrorKind::QuotaExceeded);
}

void TestStreamStore::damagedRecordsCostNothingElse()
{
    const RootFolder folder;
    {
        Life life(folder);
        QVERIFY(life.hub.begin(pathOf("/a"), kOurs).has_value());
        QVERIFY(life.hub.begin(pathOf("/b"), kOurs).has_value());
    }
    const QDir records(QFile::decodeName(folder.path("/.packmule/streams")));
    QFile record(records.filePath(QString::fromLatin1(sha256("/a").toHex())));
    QVERIFY(record.open(QIODevice::WriteOnly) && record.write("{\"version\":1,\"st") > 0);
    record.close();
    const Life life(folder);
    QVERIFY(!life.hub.live(pathOf("/a")));
    QVERIFY(life.hub.live(pathOf("/b")) != nullptr);
}

void TestStreamStore::holdsBackUnfinishedCharacters_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("held");
    QTest::newRow("empty") << QByteArray() << 0;
    QTest::newRow("ASCII") << QByteArray("abc") << 0;
    QTest::newRow("whole 2") << QByteArray("a\xc3\xa4") << 0;
    QTest::newRow("1 of 2") << QByteArray("a\xc3") << 1;
    QTest::newRow("2 of 3") << QByteArray("a\xe2\x82") << 2;
    QTest::newRow("whole 3") << QByteArray("\xe2\x82\xac") << 0;
    QTest::newRow("1 of 4") << QByteArray("\xf0") << 1;
    QTest::newRow("3 of 4") << QByteArray("x\xf0\x9f\x90") << 3;
    QTest::newRow("whole 4") << QByteArray("\xf0\x9f\x90\x8e") << 0;
    QTest::newRow("continuations of nothing") << QByteArray("\x80\x80\x80\x80") << 0;
    QTest::newRow("never a first byte") << QByteArray("a\xff") << 0;
    QTest::newRow("overlong 2") << QByteArray("a\xc0") << 0;
    QTest::newRow("overlong 3") << QByteArray("\xe0\x80") << 0;
    QTest::newRow("surrogate") << QByteArray("\xed\xa0") << 0;
    QTest::newRow("above U+10FFFF") << QByteArray("\xf4\x90\x80") << 0;
    QTest::newRow("too high a first byte") << QByteArray("\xf5") << 0;
}

void TestStreamStore::holdsBackUnfinishedCharacters()
{
    QFETCH(QByteArray, bytes);
    QTEST(static_cast<int>(unfinishedCharacterBytes(bytes)), "held");
}

QTEST_GUILESS_MAIN(TestStreamStore)
#include "test_stream_store.moc"
