#include "app/Composition.h"
#include "app/gui/ThreadedEngine.h"
#include "app/gui/ThreadedTransferList.h"
#include "app/handover/OwnerServer.h"
#include "core/integrity/Digest.h"
#include "core/journal/JournalOwner.h"
#include "tests/support/fakes/FakeEngine.h"
#include "tests/unit/journal/JournalSamples.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <random>

using namespace packmule;

namespace {

using State = EngineStanding::State;

EngineChoices choicesFor(const QString &journal)
{
    EngineChoices choices;
    choices.journalPath = journal;
    choices.environment = AwsEnvironment({{"AWS_ACCESS_KEY_ID", "AKID"}, {"AWS_SECRET_ACCESS_KEY", "secret"}, {"HOME", "/nonexistent"}});
    return choices;
}

/// A put of a file that is not there: it comes to its end without any network.
PutCommand missingFile()
{
    PutCommand command;
    command.sources = {"/nonexistent/file"};
    command.bucket = "bucket";
    command.destinationKey = "key";
    command.connection.id = "connection";
    command.connection.endpointUrl = "http://127.0.0.1:9";
    command.connection.region = "us-east-1";
    return command;
}

/// A command line that holds the journal, on this thread.
struct OtherProcess {
    FakeEngine engine;
    QList<QByteArray> lent;
    std::unique_ptr<JournalOwner> owner;
    std::unique_ptr<OwnerServer> server;

    explicit OtherProcess(const QString &journal)
    {
        owner = std::move(*JournalOwner::take(journal));
        server = std::make_unique<OwnerServer>(engine, [this](const QByteArray &id, const Credentials &) { lent.append(id); });
        if (!server->listen(journal))
            qFatal("cannot listen");
    }
    void end()
    {
        server.reset();
        owner.reset();
    }
};

}  // namespace

class TestThreadedEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(m_folder->isValid());
        QFile::setPermissions(m_folder->path(), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }

    void callsWaitUntilTheJournalIsOpen();
    void runReportsItsEventsAndItsEnd();
    void stopLeavesTheJournalFree();
    void stopBeforeStartEndsToo();
    void journalThatCannotBeHadIsToldAndTriedAgain();
    void attachesToACommandLineAndTakesOver();
    void attachedWindowSeesWhatOthersDo();
    void listComesOverBothWays();
    void limitsAreKeptUntilThisProcessTakesOver();
    void callMadeDuringShutDownIsSilent();
    void survivesItsEndAtAnyMoment();

private:
    QString journal() const { return m_folder->filePath(QStringLiteral("journal.db")); }

    CryptoLibrary m_crypto;
    std::unique_ptr<QTemporaryDir> m_folder;
};

void TestThreadedEngine::callsWaitUntilTheJournalIsOpen()
{
    EngineThread thread;
    ThreadedEngine engine(thread);
    thread.start(choicesFor(journal()));
    QCOMPARE(thread.standing().state, State::Opening);
    const auto page = samples::answerOf<QList<TransferSnapshot>>([&](auto done) { return engine.list(0, 10, done); });
    QVERIFY(page);
    QVERIFY(page->isEmpty());
    QCOMPARE(thread.standing().state, State::Here);
}

void TestThreadedEngine::runReportsItsEventsAndItsEnd()
{
    EngineThread thread;
    ThreadedEngine engine(thread);
    QByteArray order;
    QThread *told = nullptr;
    std::optional<RunOutcome> end;
    connect(&engine, &EngineClient::eventOccurred, this, [&](const TransferEvent &event) {
        told = QThread::currentThread();
        if (std::holds_alternative<FailedEvent>(event.body))
            order += 'f';
    });
    connect(&engine, &EngineClient::runEnded, this, [&](RunId, const RunOutcome &outcome) {
        order += 'e';
        end = outcome;
    });
    thread.start(choicesFor(journal()));
    const CallHandle put = engine.put(missingFile(), [&](const Result<RunId> &run) { order += run ? 'a' : '-'; });
    QTRY_VERIFY(end);
    QCOMPARE(order, QByteArray("afe"));
    QCOMPARE(end->summary.failed, 1);
    QCOMPARE(told, QThread::currentThread());
}

void TestThreadedEngine::stopLeavesTheJournalFree()
{
    EngineThread thread;
    ThreadedEngine engine(thread);
    thread.start(choicesFor(journal()));
    QVERIFY(samples::answerOf<RunId>([&](auto done) { return engine.put(missingFile(), done); }));
    bool isStopped = false;
    engine.shutdown([&] { isStopped = true; });
    QVERIFY(!isStopped);
    QTRY_VERIFY(isStopped);
    auto opened = Composition::openJournal(journal());
    QVERIFY(opened);
    const auto contents = samples::load(**opened);
    QVERIFY(contents);
    QCOMPARE(contents->highestRun, 1);
}

void TestThreadedEngine::stopBeforeStartEndsToo()
{
    EngineThread thread;
    bool isStopped = false;
    thread.stop([&] { isStopped = true; });
    QVERIFY(!isStopped);
    QTRY_VERIFY(isStopped);
}

void TestThreadedEngine::journalThatCannotBeHadIsToldAndTriedAgain()
{
    const QString folder = m_folder->filePath(QStringLiteral("in-the-way"));
    QFile inTheWay(folder);
    QVERIFY(inTheWay.open(QFile::WriteOnly));
    EngineThread thread;
    ThreadedEngine engine(thread);
    thread.start(choicesFor(folder + QStringLiteral("/journal.db")));
    const auto page = samples::answerOf<QList<TransferSnapshot>>([&](auto done) { return engine.list(0, 10, done); });
    QVERIFY(!page);
    QCOMPARE(page.error().kind, ErrorKind::JournalUnavailable);
    QCOMPARE(thread.standing().state, State::Failed);
    const auto again = samples::answerOf<QList<TransferSnapshot>>([&](auto done) { return engine.list(0, 10, done); });
    QVERIFY(!again);
    QVERIFY(inTheWay.remove());
    thread.tryAgain();
    QTRY_COMPARE(thread.standing().state, State::Here);
    QVERIFY(samples::answerOf<QList<TransferSnapshot>>([&](auto done) { return engine.list(0, 10, done); }));
}

void TestThreadedEngine::attachesToACommandLineAndTakesOver()
{
    OtherProcess other(journal());
    EngineThread thread;
    ThreadedEngine engine(thread);
    thread.start(choicesFor(journal()));
    QTRY_COMPARE(thread.standing().state, State::Attached);
    QCOMPARE(thread.standing().ownerPid, QCoreApplication::applicationPid());
    std::optional<Result<RunId>> run;
    const CallHandle put = engine.put(missingFile(), [&](const Result<RunId> &result) { run = result; });
    QTRY_COMPARE(other.engine.puts.size(), 1);
    QCOMPARE(other.lent, QList<QByteArray>{"connection"});
    QVERIFY(!run);
    // It ends before it has answered: our own engine takes the put, and everything after it.
    other.end();
    QTRY_VERIFY(run);
    QVERIFY(*run);
    QCOMPARE(thread.standing().state, State::Here);
}

void TestThreadedEngine::attachedWindowSeesWhatOthersDo()
{
    OtherProcess other(journal());
    EngineThread thread;
    ThreadedEngine engine(thread);
    QList<RunId> seen, ended;
    connect(&engine, &EngineClient::eventOccurred, this, [&](const TransferEvent &event) { seen.append(event.run); });
    connect(&engine, &EngineClient::runEnded, this, [&](RunId run, const RunOutcome &) { ended.append(run); });
    thread.start(choicesFor(journal()));
    QTRY_COMPARE(thread.standing().state, State::Attached);
    const CallHandle put = engine.put(missingFile(), [](const Result<RunId> &) {});
    QTRY_COMPARE(other.engine.puts.size(), 1);
    other.engine.acceptPut(RunId(17));
    // A run of its own does not blind it to the runs of others.
    Q_EMIT other.engine.eventOccurred({.time = {}, .run = 16, .transfer = 1, .source = {}, .object = {}, .body = PausedEvent{}});
    Q_EMIT other.engine.runEnded(16, {});
    QTRY_COMPARE(ended, QList<RunId>{16});
    QCOMPARE(seen, QList<RunId>{16});
}

void TestThreadedEngine::listComesOverBothWays()
{
    {
        auto opened = Composition::openJournal(journal());
        QVERIFY(opened);
        TransferRecord done = samples::bareTransfer(5, TransferState::Done);
        done.source.size = ByteCount(17);
        QVERIFY(samples::commit(**opened, {SaveTransfer{done}, SaveTransfer{samples::bareTransfer(6)}}));
        QVERIFY(samples::closeAndWait(**opened));
    }
    EngineThread thread;
    ThreadedTransferList list(thread);
    thread.start(choicesFor(journal()));
    const auto counts = samples::answerOf<ListCounts>([&](auto done) { return list.counts(done); });
    QVERIFY(counts);
    QCOMPARE(counts->byFilter[static_cast<size_t>(ListFilter::All)], 2);
    QCOMPARE(counts->byFilter[static_cast<size_t>(ListFilter::Done)], 1);
    const auto order = samples::answerOf<ListOrder>([&](auto done) { return list.order({}, done); });
    QVERIFY(order);
    QCOMPARE(order->entries, (QList<ListEntry>{{.run = 1, .first = 5, .count = 2}}));
    const auto children = samples::answerOf<QList<TransferId>>([&](auto done) { return list.children(1, {}, done); });
    QVERIFY(children);
    QCOMPARE(*children, (QList<TransferId>{6, 5}));
    const auto rows = samples::answerOf<QList<TransferSnapshot>>([&](auto done) { return list.rows({6, 5}, done); });
    QVERIFY(rows);
    QCOMPARE(rows->last().confirmed, ByteCount(17));
    const auto runs = samples::answerOf<QList<RunSummary>>([&](auto done) { return list.runs({1}, done); });
    QVERIFY(runs);
    QCOMPARE(runs->first().transfers, 2);
    const auto parts = samples::answerOf<PartMap>([&](auto done) { return list.parts(6, done); });
    QVERIFY(parts);
    QCOMPARE(parts->parts, QList<PartStanding>{PartStanding::Queued});
}

void TestThreadedEngine::limitsAreKeptUntilThisProcessTakesOver()
{
    OtherProcess other(journal());
    EngineThread thread;
    ThreadedEngine engine(thread);
    ThreadedTransferList list(thread);
    thread.start(choicesFor(journal()));
    QTRY_COMPARE(thread.standing().state, State::Attached);
    QVERIFY(samples::answerOf<void>([&](auto done) { return engine.setLimits({.slots = 2, .bandwidth = {}}, done); }));
    const auto moved = samples::answerOf<int>([&](auto done) { return engine.move(QueueMove::Top, {1}, done); });
    QVERIFY(!moved);
    QCOMPARE(moved.error().kind, ErrorKind::InvalidRequest);
    // A question that the other process leaves open is answered by our own journal.
    std::optional<Result<ListCounts>> counts;
    const CallHandle asked = list.counts([&](const Result<ListCounts> &result) { counts = result; });
    QTRY_COMPARE(other.engine.lists.size(), 1);
    other.end();
    QTRY_VERIFY(counts);
    QVERIFY(*counts);
    QCOMPARE(thread.standing().state, State::Here);
    QVERIFY(samples::answerOf<int>([&](auto done) { return engine.move(QueueMove::Top, {1}, done); }));
}

void TestThreadedEngine::callMadeDuringShutDownIsSilent()
{
    EngineThread thread;
    ThreadedEngine engine(thread);
    thread.start(choicesFor(journal()));
    QTRY_COMPARE(thread.standing().state, State::Here);
    bool isStopped = false;
    engine.shutdown([&] { isStopped = true; });
    const CallHandle late = engine.list(0, 10, [](const Result<QList<TransferSnapshot>> &) { QFAIL("the engine is gone"); });
    QTRY_VERIFY(isStopped);
}

void TestThreadedEngine::survivesItsEndAtAnyMoment()
{
    std::mt19937 random(20'261'121);
    for (int round = 0; round < 60; ++round) {
        auto thread = std::make_unique<EngineThread>();
        ThreadedEngine engine(*thread);
        thread->start(choicesFor(journal()));
        std::vector<CallHandle> calls;
        bool isStopped = false;
        for (int step = static_cast<int>(random() % 8); step > 0; --step) {
            switch (random() % 4) {
            case 0: calls.push_back(engine.put(missingFile(), [](const Result<RunId> &) {})); break;
            case 1: calls.push_back(engine.list(0, 10, [](const Result<QList<TransferSnapshot>> &) {})); break;
            case 2: calls.push_back(engine.resume(0, [](const Result<ResumeAnswer> &) {})); break;
            case 3: QCoreApplication::processEvents(QEventLoop::AllEvents, static_cast<int>(random() % 20)); break;
            }
        }
        if (random() % 2 == 0)
            calls.clear();
        if (random() % 3 == 0)
            thread->stop([&] { isStopped = true; });
        if (random() % 2 == 0)
            QCoreApplication::processEvents();
        thread.reset();
    }
    QVERIFY(Composition::openJournal(journal()));
}

QTEST_GUILESS_MAIN(TestThreadedEngine)
#include "test_threaded_engine.moc"
