#include "app/handover/HandoverSocket.h"
#include "app/handover/OwnerServer.h"
#include "app/handover/RemoteEngine.h"
#include "core/journal/JournalOwner.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/support/fakes/FakeEngine.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QDir>
#include <QJsonDocument>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QtEndian>

#include <cerrno>

#include <sys/stat.h>

using namespace packmule;

namespace {

PutCommand putCommand(int sources)
{
    PutCommand command;
    for (int i = 0; i < sources; ++i)
        command.sources.append("/home/me/photos/\xff/" + QByteArray::number(i));
    command.bucket = "bucket";
    command.destinationKey = "prefix/";
    command.options.recursive = true;
    command.connection.id = "connection";
    command.connection.endpointUrl = "http://localhost:9000";
    return command;
}

TransferEvent pausedEvent(RunId run, TransferId transfer)
{
    return {.time = samples::at(1), .run = run, .transfer = transfer, .source = "/f", .object = {"b", "k"}, .body = PausedEvent{}};
}

QByteArray framed(const QByteArray &text)
{
    QByteArray length(4, '\0');
    qToBigEndian(static_cast<quint32>(text.size()), length.data());
    return length + text;
}

}  // namespace

/// A command that finds the journal in use runs in the owner, and its caller sees the same as if it ran there.
class TestHandover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void putRunsInTheOwnerAndEndsInBoth();
    void longSourceListsArriveWhole();
    void refusedPutTellsWhy();
    void credentialsArriveBeforeTheirCommand();
    void resumeChangeAndListAreAnswered();
    void longListsArriveWhole();
    void callerSeesOnlyItsOwnRun();
    void watcherSeesEverything();
    void resumeOfOneSeesOnlyThatOne();
    void aResumeEndsWhenItsOwnHasEnded();
    void connectionsArriveWithAllButSecrets();
    void leavingCancelsNothing();
    void ownerStaysUntilHandedWorkHasEnded();
    void lostOwnerIsTold();
    void callsAfterTheOwnerIsLostFail();
    void droppedHandleIsSilent();
    void silentOwnerIsNamedAfterFiveSeconds();
    void ownerThatIsStillOpeningIsWaitedFor();
    void freeJournalIsToldAtOnce();
    void otherVersionIsRefused_data();
    void otherVersionIsRefused();
    void nonsenseIsHungUpOn_data();
    void nonsenseIsHungUpOn();
    void callBeforeHelloIsNotServed();
    void socketLiesInAPrivateFolder();
    void socketPathIsAlwaysShortEnough();
    void socketOfADeadOwnerIsReplaced();

private:
    QString journal() const { return m_folder->filePath(QStringLiteral("journal.db")); }
    void serve();
    std::unique_ptr<RemoteEngine> caller();
    std::unique_ptr<QLocalSocket> rawLine() const;

    QtScheduler m_scheduler;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<JournalOwner> m_owner;
    std::unique_ptr<FakeEngine> m_engine;
    std::unique_ptr<OwnerServer> m_server;
    QList<std::pair<QByteArray, Credentials>> m_credentials;
};

void TestHandover::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_credentials.clear();
    m_engine = std::make_unique<FakeEngine>();
    auto owner = JournalOwner::take(journal());
    QVERIFY(owner);
    m_owner = std::move(*owner);
}

void TestHandover::cleanup()
{
    m_server.reset();
    m_engine.reset();
    m_owner.reset();
}

void TestHandover::serve()
{
    m_server = std::make_unique<OwnerServer>(*m_engine, [this](const QByteArray &id, const Credentials &credentials) {
        m_credentials.append({id, credentials});
    });
    const Result<void> listening = m_server->listen(journal());
    QVERIFY2(listening, qPrintable(listening ? QString() : listening.error().detail));
}

std::unique_ptr<RemoteEngine> TestHandover::caller()
{
    auto engine = std::make_unique<RemoteEngine>(journal(), m_scheduler);
    const auto opened = samples::answerOf<void>([&](auto done) { return engine->open(done); });
    if (!opened)
        qWarning() << opened.error().detail;
    return opened ? std::move(engine) : nullptr;
}

std::unique_ptr<QLocalSocket> TestHandover::rawLine() const
{
    auto socket = std::make_unique<QLocalSocket>();
    socket->connectToServer(*handoverSocketPath(journal()));
    return socket->waitForConnected(5000) ? std::move(socket) : nullptr;
}

void TestHandover::putRunsInTheOwnerAndEndsInBoth()
{
    serve();
    const auto remote = caller();
    QVERIFY(remote);
    QCOMPARE(remote->ownerPid(), QCoreApplication::applicationPid());
    QList<TransferEvent> events;
    QList<std::pair<RunId, RunOutcome>> ends;
    connect(remote.get(), &EngineClient::eventOccurred, this, [&](const TransferEvent &event) { events.append(event); });
    connect(remote.get(), &EngineClient::runEnded, this, [&](RunId run, const RunOutcome &outcome) { ends.append({run, outcome}); });
    std::optional<Result<RunId>> run;
    const CallHandle handle = remote->put(putCommand(2), [&](const Result<RunId> &result) { run = result; });
    QTRY_COMPARE(m_engine->puts.size(), 1);
    QCOMPARE(m_engine->puts[0].toJson(), putCommand(2).toJson());
    m_engine->acceptPut(RunId(17));
    QTRY_VERIFY(run);
    QCOMPARE(run->value(), 17);
    Q_EMIT m_engine->eventOccurred(pausedEvent(17, 3));
    QTRY_COMPARE(events.size(), 1);
    QCOMPARE(events[0].transfer, 3);
    QCOMPARE(events[0].source, "/f");
    Q_EMIT m_engine->runEnded(17, {.summary = {5, 1, 0, ByteCount(9)}, .isInterrupted = true, .configurationError = {}});
    QTRY_COMPARE(ends.size(), 1);
    QCOMPARE(ends[0].first, 17);
    QCOMPARE(ends[0].second.summary.completed, 5);
    QVERIFY(ends[0].second.isInterrupted);
}

void TestHandover::longSourceListsArriveWhole()
{
    serve();
    const auto remote = caller();
    const PutCommand command = putCommand(20'000);
    const CallHandle handle = remote->put(command, [](const Result<RunId> &) {});
    QTRY_COMPARE_WITH_TIMEOUT(m_engine->puts.size(), 1, 20'000);
    QCOMPARE(m_engine->puts[0].sources, command.sources);
}

void TestHandover::refusedPutTellsWhy()
{
    serve();
    const auto remote = caller();
    std::optional<Result<RunId>> run;
    const CallHandle handle = remote->put(putCommand(1), [&](const Result<RunId> &result) { run = result; });
    QTRY_VERIFY(m_engine->acceptPut);
    m_engine->acceptPut(failure(ErrorKind::CredentialsMissing, QStringLiteral("no key")));
    QTRY_VERIFY(run);
    QVERIFY(!*run);
    QCOMPARE(run->error().kind, ErrorKind::CredentialsMissing);
    QCOMPARE(run->error().detail, QStringLiteral("no key"));
    QVERIFY(!m_server->hasWork());
}

void TestHandover::credentialsArriveBeforeTheirCommand()
{
    serve();
    const auto remote = caller();
    remote->lendCredentials("connection", {.accessKeyId = "AKID", .secretAccessKey = "se\xff" "cret", .sessionToken = "token", .expires = samples::at(5000)});
    const CallHandle handle = remote->put(putCommand(1), [](const Result<RunId> &) {});
    QTRY_COMPARE(m_engine->puts.size(), 1);
    QCOMPARE(m_credentials.size(), 1);
    QCOMPARE(m_credentials[0].first, "connection");
    QCOMPARE(m_credentials[0].second.accessKeyId, "AKID");
    QCOMPARE(m_credentials[0].second.secretAccessKey, "se\xff" "cret");
    QCOMPARE(m_credentials[0].second.sessionToken, "token");
    QCOMPARE(m_credentials[0].second.expires, samples::at(5000));
}

void TestHandover::resumeChangeAndListAreAnswered()
{
    serve();
    const auto remote = caller();
    std::optional<Result<ResumeAnswer>> resumed;
    std::optional<Result<int>> changed;
    std::optional<Result<QList<TransferSnapshot>>> listed;
    const CallHandle one = remote->resume(12, [&](const Result<ResumeAnswer> &count) { resumed = count; });
    const CallHandle two = remote->change(QueueVerb::RemoveKeepingUpload, {3, 4}, [&](const Result<int> &count) { changed = count; });
    const CallHandle three = remote->list(10, 20, [&](const Result<QList<TransferSnapshot>> &page) { listed = page; });
    QTRY_VERIFY(m_engine->acceptResume && m_engine->finishChange && m_engine->finishList);
    QCOMPARE(m_engine->resumes, QList<TransferId>{12});
    QCOMPARE(m_engine->changes[0].first, QueueVerb::RemoveKeepingUpload);
    QCOMPARE(m_engine->changes[0].second, (QList<TransferId>{3, 4}));
    QCOMPARE(m_engine->lists[0], std::pair(10, 20));
    m_engine->finishList(QList<TransferSnapshot>{{.record = samples::transfer(8), .sent = {}, .confirmed = {}, .waiting = {}}});
    m_engine->finishChange(failure(ErrorKind::NoSuchKey, QStringLiteral("no transfer 4")));
    m_engine->acceptResume(ResumeAnswer{-3, 1, 2});
    QTRY_VERIFY(resumed && changed && listed);
    QCOMPARE(resumed->value().run, -3);
    QCOMPARE(resumed->value().count, 1);
    QCOMPARE(resumed->value().walks, 2);
    QCOMPARE(changed->error().kind, ErrorKind::NoSuchKey);
    QVERIFY(samples::isSame(listed->value().value(0).record, samples::transfer(8)));
}

void TestHandover::longListsArriveWhole()
{
    serve();
    const auto remote = caller();
    std::optional<Result<QList<TransferSnapshot>>> listed;
    const CallHandle handle = remote->list(0, 2000, [&](const Result<QList<TransferSnapshot>> &page) { listed = page; });
    QTRY_VERIFY(m_engine->finishList);
    QList<TransferSnapshot> page;
    for (int id = 1; id <= 2000; ++id)
        page.append({.record = samples::transfer(id), .sent = {}, .confirmed = {}, .waiting = {}});
    m_engine->finishList(page);
    QTRY_VERIFY(listed);
    QCOMPARE(listed->value().size(), 2000);
    QCOMPARE(listed->value().last().record.id, 2000);
}

void TestHandover::callerSeesOnlyItsOwnRun()
{
    serve();
    const auto remote = caller();
    QList<RunId> runs;
    connect(remote.get(), &EngineClient::eventOccurred, this, [&](const TransferEvent &event) { runs.append(event.run); });
    const CallHandle handle = remote->put(putCommand(1), [](const Result<RunId> &) {});
    QTRY_VERIFY(m_engine->acceptPut);
    m_engine->acceptPut(RunId(17));
    Q_EMIT m_engine->eventOccurred(pausedEvent(16, 1));
    Q_EMIT m_engine->runEnded(16, {});
    Q_EMIT m_engine->eventOccurred(pausedEvent(17, 2));
    QTRY_COMPARE(runs, QList<RunId>{17});
}

void TestHandover::watcherSeesEverything()
{
    serve();
    const auto remote = caller();
    QList<RunId> runs;
    connect(remote.get(), &EngineClient::eventOccurred, this, [&](const TransferEvent &event) { runs.append(event.run); });
    Q_EMIT m_engine->eventOccurred(pausedEvent(16, 1));
    Q_EMIT m_engine->eventOccurred(pausedEvent(17, 2));
    QTRY_COMPARE(runs, (QList<RunId>{16, 17}));
}

void TestHandover::resumeOfOneSeesOnlyThatOne()
{
    serve();
    const auto remote = caller();
    QList<TransferId> transfers;
    connect(remote.get(), &EngineClient::eventOccurred, this, [&](const TransferEvent &event) { transfers.append(event.transfer); });
    const CallHandle handle = remote->resume(5, [](const Result<ResumeAnswer> &) {});
    QTRY_VERIFY(m_engine->acceptResume);
    m_engine->acceptResume(ResumeAnswer{-1, 1, 0});
    Q_EMIT m_engine->eventOccurred(pausedEvent(1, 4));
    Q_EMIT m_engine->eventOccurred(pausedEvent(-2, 0));  // the end of another's resume
    Q_EMIT m_engine->eventOccurred(pausedEvent(1, 5));
    QTRY_COMPARE(transfers, QList<TransferId>{5});
}

void TestHandover::aResumeEndsWhenItsOwnHasEnded()
{
    serve();
    const auto first = caller();
    const auto second = caller();
    int firstEnds = 0, secondEnds = 0;
    connect(first.get(), &EngineClient::runEnded, this, [&] { ++firstEnds; });
    connect(second.get(), &EngineClient::runEnded, this, [&] { ++secondEnds; });
    const CallHandle one = first->resume(0, [](const Result<ResumeAnswer> &) {});
    QTRY_VERIFY(m_engine->acceptResume);
    std::exchange(m_engine->acceptResume, nullptr)(ResumeAnswer{-1, 3, 0});
    const CallHandle two = second->resume(0, [](const Result<ResumeAnswer> &) {});
    QTRY_VERIFY(m_engine->acceptResume);
    m_engine->acceptResume(ResumeAnswer{-2, 3, 0});
    Q_EMIT m_engine->runEnded(-2, {});
    QTRY_COMPARE(secondEnds, 1);
    QCOMPARE(firstEnds, 0);
    QVERIFY(m_server->hasWork());
    Q_EMIT m_engine->runEnded(-1, {});
    QTRY_COMPARE(firstEnds, 1);
    QCOMPARE(secondEnds, 1);
    QVERIFY(!m_server->hasWork());
}

void TestHandover::connectionsArriveWithAllButSecrets()
{
    serve();
    const auto remote = caller();
    std::optional<Result<QList<ConnectionRecord>>> found;
    const CallHandle handle = remote->connections({4, 5}, [&](const Result<QList<ConnectionRecord>> &records) { found = records; });
    QTRY_VERIFY(m_engine->finishConnections);
    QCOMPARE(m_engine->connectionCalls.first(), (QList<TransferId>{4, 5}));
    ConnectionRecord record = putCommand(1).connection;
    record.region = "eu-1";
    record.awsProfile = QStringLiteral("work");
    m_engine->finishConnections(QList<ConnectionRecord>{record});
    QTRY_VERIFY(found);
    QCOMPARE(found->value().size(), 1);
    QCOMPARE(connectionJson(found->value().first()), connectionJson(record));
}

void TestHandover::leavingCancelsNothing()
{
    serve();
    auto remote = caller();
    const CallHandle handle = remote->put(putCommand(1), [](const Result<RunId> &) {});
    QTRY_VERIFY(m_engine->acceptPut);
    bool isDetached = false;
    remote->shutdown([&] { isDetached = true; });
    QTRY_VERIFY(isDetached);
    remote.reset();
    const auto next = caller();  // the server is still there, and has seen the other leave
    QVERIFY(next);
    QCOMPARE(m_engine->droppedPuts, 0);
    QVERIFY(!m_engine->wasShutDown);
    QVERIFY(m_server->hasWork());
    m_engine->acceptPut(RunId(17));
    QVERIFY(m_server->hasWork());
}

void TestHandover::ownerStaysUntilHandedWorkHasEnded()
{
    serve();
    QSignalSpy ended(m_server.get(), &OwnerServer::workEnded);
    const auto remote = caller();
    QVERIFY(!m_server->hasWork());
    const CallHandle handle = remote->put(putCommand(1), [](const Result<RunId> &) {});
    QTRY_VERIFY(m_engine->acceptPut);
    QVERIFY(m_server->hasWork());
    m_engine->acceptPut(RunId(17));
    QVERIFY(m_server->hasWork());
    Q_EMIT m_engine->runEnded(16, {});
    QVERIFY(m_server->hasWork());
    QCOMPARE(ended.size(), 0);
    Q_EMIT m_engine->runEnded(17, {});
    QVERIFY(!m_server->hasWork());
    QCOMPARE(ended.size(), 1);
}

void TestHandover::lostOwnerIsTold()
{
    serve();
    const auto remote = caller();
    QSignalSpy lost(remote.get(), &RemoteEngine::ownerLost);
    m_server.reset();
    QTRY_COMPARE(lost.size(), 1);
}

void TestHandover::callsAfterTheOwnerIsLostFail()
{
    serve();
    const auto remote = caller();
    QSignalSpy lost(remote.get(), &RemoteEngine::ownerLost);
    m_server.reset();
    QTRY_COMPARE(lost.size(), 1);
    const auto answer = samples::answerOf<ResumeAnswer>([&](auto done) { return remote->resume(0, done); });
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind, ErrorKind::JournalUnavailable);
}

void TestHandover::droppedHandleIsSilent()
{
    serve();
    const auto remote = caller();
    bool wasCalled = false;
    remote->resume(0, [&](const Result<ResumeAnswer> &) { wasCalled = true; }).cancel();
    QTRY_VERIFY(m_engine->acceptResume);
    m_engine->acceptResume(ResumeAnswer{-1, 1, 0});
    const auto later = remote->list(0, 1, [](const Result<QList<TransferSnapshot>> &) {});
    QTRY_VERIFY(m_engine->finishList);
    QVERIFY(!wasCalled);
}

void TestHandover::silentOwnerIsNamedAfterFiveSeconds()
{
    QLocalServer silent;
    QVERIFY(silent.listen(*handoverSocketPath(journal())));
    FakeClock clock;
    FakeScheduler scheduler(clock);
    RemoteEngine remote(journal(), scheduler);
    std::optional<Result<void>> opened;
    const CallHandle handle = remote.open([&](const Result<void> &result) { opened = result; });
    scheduler.runDue();
    QTRY_VERIFY(silent.hasPendingConnections());
    scheduler.advance(Milliseconds(4'900));
    QVERIFY(!opened);
    scheduler.advance(Milliseconds(200));
    QVERIFY(opened && !*opened);
    QCOMPARE(opened->error().kind, ErrorKind::JournalUnavailable);
    QCOMPARE(opened->error().osError, ETIMEDOUT);
    QVERIFY(opened->error().detail.contains(QStringLiteral("pid %1").arg(QCoreApplication::applicationPid())));
}

void TestHandover::ownerThatIsStillOpeningIsWaitedFor()
{
    RemoteEngine remote(journal(), m_scheduler);
    std::optional<Result<void>> opened;
    const CallHandle handle = remote.open([&](const Result<void> &result) { opened = result; });
    QTRY_VERIFY(remote.ownerPid() != 0);  // it has looked once and found nobody listening
    serve();
    QTRY_VERIFY(opened);
    QVERIFY(*opened);
}

void TestHandover::freeJournalIsToldAtOnce()
{
    m_owner.reset();
    RemoteEngine remote(journal(), m_scheduler);
    const auto opened = samples::answerOf<void>([&](auto done) { return remote.open(done); });
    QVERIFY(!opened);
    QCOMPARE(opened.error().osError, ENOENT);
}

void TestHandover::otherVersionIsRefused_data()
{
    QTest::addColumn<QByteArray>("greeting");
    QTest::newRow("newer owner refuses") << QByteArray(R"({"type":"refusal","protocol":1000,"pid":4711})");
    QTest::newRow("newer owner welcomes") << QByteArray(R"({"type":"welcome","protocol":1000,"pid":4711})");
}

void TestHandover::otherVersionIsRefused()
{
    QFETCH(const QByteArray, greeting);
    QLocalServer other;
    QVERIFY(other.listen(*handoverSocketPath(journal())));
    connect(&other, &QLocalServer::newConnection, &other, [&] { other.nextPendingConnection()->write(framed(greeting)); });
    RemoteEngine remote(journal(), m_scheduler);
    const auto opened = samples::answerOf<void>([&](auto done) { return remote.open(done); });
    QVERIFY(!opened);
    QCOMPARE(opened.error().osError, EPROTO);
    QVERIFY(opened.error().detail.contains(QStringLiteral("pid 4711")));
}

void TestHandover::nonsenseIsHungUpOn_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("too long") << QByteArray("\xff\xff\xff\xff", 4);
    QTest::newRow("just too long") << QByteArray("\0\1\0\1", 4);
    QTest::newRow("not JSON") << framed("hello there");
    QTest::newRow("not an object") << framed("[1,2]");
    QTest::newRow("empty") << framed("");
    QTest::newRow("http") << QByteArray("GET / HTTP/1.1\r\n\r\n");
    QTest::newRow("older version") << framed(R"({"type":"hello","protocol":0})");
}

void TestHandover::nonsenseIsHungUpOn()
{
    QFETCH(const QByteArray, bytes);
    serve();
    const auto line = rawLine();
    QVERIFY(line);
    line->write(bytes);
    QTRY_COMPARE(line->state(), QLocalSocket::UnconnectedState);
    QVERIFY(caller());  // others are served on
}

void TestHandover::callBeforeHelloIsNotServed()
{
    serve();
    const auto line = rawLine();
    QVERIFY(line);
    line->write(framed(R"({"type":"resume","call":1,"transfer":0})"));
    QTRY_COMPARE(line->state(), QLocalSocket::UnconnectedState);
    QVERIFY(m_engine->resumes.isEmpty());
}

void TestHandover::socketLiesInAPrivateFolder()
{
    serve();
    struct stat facts = {};
    const QString path = *handoverSocketPath(journal());
    QCOMPARE(path, journal() + QStringLiteral(".sock"));
    QVERIFY(::stat(QFile::encodeName(path).constData(), &facts) == 0);
    QCOMPARE(facts.st_mode & 077U, 0U);
    QVERIFY(::chmod(QFile::encodeName(m_folder->path()).constData(), 0755) == 0);
    const QString elsewhere = *handoverSocketPath(journal());
    QVERIFY(elsewhere.startsWith(QStringLiteral("/tmp/packmule-")));
    QVERIFY(::stat(QFile::encodeName(QFileInfo(elsewhere).path()).constData(), &facts) == 0);
    QCOMPARE(facts.st_mode & 0777U, 0700U);
}

void TestHandover::socketPathIsAlwaysShortEnough()
{
    const QString deep = m_folder->filePath(QString(50, u'd') + u'/' + QString(100, u'e') + QStringLiteral("/journal.db"));
    QVERIFY(handoverSocketPath(deep)->size() <= 103);
    QVERIFY(*handoverSocketPath(deep) != *handoverSocketPath(deep + u'2'));
}

void TestHandover::socketOfADeadOwnerIsReplaced()
{
    QFile stale(*handoverSocketPath(journal()));
    QVERIFY(stale.open(QIODevice::WriteOnly));
    stale.close();
    serve();
    QVERIFY(caller());
}

QTEST_GUILESS_MAIN(TestHandover)
#include "test_handover.moc"
