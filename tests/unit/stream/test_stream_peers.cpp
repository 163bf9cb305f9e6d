// Our follower and our appender, against our server with its restarts, and against a stand-in for the official one with
// its defects: every byte once, in order, and a clear word where the other side makes that impossible.
#include "core/stream/StreamAppender.h"
#include "core/stream/StreamFollower.h"
#include "tests/unit/stream/OfficialServer.h"
#include "tests/unit/stream/StreamBench.h"

using namespace packmule;
using namespace std::chrono_literals;

namespace {

struct PeerContext {
    SystemClock clock;
    QtScheduler scheduler;
    StreamExchangeContext context{.clock = clock, .scheduler = scheduler, .tls = {}};
};

/// A follower that remembers what it was told.
struct Follower : PeerContext {
    explicit Follower(const QByteArray &url, StreamFollowerOptions options = {})
    {
        options.address = StreamAddress::fromUrl(url).value();
        session = std::make_unique<StreamFollower>(options, context);
        QObject::connect(session.get(), &FollowSession::connected, session.get(), [this](qint64 offset) { connections.append(offset); });
        QObject::connect(session.get(), &FollowSession::bytesArrived, session.get(), [this](const QByteArray &arrived, qint64 offset) {
            isInOrder = isInOrder && offset == bytes.size() + begin;
            bytes += arrived;
        });
        QObject::connect(session.get(), &FollowSession::absent, session.get(), [this] { ++absences; });
        QObject::connect(session.get(), &FollowSession::ended, session.get(), [this](const FollowEnding &told) { ending = told; });
        QObject::connect(session.get(), &FollowSession::failed, session.get(), [this](const Error &told) { error = told; });
        begin = options.from;
        session->start();
    }
    /// "finished 12 checked whole"
    QByteArray end() const
    {
        if (error)
            return "failed: " + errorKindName(error->kind);
        if (!ending)
            return "going";
        return streamStateName(ending->how) + ' ' + QByteArray::number(ending->length) + (ending->isContentChecked ? " whole" : "");
    }

    std::unique_ptr<StreamFollower> session;
    qint64 begin = 0;
    QByteArray bytes;
    bool isInOrder = true;
    QList<qint64> connections;
    int absences = 0;
    std::optional<FollowEnding> ending;
    std::optional<Error> error;
};

/// An appender that is given bytes as long as there is room.
struct Appender : PeerContext {
    explicit Appender(const QByteArray &url, StreamAppenderOptions options = {})
    {
        options.address = StreamAddress::fromUrl(url).value();
        session = std::make_unique<StreamAppender>(options, context);
        QObject::connect(session.get(), &StreamAppender::connected, session.get(), [this](qint64 offset) { connections.append(offset); });
        QObject::connect(session.get(), &StreamAppender::busy, session.get(), [this] { ++refusals; });
        QObject::connect(session.get(), &StreamAppender::stored, session.get(), [this](qint64 offset) { stored = offset; });
        QObject::connect(session.get(), &StreamAppender::hasRoom, session.get(), [this] { feed(); });
        QObject::connect(session.get(), &StreamAppender::finished, session.get(), [this](qint64 length) { finished = length; });
        QObject::connect(session.get(), &StreamAppender::failed, session.get(), [this](const Error &told) { error = told; });
        session->start();
    }
    void write(const QByteArray &bytes)
    {
        rest += bytes;
        feed();
    }
    void finish()
    {
        isFinishing = true;
        feed();
    }
    void feed()
    {
        rest.remove(0, session->write(rest));
        if (rest.isEmpty() && isFinishing)
            session->finish();
    }
    QByteArray end() const
    {
        if (error)
            return "failed: " + errorKindName(error->kind);
        return finished ? "finished " + QByteArray::number(*finished) : QByteArray("going");
    }

    std::unique_ptr<StreamAppender> session;
    QByteArray rest;
    bool isFinishing = false;
    QList<qint64> connections;
    int refusals = 0;
    qint64 stored = -1;
    std::optional<qint64> finished;
    std::optional<Error> error;
};

}  // namespace

class TestStreamPeers : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void followsFromTheFirstByteToTheFinish();
    void readsAFinishedStream_data();
    void readsAFinishedStream();
    void waitsForAStream();
    void saysThatThereIsNone();
    void goesOnAtTheOffset();
    void restartLosesAndRepeatsNothing();
    void pausesAndGoesOn();
    void crashedStreamsAreCalledSo();
    void noticesARewrittenStream();
    void secondAppenderIsRefusedOrWaits();
    void appenderKeepsWhatIsNotStored();
    void aFinishThatWasNotHeard();
    void quotaEndsTheAppender();
    void followsTheOfficialServer();
    void skipsTheKnownPrefixThere();
    void noticesBytesThatCameTwiceThere();
    void appendsToTheOfficialServer();
    void noticesBytesLostThere();
    void keepsItsPlaceThere();
    void cutAppenderThereSaysWhatWasStored();

private:
    CryptoLibrary m_crypto;
};

void TestStreamPeers::followsFromTheFirstByteToTheFinish()
{
    const ServerUnderTest under;
    const QByteArray bytes = randomBytes(3'000'000);
    Appender writer(under.url("/a%20b/s"));
    QTRY_COMPARE(writer.connections, QList<qint64>{0});
    Follower reader(under.url("/a%20b/s"));
    QTRY_COMPARE(reader.connections, QList<qint64>{0});
    writer.write(bytes);
    writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("finished 3000000"), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(reader.end(), QByteArray("finished 3000000 whole"), 30'000);
    QVERIFY(reader.bytes == bytes && reader.isInOrder);
    QVERIFY(under.content("/a b/s") == bytes);
}

void TestStreamPeers::readsAFinishedStream_data()
{
    QTest::addColumn<qint64>("from");
    QTest::addColumn<bool>("verifies");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("whole") << qint64(0) << false << QByteArray("0123456789") << QByteArray("finished 10 whole");
    QTest::newRow("read twice") << qint64(0) << true << QByteArray("0123456789") << QByteArray("finished 10 whole");
    QTest::newRow("the end of it") << qint64(7) << false << QByteArray("789") << QByteArray("finished 10");
    QTest::newRow("nothing is left") << qint64(10) << false << QByteArray() << QByteArray("finished 10");
    QTest::newRow("beyond its end") << qint64(11) << false << QByteArray() << QByteArray("failed: verificationFailed");
}

void TestStreamPeers::readsAFinishedStream()
{
    QFETCH(qint64, from);
    QFETCH(bool, verifies);
    const ServerUnderTest under;
    Appender writer(under.url("/s"));
    writer.write("0123456789");
    writer.finish();
    QTRY_COMPARE(writer.end(), QByteArray("finished 10"));
    StreamFollowerOptions options;
    options.from = from;
    options.verifies = verifies;
    const Follower reader(under.url("/s"), options);
    QTRY_VERIFY(reader.end() != "going");
    QTEST(reader.end(), "end");
    QTEST(reader.bytes, "bytes");
}

void TestStreamPeers::waitsForAStream()
{
    const ServerUnderTest under;
    StreamFollowerOptions options;
    options.waitsForStream = true;
    const Follower reader(under.url("/s"), options);
    QTRY_VERIFY(reader.absences > 0);
    Appender writer(under.url("/s"));
    writer.write("at last");
    writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(reader.end(), QByteArray("finished 7 whole"), 30'000);
}

void TestStreamPeers::saysThatThereIsNone()
{
    const ServerUnderTest under;
    const Follower reader(under.url("/s"));
    QTRY_COMPARE(reader.end(), QByteArray("failed: noSuchKey"));
}

void TestStreamPeers::goesOnAtTheOffset()
{
    const ServerUnderTest under;
    Appender writer(under.url("/s"));
    writer.write("0123456789");
    QTRY_COMPARE(writer.stored, 10);
    StreamFollowerOptions options;
    options.from = 4;
    const Follower reader(under.url("/s"), options);
    QTRY_COMPARE(reader.bytes, QByteArray("456789"));
    QVERIFY(reader.isInOrder);
    writer.finish();
    QTRY_COMPARE(reader.end(), QByteArray("finished 10"));
}

void TestStreamPeers::restartLosesAndRepeatsNothing()
{
    ServerUnderTest under;
    const QByteArray bytes = randomBytes(8'000'000);
    StreamAppenderOptions small;
    small.bufferLimit = 200'000;
    Appender writer(under.url("/s"), small);
    Follower reader(under.url("/s"), [] {
        StreamFollowerOptions options;
        options.waitsForStream = true;
        return options;
    }());
    QTRY_VERIFY_WITH_TIMEOUT(!reader.connections.isEmpty(), 30'000);
    writer.write(bytes);
    for (const qint64 at : {1'000'000, 4'000'000, 6'000'000}) {
        QTRY_VERIFY_WITH_TIMEOUT(writer.stored >= at, 60'000);
        under.end();
        under.begin();
    }
    writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("finished 8000000"), 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(reader.end().left(16), QByteArray("finished 8000000"), 60'000);
    QVERIFY(reader.bytes == bytes && reader.isInOrder);
    QVERIFY(under.content("/s") == bytes);
    QVERIFY(writer.connections.size() > 1);
}

void TestStreamPeers::pausesAndGoesOn()
{
    const ServerUnderTest under;
    Appender writer(under.url("/s"));
    Follower reader(under.url("/s"), [] {
        StreamFollowerOptions options;
        options.waitsForStream = true;
        return options;
    }());
    QTRY_VERIFY_WITH_TIMEOUT(!reader.connections.isEmpty(), 30'000);
    reader.session->setPaused(true);
    const QByteArray bytes = randomBytes(20'000'000);
    writer.write(bytes);
    writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("finished 20000000"), 60'000);
    QVERIFY(reader.bytes.size() <= 64 * 1024);
    reader.session->setPaused(false);
    QTRY_COMPARE_WITH_TIMEOUT(reader.end(), QByteArray("finished 20000000 whole"), 60'000);
    QVERIFY(reader.bytes == bytes);
}

void TestStreamPeers::crashedStreamsAreCalledSo()
{
    const ServerUnderTest under;
    Appender writer(under.url("/s"));
    writer.write("half");
    QTRY_COMPARE(writer.stored, 4);
    const Follower reader(under.url("/s"));
    QTRY_COMPARE(reader.bytes, QByteArray("half"));
    writer.session->abort();
    QTRY_COMPARE(reader.end(), QByteArray("crashed 4 whole"));
    QCOMPARE(writer.end(), QByteArray("failed: cancelled"));
}

void TestStreamPeers::noticesARewrittenStream()
{
    ServerUnderTest under;
    Appender writer(under.url("/s"));
    writer.write("0123456789");
    QTRY_COMPARE(writer.stored, 10);
    const Follower reader(under.url("/s"));
    QTRY_COMPARE(reader.bytes.size(), 10);
    under.end();
    QVERIFY(QFile::resize(QFile::decodeName(QByteArray(under.options.root + "/s")), 3));
    under.begin();
    QTRY_COMPARE_WITH_TIMEOUT(reader.end(), QByteArray("failed: verificationFailed"), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("failed: verificationFailed"), 30'000);  // what was confirmed is gone
}

void TestStreamPeers::secondAppenderIsRefusedOrWaits()
{
    const ServerUnderTest under;
    Appender first(under.url("/s"));
    QTRY_COMPARE(first.connections.size(), 1);
    const Appender second(under.url("/s"));
    QTRY_COMPARE(second.end(), QByteArray("failed: conflict"));
    StreamAppenderOptions options;
    options.waitsForItsTurn = true;
    const Appender patient(under.url("/s"), options);
    QTRY_VERIFY(patient.refusals > 0);
    first.write("first");
    first.finish();
    QTRY_COMPARE_WITH_TIMEOUT(patient.connections, QList<qint64>{5}, 30'000);
}

void TestStreamPeers::appenderKeepsWhatIsNotStored()
{
    ServerUnderTest under;
    StreamAppenderOptions options;
    options.bufferLimit = 1000;
    Appender writer(under.url("/s"), options);
    QTRY_COMPARE(writer.connections.size(), 1);
    under.end();
    writer.write(QByteArray(600, 'a'));
    QCOMPARE(writer.session->write(QByteArray(600, 'b')), 400);
    QCOMPARE(writer.session->room(), 0);
    under.begin();
    QTRY_COMPARE_WITH_TIMEOUT(writer.stored, 1000, 30'000);
    QCOMPARE(under.content("/s"), QByteArray(600, 'a') + QByteArray(400, 'b'));
}

void TestStreamPeers::aFinishThatWasNotHeard()
{
    ServerUnderTest under;
    Appender writer(under.url("/s"));
    writer.write("all");
    QTRY_COMPARE(writer.stored, 3);
    // Whether its Close arrives before the end of the server or not: it ends with the same.
    writer.finish();
    under.end();
    under.begin();
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("finished 3"), 30'000);
}

void TestStreamPeers::quotaEndsTheAppender()
{
    StreamServerOptions options;
    options.hub.quota = ByteCount(5);
    const ServerUnderTest under(options);
    Appender writer(under.url("/s"));
    writer.write("0123456789");
    QTRY_COMPARE(writer.end(), QByteArray("failed: quotaExceeded"));
    QCOMPARE(under.content("/s"), QByteArray());
}

void TestStreamPeers::followsTheOfficialServer()
{
    OfficialServer official;
    Appender writer(official.url("/s"));
    QTRY_COMPARE(writer.connections, QList<qint64>{0});
    const QByteArray bytes = randomBytes(150'000);
    writer.write(bytes.left(100'000));
    QTRY_COMPARE(official.files.value("/s").size(), 100'000);
    const Follower reader(official.url("/s"));
    QTRY_COMPARE(reader.bytes.size(), 100'000);
    writer.write(bytes.mid(100'000));
    writer.finish();
    QTRY_COMPARE(writer.end(), QByteArray("finished 150000"));
    QTRY_COMPARE(reader.end(), QByteArray("ended 150000"));
    QVERIFY(reader.bytes == bytes && reader.isInOrder);
    QVERIFY(official.files.value("/s") == bytes);
}

void TestStreamPeers::skipsTheKnownPrefixThere()
{
    OfficialServer official;
    Appender writer(official.url("/s"));
    const QByteArray bytes = randomBytes(50'000);
    writer.write(bytes);
    QTRY_COMPARE(official.files.value("/s").size(), 50'000);
    official.cutFollowersAfter = 30'000;  // in the midst of the snapshot
    const Follower reader(official.url("/s"));
    QTRY_COMPARE_WITH_TIMEOUT(reader.bytes.size(), 50'000, 30'000);
    QCOMPARE(reader.connections.size(), 2);
    writer.finish();
    QTRY_COMPARE(reader.end(), QByteArray("ended 50000"));
    QVERIFY(reader.bytes == bytes);
}

void TestStreamPeers::noticesBytesThatCameTwiceThere()
{
    OfficialServer official({.repeatsAtTheSeam = true, .losesBehind = -1, .readDeadline = {}});
    Appender writer(official.url("/s"));
    writer.write("0123456789");
    QTRY_COMPARE(official.files.value("/s").size(), 10);
    const Follower reader(official.url("/s"));
    QTRY_COMPARE(reader.bytes, QByteArray("0123456789789"));
    writer.finish();
    QTRY_COMPARE(reader.end(), QByteArray("failed: verificationFailed"));
}

void TestStreamPeers::appendsToTheOfficialServer()
{
    OfficialServer official;
    official.files["/s"] = "old ";
    Appender writer(official.url("/s"));
    writer.write("new");
    writer.finish();
    QTRY_COMPARE(writer.end(), QByteArray("finished 7"));
    QCOMPARE(writer.connections, QList<qint64>{4});
    QCOMPARE(official.files.value("/s"), QByteArray("old new"));
}

void TestStreamPeers::noticesBytesLostThere()
{
    OfficialServer official({.repeatsAtTheSeam = false, .losesBehind = 40'000, .readDeadline = {}});
    Appender writer(official.url("/s"));
    writer.write(QByteArray(100'000, 'x'));
    writer.finish();
    QTRY_COMPARE_WITH_TIMEOUT(writer.end(), QByteArray("failed: verificationFailed"), 30'000);
    QVERIFY(writer.error->detail.contains(QLatin1String("34464 bytes of 100000")));
}

void TestStreamPeers::keepsItsPlaceThere()
{
    OfficialServer official({.repeatsAtTheSeam = false, .losesBehind = -1, .readDeadline = 5s});  // the oldest server's
    Appender writer(official.url("/s"));
    QTRY_COMPARE_WITH_TIMEOUT(official.pongs, 3, 60'000);  // 6 s without a byte
    QVERIFY(official.hasAppender("/s"));
    writer.write("still here");
    writer.finish();
    QTRY_COMPARE(writer.end(), QByteArray("finished 10"));
}

void TestStreamPeers::cutAppenderThereSaysWhatWasStored()
{
    OfficialServer official;
    Appender writer(official.url("/s"));
    writer.write("0123456789");
    QTRY_COMPARE(official.files.value("/s").size(), 10);
    official.cutAll();
    QTRY_COMPARE(writer.end(), QByteArray("failed: connectionLost"));
    QVERIFY(writer.error->detail.contains(QLatin1String("10 bytes of 10")));
}

QTEST_GUILESS_MAIN(TestStreamPeers)
#include "test_stream_peers.moc"
