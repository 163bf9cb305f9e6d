#include "tests/unit/transfer/EngineBench.h"

#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;
using Way = FakeUploadScript::Way;

/// Commands, repeats, restarts: what runs, what is left alone, and how each command ends.
class TestEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void putUploadsEveryFileAndEnds();
    void aRunIsEndedOnDiskBeforeAnybodyIsTold();
    void aFolderWithoutRecursiveIsAUsageError();
    void severalSourcesNeedAPrefix();
    void aMissingSourceFailsAloneAndSaysSo();
    void theSameCommandSkipsWhatIsDoneAndTriesWhatFailed();
    void theSameCommandAfterItsEndUploadsAnew();
    void aChangedSourceIsUploadedAgainByTheSameCommand();
    void otherOptionsComeFromTheNewCall();
    void aKilledRunIsCarriedOnWithItsUploadId();
    void nothingStartsWithoutACommand();
    void resumeCarriesOnEverythingAndEndsOnce();
    void resumeOfOneLeavesTheOthers();
    void resumeFinishesAnInterruptedWalk();
    void resumeOfAnUnknownTransferIsNoSuchKey();
    void eachResumeEndsUnderItsOwnName();
    void connectionsOfWhatRestsAreTold();
    void aSecondSourceForOneKeyIsRefused();
    void aSecondPutOfTheSameCommandJoinsTheRunningOne();
    void anUnfinishedTransferOfAnotherCommandGivesWay();
    void aRunningTransferToTheSameKeyIsNotDisturbed();
    void aNameThatIsNotUtf8FailsUnlessRawNames();
    void patternsDecideWhatIsUploaded();
    void problemsOfTheWalkFailOneFileEach();
    void aLinkThatIsNotFollowedIsOnlyMentioned();
    void ordersAndWindowHoldForAHundredThousandFiles();
    void aHopelessRunStopsEarly();
    void missingCredentialsRefuseTheCommand();
    void everythingRefusedByTheServiceIsTold();
    void realUploadersBringAFolderToTheStore();
    void whatWasLearntOfAnEndpointServesTheNextProcess();

private:
    CryptoLibrary m_crypto;
};

void TestEngine::putUploadsEveryFileAndEnds()
{
    EngineBench bench;
    const RunOutcome outcome = bench.putToEnd(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    QCOMPARE(bench.ended.size(), 1);
    QCOMPARE(outcome.summary.completed, 2);
    QCOMPARE(outcome.summary.bytes.value(), 14);
    QCOMPARE(bench.uploaders.startedKeys(), (QList<QByteArray>{"x/a", "x/b"}));
    QCOMPARE(bench.eventsOf<QueuedEvent>().size(), 2);
    QCOMPARE(bench.eventsOf<CompletedEvent>().size(), 2);
    QVERIFY(std::holds_alternative<SummaryEvent>(bench.events.last().body));
}

void TestEngine::aRunIsEndedOnDiskBeforeAnybodyIsTold()
{
    EngineBench bench;
    bool wasEnded = false;
    QObject::connect(bench.engine.get(), &EngineClient::runEnded, bench.engine.get(), [&](RunId run) {
        wasEnded = bench.journal.runs.at(run).ended.has_value();
    });
    bench.putToEnd(bench.command({bench.file("a")}, "a"));
    QVERIFY(wasEnded);
}

void TestEngine::aFolderWithoutRecursiveIsAUsageError()
{
    EngineBench bench;
    bench.put(bench.command({bench.folder()}, "x/"));
    bench.scheduler.runDue();
    QVERIFY(bench.accepted && !*bench.accepted);
    QCOMPARE(bench.accepted->error().kind, ErrorKind::InvalidRequest);
    QVERIFY(bench.accepted->error().detail.contains(QLatin1String("-r")));
    QVERIFY(bench.journal.runs.empty());
}

void TestEngine::severalSourcesNeedAPrefix()
{
    EngineBench bench;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "one-key"));
    bench.scheduler.runDue();
    QVERIFY(bench.accepted && !*bench.accepted);
    QCOMPARE(bench.accepted->error().kind, ErrorKind::InvalidRequest);
}

void TestEngine::aMissingSourceFailsAloneAndSaysSo()
{
    EngineBench bench;
    const RunOutcome alone = bench.putToEnd(bench.command({bench.folder() + "/none"}, "x/"));
    QVERIFY(alone.onlySourceUnreadable);
    const RunOutcome among = bench.putToEnd(bench.command({bench.folder() + "/none", bench.file("a")}, "x/"));
    QCOMPARE(among.summary.completed, 1);
    QCOMPARE(among.summary.failed, 1);
    QVERIFY(!among.onlySourceUnreadable);
}

void TestEngine::theSameCommandSkipsWhatIsDoneAndTriesWhatFailed()
{
    EngineBench bench;
    const PutCommand command = bench.command({bench.file("a"), bench.file("b")}, "x/");
    bench.uploaders.scripts["x/b"] = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, {})};
    QCOMPARE(bench.putToEnd(command).summary.failed, 1);
    QVERIFY(!bench.journal.runs.at(1).ended);

    bench.uploaders.scripts.clear();
    bench.uploaders.started.clear();
    const RunOutcome again = bench.putToEnd(command);
    QCOMPARE(again.summary.completed, 1);
    QCOMPARE(again.summary.skipped, 1);
    QCOMPARE(bench.uploaders.startedKeys(), QList<QByteArray>{"x/b"});
    QCOMPARE(std::get<SkippedEvent>(bench.eventsOf<SkippedEvent>().first().body).reason, SkipReason::AlreadyCompleted);
    QCOMPARE(bench.journal.runs.size(), 1u);
    QVERIFY(bench.journal.runs.at(1).ended);
}

void TestEngine::theSameCommandAfterItsEndUploadsAnew()
{
    EngineBench bench;
    const PutCommand command = bench.command({bench.file("a")}, "x/");
    bench.putToEnd(command);
    QCOMPARE(bench.putToEnd(command).summary.completed, 1);
    QCOMPARE(bench.uploaders.started.size(), 2u);
    QCOMPARE(bench.journal.runs.size(), 2u);
}

void TestEngine::aChangedSourceIsUploadedAgainByTheSameCommand()
{
    EngineBench bench;
    const PutCommand command = bench.command({bench.file("a"), bench.file("b")}, "x/");
    bench.uploaders.scripts["x/b"] = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, {})};
    bench.putToEnd(command);
    bench.file("a", "longer content");
    bench.uploaders.scripts.clear();
    QCOMPARE(bench.putToEnd(command).summary.completed, 2);
}

void TestEngine::otherOptionsComeFromTheNewCall()
{
    EngineBench bench;
    PutCommand command = bench.command({bench.file("a")}, "x/");
    bench.uploaders.scripts["x/a"] = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, {})};
    bench.putToEnd(command);
    command.options.retries = 7;
    command.connection.id = "c2";  // the same endpoint with other credentials
    bench.uploaders.scripts.clear();
    bench.putToEnd(command);
    QCOMPARE(bench.uploaders.options.back().retries, std::optional(7));
    QCOMPARE(bench.uploaders.started.back().id, bench.uploaders.started.front().id);
    QCOMPARE(bench.uploaders.started.back().connectionId, QByteArray("c2"));
}

void TestEngine::aKilledRunIsCarriedOnWithItsUploadId()
{
    EngineBench bench;
    const PutCommand command = bench.command({bench.file("a")}, "x/");
    bench.uploaders.scripts["x/a"] = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(command);
    bench.scheduler.advance(1s);
    bench.uploaders.scripts.clear();
    bench.restart();
    const RunOutcome outcome = bench.putToEnd(command);
    QCOMPARE(outcome.summary.completed, 1);
    QCOMPARE(bench.uploaders.started.size(), 1u);
    QCOMPARE(bench.uploaders.started.front().uploadId, QByteArray("u1"));
    QCOMPARE(bench.uploaders.started.front().state, TransferState::Sending);
    QCOMPARE(bench.journal.runs.size(), 1u);
}

void TestEngine::nothingStartsWithoutACommand()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bench.restart();
    bench.scheduler.advance(1h);
    QVERIFY(bench.uploaders.started.empty());
}

void TestEngine::resumeCarriesOnEverythingAndEndsOnce()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.put(bench.command({bench.file("c")}, "y/"));
    bench.scheduler.advance(1s);
    bench.uploaders.otherwise.way = Way::Complete;
    bench.restart();
    std::optional<Result<ResumeAnswer>> answer;
    bench.calls.push_back(bench.engine->resume(0, [&](const Result<ResumeAnswer> &resumed) { answer = resumed; }));
    bench.scheduler.advance(5s);
    QCOMPARE((*answer)->count, 3);
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(bench.ended.first().first < 0);
    QCOMPARE(bench.ended.first().first, (*answer)->run);
    QCOMPARE(bench.ended.first().second.summary.completed, 3);
    QVERIFY(bench.journal.runs.at(1).ended && bench.journal.runs.at(2).ended);
}

void TestEngine::resumeOfOneLeavesTheOthers()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(1s);
    bench.uploaders.otherwise.way = Way::Complete;
    bench.restart();
    bench.calls.push_back(bench.engine->resume(2, [](const Result<ResumeAnswer> &) {}));
    bench.scheduler.advance(5s);
    QCOMPARE(bench.uploaders.startedKeys(), QList<QByteArray>{"x/b"});
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY(!bench.journal.runs.at(1).ended);
}

void TestEngine::resumeFinishesAnInterruptedWalk()
{
    EngineBench bench;
    bench.fill(600);
    bench.put(bench.folderCommand());
    bench.journal.onDurable = [&bench](const JournalBatch &) {
        if (bench.journal.transfers.size() >= 256)
            bench.journal.onDurable = nullptr;
    };
    bench.scheduler.runUntil([&] { return !bench.journal.onDurable; });
    QVERIFY(bench.journal.transfers.size() < 600);
    bench.restart();
    bench.calls.push_back(bench.engine->resume(0, [](const Result<ResumeAnswer> &) {}));
    bench.scheduler.runUntil([&] { return !bench.ended.isEmpty(); });
    int done = 0;
    for (const auto &[id, record] : bench.journal.transfers)
        done += record.state == TransferState::Done ? 1 : 0;
    QCOMPARE(done, 600);
    QCOMPARE(bench.journal.transfers.size(), 600u);
    QCOMPARE(bench.ended.first().second.summary.failed, 0);
}

void TestEngine::resumeOfAnUnknownTransferIsNoSuchKey()
{
    EngineBench bench;
    std::optional<Result<ResumeAnswer>> answer;
    bench.calls.push_back(bench.engine->resume(99, [&](const Result<ResumeAnswer> &resumed) { answer = resumed; }));
    bench.scheduler.advance(1s);
    QVERIFY(answer && !*answer);
    QCOMPARE(answer->error().kind, ErrorKind::NoSuchKey);
}

void TestEngine::eachResumeEndsUnderItsOwnName()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a"), bench.file("b")}, "x/"));
    bench.scheduler.advance(1s);
    bench.restart();
    QList<RunId> names;
    const auto keepName = [&names](const Result<ResumeAnswer> &resumed) { names.append(resumed->run); };
    bench.calls.push_back(bench.engine->resume(1, keepName));
    bench.scheduler.advance(1s);
    bench.uploaders.otherwise.way = Way::Complete;
    bench.calls.push_back(bench.engine->resume(2, keepName));
    bench.scheduler.advance(5s);
    QCOMPARE(names.size(), 2);
    QVERIFY(names[0] != names[1]);
    QCOMPARE(bench.ended.size(), 1);
    QVERIFY2(bench.ended.first().first == names[1], "the first one's upload still hangs");
}

void TestEngine::connectionsOfWhatRestsAreTold()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    PutCommand other = bench.command({bench.file("b")}, "y");
    other.connection.id = "other";
    bench.put(bench.command({bench.file("a")}, "x"));
    bench.put(other);
    bench.scheduler.advance(1s);
    bench.restart();
    QList<QByteArray> all, one;
    const auto idsInto = [](QList<QByteArray> &ids) {
        return [&ids](const Result<QList<ConnectionRecord>> &found) {
            for (const ConnectionRecord &connection : *found)
                ids.append(connection.id);
        };
    };
    bench.calls.push_back(bench.engine->connections({}, idsInto(all)));
    bench.calls.push_back(bench.engine->connections({2}, idsInto(one)));
    bench.scheduler.advance(1s);
    QCOMPARE(all.size(), 2);
    QCOMPARE(one, QList<QByteArray>{"other"});
}

void TestEngine::aSecondSourceForOneKeyIsRefused()
{
    EngineBench bench;
    QVERIFY(QDir(QFile::decodeName(bench.folder())).mkdir(QStringLiteral("other")));
    const PutCommand command = bench.command({bench.file("a"), bench.file("other/a", "second")}, "x/");
    const RunOutcome outcome = bench.putToEnd(command);
    QCOMPARE(outcome.summary.completed, 1);
    QCOMPARE(outcome.summary.failed, 1);
    QCOMPARE(bench.uploaders.started.size(), 1u);
    QVERIFY(bench.uploaders.started.front().sourcePath.endsWith("/a"));
    QVERIFY(!bench.uploaders.started.front().sourcePath.contains("/other/"));
    // and again when the first is already done
    QCOMPARE(bench.putToEnd(command).summary.failed, 1);
    QCOMPARE(bench.uploaders.started.size(), 1u);
}

void TestEngine::aSecondPutOfTheSameCommandJoinsTheRunningOne()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    const PutCommand command = bench.command({bench.file("a")}, "x/");
    bench.put(command);
    bench.scheduler.advance(1s);
    bench.put(command);
    bench.scheduler.advance(1s);
    QCOMPARE(bench.accepted->value(), 1);
    QCOMPARE(bench.uploaders.started.size(), 1u);
}

void TestEngine::anUnfinishedTransferOfAnotherCommandGivesWay()
{
    EngineBench bench;
    bench.uploaders.scripts["k"] = {.way = Way::Hang, .uploadId = "u1"};
    bench.put(bench.command({bench.file("a")}, "k"));
    bench.scheduler.advance(1s);
    bench.uploaders.scripts.clear();
    bench.restart();
    bench.provider.store->model.uploads["u1"].object = {"b", "k"};
    const RunOutcome outcome = bench.putToEnd(bench.command({bench.file("other")}, "k"));
    QCOMPARE(outcome.summary.completed, 1);
    QCOMPARE(bench.stateOf(1), TransferState::Cancelled);
    QVERIFY(bench.provider.store->model.uploads.empty());
    bench.scheduler.advance(1s);
    QVERIFY(bench.journal.orphans.empty());
}

void TestEngine::aRunningTransferToTheSameKeyIsNotDisturbed()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.put(bench.command({bench.file("a")}, "k"));
    bench.scheduler.advance(1s);
    const RunOutcome outcome = bench.putToEnd(bench.command({bench.file("other")}, "k"));
    QCOMPARE(outcome.summary.failed, 1);
    QCOMPARE(bench.uploaders.started.size(), 1u);
    QVERIFY(bench.uploaders.stopped.isEmpty());
}

void TestEngine::aNameThatIsNotUtf8FailsUnlessRawNames()
{
    EngineBench bench;
    ScannedFile odd = bench.scanned("caf\xe9");
    odd.isUtf8 = false;
    bench.folders[bench.folder()] = {odd, bench.scanned("fine")};
    PutCommand command = bench.folderCommand();
    RunOutcome outcome = bench.putToEnd(command);
    QCOMPARE(outcome.summary.failed, 1);
    QCOMPARE(outcome.summary.completed, 1);
    QVERIFY(std::get<FailedEvent>(bench.eventsOf<FailedEvent>().first().body).error.detail.contains(QLatin1String("--raw-names")));
    command.options.rawNames = true;
    outcome = bench.putToEnd(command);
    QCOMPARE(outcome.summary.completed, 1);
    QCOMPARE(bench.uploaders.started.back().object.key, QByteArray("x/caf\xe9"));
}

void TestEngine::patternsDecideWhatIsUploaded()
{
    EngineBench bench;
    bench.folders[bench.folder()] = {bench.scanned("a.txt"), bench.scanned("deep/b.jpg"), bench.scanned("c.jpg")};
    PutCommand command = bench.folderCommand();
    command.options.filters = {{NameFilter::Effect::Exclude, "*"}, {NameFilter::Effect::Include, "*.jpg"}};
    QCOMPARE(bench.putToEnd(command).summary.completed, 2);
    QCOMPARE(bench.uploaders.startedKeys(), (QList<QByteArray>{"x/deep/b.jpg", "x/c.jpg"}));
    QVERIFY(bench.eventsOf<SkippedEvent>().isEmpty());
}

void TestEngine::problemsOfTheWalkFailOneFileEach()
{
    EngineBench bench;
    bench.folders[bench.folder()] = {bench.scanned("a")};
    bench.problems[bench.folder()] = {{bench.folder() + "/fifo", Error::make(ErrorKind::SourceUnreadable, {}), ScanObstacle::NotAFile}};
    const RunOutcome outcome = bench.putToEnd(bench.folderCommand());
    QCOMPARE(outcome.summary.failed, 1);
    QCOMPARE(outcome.summary.completed, 1);
    QVERIFY(!bench.journal.runs.at(1).ended);
}

void TestEngine::aLinkThatIsNotFollowedIsOnlyMentioned()
{
    EngineBench bench;
    bench.folders[bench.folder()] = {bench.scanned("a")};
    bench.problems[bench.folder()] = {{bench.folder() + "/link", Error{}, ScanObstacle::SymlinkNotFollowed}};
    const RunOutcome outcome = bench.putToEnd(bench.folderCommand());
    QCOMPARE(outcome.summary.failed, 0);
    QCOMPARE(bench.eventsOf<NoticeEvent>().size(), 1);
    QVERIFY(bench.journal.runs.at(1).ended);
}

void TestEngine::ordersAndWindowHoldForAHundredThousandFiles()
{
    EngineBench bench;
    bench.uploaders.otherwise.way = Way::Hang;
    bench.fill(100'000);
    bench.put(bench.folderCommand());
    bench.scheduler.advance(10s);
    // The walk rests although nothing moves: the line is full, and the first files have long begun.
    QVERIFY(bench.journal.transfers.size() >= static_cast<size_t>(RunIntake::kEnoughInLine));
    QVERIFY(bench.journal.transfers.size() < static_cast<size_t>(RunIntake::kEnoughInLine) + 2'000);
    QCOMPARE(bench.uploaders.startedKeys().first(), QByteArray("x/0"));
    QVERIFY(bench.uploaders.mostAlive <= 2 * 4 + RunningUploads::kSmallWindow);

    bench.restart();
    bench.uploaders.otherwise.way = Way::Complete;
    bench.uploaders.mostAlive = 0;
    const int before = bench.journal.commitCalls;
    const RunOutcome outcome = bench.putToEnd(bench.folderCommand());
    QCOMPARE(outcome.summary.completed, 100'000);
    QVERIFY(bench.uploaders.mostAlive <= 2 * (2 * 4 + RunningUploads::kSmallWindow));  // the ended ones go a turn later
    // One commit per uploaded file (the uploader's), and the rows ahead in groups of 256.
    QVERIFY(bench.journal.commitCalls - before < 100'000 + 100'000 / 200);
    QVERIFY(bench.journal.runs.at(1).ended);
}

void TestEngine::aHopelessRunStopsEarly()
{
    EngineBench bench;
    bench.fill(5'000);
    bench.uploaders.otherwise = {.way = Way::Fail, .error = Error::make(ErrorKind::NoSuchBucket, {})};
    const RunOutcome outcome = bench.putToEnd(bench.folderCommand());
    QVERIFY(outcome.everythingRefusedByService);
    QVERIFY(bench.uploaders.started.size() < 200);
    QVERIFY(bench.uploaders.started.size() >= static_cast<size_t>(RunTally::kHopelessFailures));
    QVERIFY(!bench.journal.runs.at(1).ended);
}

void TestEngine::missingCredentialsRefuseTheCommand()
{
    EngineBench bench;
    bench.provider.error = Error::make(ErrorKind::CredentialsMissing, QStringLiteral("no profile"));
    bench.put(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.runDue();
    QVERIFY(bench.accepted && !*bench.accepted);
    QCOMPARE(bench.accepted->error().kind, ErrorKind::CredentialsMissing);
}

void TestEngine::everythingRefusedByTheServiceIsTold()
{
    EngineBench bench;
    bench.uploaders.otherwise = {.way = Way::Fail, .error = Error::make(ErrorKind::AccessDenied, {})};
    const PutCommand command = bench.command({bench.file("a"), bench.file("b")}, "x/");
    QVERIFY(bench.putToEnd(command).everythingRefusedByService);
    bench.uploaders.scripts["x/a"] = {};
    QVERIFY(!bench.putToEnd(command).everythingRefusedByService);
}

void TestEngine::realUploadersBringAFolderToTheStore()
{
    EngineBench bench;
    bench.usesRealUploaders = true;
    bench.restart();
    const RunOutcome outcome = bench.putToEnd(bench.command({bench.file("a", "alpha"), bench.file("empty", "")}, "x/"));
    QCOMPARE(outcome.summary.completed, 2);
    const FakeObject *object = bench.provider.store->model.object({"b", "x/a"});
    QVERIFY(object);
    QCOMPARE(object->content, QByteArray("alpha"));
    QVERIFY(bench.provider.store->model.object({"b", "x/empty"}));
    QCOMPARE(bench.provider.store->requestCount(), 2);
}

void TestEngine::whatWasLearntOfAnEndpointServesTheNextProcess()
{
    EngineBench bench;
    bench.usesRealUploaders = true;
    bench.restart();
    bench.provider.store->onRequest = [&](const FakeRequest &) { bench.provider.store->knownOffset = 1h; };  // its Date said so
    bench.putToEnd(bench.command({bench.file("a")}, "x/"));
    bench.scheduler.advance(1s);
    bench.provider.store = std::make_shared<FakeObjectStore>(bench.scheduler);
    bench.restart();
    bench.putToEnd(bench.command({bench.file("b")}, "x/"));
    QCOMPARE(bench.provider.store->clockOffset(), 1h);
    const EndpointRecord &kept = bench.journal.endpoints["https://s3.example.net"];
    QVERIFY(kept.hasAnswered);
    QCOMPARE(kept.clockOffset, 1h);
    QCOMPARE(kept.checksum, ChecksumAlgorithm::Crc64Nvme);
}

QTEST_GUILESS_MAIN(TestEngine)
#include "test_engine.moc"
