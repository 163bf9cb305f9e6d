#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"
#include "tests/support/fakes/FakeTransferList.h"
#include "tests/support/fakes/FakeUserPrompts.h"
#include "ui/uploads/TransferCommands.h"

#include <QSignalSpy>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

namespace {

using Change = std::pair<QueueVerb, QList<TransferId>>;

struct Scene {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeTransferList list{scheduler};
    FakeEngineClient engine{scheduler};
    FakeUserPrompts prompts;
    TransferCommands commands{engine, list, prompts, scheduler};

    Scene()
    {
        list.add(1, 1, "/d/a", TransferState::Sending);
        list.add(2, 2, "/d/b", TransferState::Done);
        list.add(3, 3, "/d/c", TransferState::NeedsAttention);
        list.add(4, 9, "/d/x/1", TransferState::Queued);
        list.add(5, 9, "/d/x/2", TransferState::Done);
    }
};

}  // namespace

class TestTransferCommands : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pausesTransfersAndWholeRuns();
    void startsByResumingAndCarryingOnEach();
    void retriesAllThatNeedAttention();
    void clearsOnlyWhatHasEnded();
    void neverSendsAnEmptyListWhichWouldMeanAll();
    void removalIsAskedForAndKeepsEverythingByDefault();
    void removalThatKeepsThePartsWaitsTenSeconds();
    void removalCanBeUndone();
    void removalIsCarriedOutWhenTheWindowCloses();
    void removalOfThePartsCannotBeUndoneAndIsDoneAtOnce();
    void saysInASentenceWhatWentWrong();
};

void TestTransferCommands::pausesTransfersAndWholeRuns()
{
    Scene scene;
    scene.commands.pause({{1}, {9}}, {});
    scene.scheduler.runDue();
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::Pause, {1, 5, 4}}}));
}

void TestTransferCommands::startsByResumingAndCarryingOnEach()
{
    Scene scene;
    scene.commands.start({{1, 3}, {}}, {});
    scene.scheduler.runDue();
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::Resume, {1, 3}}}));
    QCOMPARE(scene.engine.resumed, (QList<TransferId>{1, 3}));
}

void TestTransferCommands::retriesAllThatNeedAttention()
{
    Scene scene;
    scene.commands.retryAll();
    scene.scheduler.runDue();
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::Retry, {3}}}));
    QCOMPARE(scene.engine.resumed, QList<TransferId>{3});
}

void TestTransferCommands::clearsOnlyWhatHasEnded()
{
    Scene scene;
    scene.commands.clearFinished();
    scene.scheduler.runDue();
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::Remove, {5, 2}}}));
}

void TestTransferCommands::neverSendsAnEmptyListWhichWouldMeanAll()
{
    Scene scene;
    scene.list.remove(3);
    scene.commands.retryAll();
    scene.commands.pause({}, {});
    scene.commands.remove({{}, {77}}, {});
    scene.scheduler.runDue();
    QVERIFY(scene.engine.changes.isEmpty());
    QVERIFY(scene.prompts.questions.isEmpty());
}

void TestTransferCommands::removalIsAskedForAndKeepsEverythingByDefault()
{
    Scene scene;
    scene.commands.remove({{1}, {}}, {});
    QCOMPARE(scene.prompts.questions.size(), 1);
    scene.prompts.answer(0);
    scene.scheduler.advance(1min);
    QCOMPARE(scene.prompts.questions.first().choices.size(), 3);
    QVERIFY(scene.engine.changes.isEmpty());
    QVERIFY(scene.commands.hidden().isEmpty());
}

void TestTransferCommands::removalThatKeepsThePartsWaitsTenSeconds()
{
    Scene scene;
    QSignalSpy offers(&scene.commands, &TransferCommands::undoOffered);
    scene.commands.remove({{1}, {}}, {});
    scene.prompts.answer(1);
    QCOMPARE(scene.commands.hidden(), QSet<TransferId>{1});
    scene.scheduler.advance(9s);
    QVERIFY(scene.engine.changes.isEmpty());
    scene.scheduler.advance(1s);
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::RemoveKeepingUpload, {1}}}));
    QVERIFY(scene.commands.hidden().isEmpty());
    QCOMPARE(offers.size(), 2);
    QCOMPARE(offers.last().first().toInt(), 0);
}

void TestTransferCommands::removalCanBeUndone()
{
    Scene scene;
    scene.commands.remove({{1, 2}, {}}, {});
    scene.prompts.answer(1);
    scene.scheduler.advance(5s);
    scene.commands.undoRemoval();
    scene.scheduler.advance(1min);
    QVERIFY(scene.engine.changes.isEmpty());
    QVERIFY(scene.commands.hidden().isEmpty());
}

void TestTransferCommands::removalIsCarriedOutWhenTheWindowCloses()
{
    Scene scene;
    scene.commands.remove({{1}, {}}, {});
    scene.prompts.answer(1);
    scene.commands.finishRemoval();
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::RemoveKeepingUpload, {1}}}));
    scene.scheduler.advance(1min);
    QCOMPARE(scene.engine.changes.size(), 1);
}

void TestTransferCommands::removalOfThePartsCannotBeUndoneAndIsDoneAtOnce()
{
    Scene scene;
    scene.commands.remove({{1}, {}}, {});
    scene.prompts.answer(2);
    QCOMPARE(scene.engine.changes, (QList<Change>{{QueueVerb::Remove, {1}}}));
    QVERIFY(scene.commands.hidden().isEmpty());
}

void TestTransferCommands::saysInASentenceWhatWentWrong()
{
    Scene scene;
    QSignalSpy said(&scene.commands, &TransferCommands::said);
    scene.engine.failure = Error::make(ErrorKind::JournalUnavailable, QStringLiteral("disk I/O error"));
    scene.commands.pauseAll();
    scene.scheduler.runDue();
    QCOMPARE(said.size(), 1);
    QVERIFY(said.first().first().toString().startsWith(QStringLiteral("The list of transfers cannot be written just now.")));
}

QTEST_MAIN(TestTransferCommands)
#include "test_transfer_commands.moc"
