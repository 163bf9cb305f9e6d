#include "app/gui/ActivityWatch.h"
#include "app/gui/ClosingQuestion.h"
#include "app/gui/TrayIcon.h"
#include "tests/support/fakes/FakeEngineClient.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QImage>
#include <QPainter>
#include <QSignalSpy>
#include <QTest>

using namespace packmule;
using namespace packmule::literals;

namespace {

struct Scene {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeEngineClient engine{scheduler};
    ActivityWatch watch{engine, scheduler};
    QSignalSpy changed{&watch, &ActivityWatch::changed};
    QSignalSpy lost{&watch, &ActivityWatch::networkLost}, back{&watch, &ActivityWatch::networkBack};

    void start(TransferId transfer, ByteCount size)
    {
        engine.tell(transfer, 1, QueuedEvent{size});
        engine.tell(transfer, 1, StartedEvent{.size = size, .partSize = {}, .uploadId = {}});
    }
    void progress(TransferId transfer, ByteCount confirmed, ByteCount size)
    {
        engine.tell(transfer, 1, ProgressEvent{.sent = confirmed, .confirmed = confirmed, .size = size, .rate = 1000, .eta = {}});
    }
    void wait(TransferId transfer, WaitReason reason) { engine.tell(transfer, 1, WaitingEvent{.reason = reason, .error = {}, .until = {}}); }
    const Activity &settled()
    {
        scheduler.advance(ActivityWatch::kBetweenChanges);
        return watch.activity();
    }
    TrayState state() { return TrayIcon::stateOf(settled()); }
};

}  // namespace

class TestActivity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void progressIsOfAllThatWasBegun()
    {
        Scene scene;
        scene.start(1, 100_MiB);
        scene.engine.tell(2, 1, QueuedEvent{100_MiB});
        scene.progress(1, 50_MiB, 100_MiB);
        QCOMPARE(scene.settled().percent, std::optional(25));
        QCOMPARE(scene.watch.activity().active, 1);
        QCOMPARE(scene.watch.activity().queued, 1);
        scene.engine.tell(1, 1, CompletedEvent{.size = 100_MiB, .eTag = {}, .checksum = {}, .bytesSent = {}});
        QCOMPARE(scene.settled().percent, std::optional(50));
    }

    void aHundredPerCentIsSaidByTheEndAlone()
    {
        Scene scene;
        scene.start(1, 1_MiB);
        scene.progress(1, 1_MiB, 1_MiB);
        QCOMPARE(scene.settled().percent, std::optional(99));
        scene.engine.tell(1, 1, CompletedEvent{.size = 1_MiB, .eTag = {}, .checksum = {}, .bytesSent = {}});
        QCOMPARE(scene.settled().percent, std::nullopt);
        QVERIFY(!scene.watch.activity().isBusy());
    }

    void manyEventsAreOneChange()
    {
        Scene scene;
        for (int i = 1; i <= 1000; ++i)
            scene.engine.tell(i, 1, QueuedEvent{1_MiB});
        scene.settled();
        QCOMPARE(scene.changed.size(), 1);
    }

    void networkIsLostWhenNothingMovesAndBackWithTheFirstByte()
    {
        Scene scene;
        scene.start(1, 1_MiB);
        scene.start(2, 1_MiB);
        scene.wait(1, WaitReason::Network);
        scene.settled();
        QCOMPARE(scene.lost.size(), 0);  // the other one moves
        scene.wait(2, WaitReason::Network);
        scene.settled();
        QCOMPARE(scene.lost.size(), 1);
        QVERIFY(!scene.watch.activity().isSending());
        QCOMPARE(scene.back.size(), 0);
        scene.progress(1, 1_KiB, 1_MiB);
        scene.progress(2, 1_KiB, 1_MiB);
        QCOMPARE(scene.back.size(), 1);
    }

    void theTrayTellsTheStateThatMatters()
    {
        Scene scene;
        QCOMPARE(scene.state(), TrayState::Idle);
        scene.start(1, 1_MiB);
        QCOMPARE(scene.state(), TrayState::Active);
        scene.wait(1, WaitReason::SourceBusy);
        QCOMPARE(scene.state(), TrayState::Waiting);
        scene.engine.tell(1, 1, PausedEvent{});
        QCOMPARE(scene.state(), TrayState::Paused);
        scene.engine.tell(1, 1, FailedEvent{.error = Error::make(ErrorKind::AccessDenied, {}), .advice = {}, .isResumable = true});
        QCOMPARE(scene.state(), TrayState::NeedsAttention);
        scene.watch.forgetAttention();
        QCOMPARE(scene.state(), TrayState::Idle);
    }

    void everyStateLooksDifferent()
    {
        QList<QImage> pictures;
        for (const auto state : {TrayState::Idle, TrayState::Active, TrayState::Paused, TrayState::Waiting, TrayState::NeedsAttention}) {
            const QImage picture = trayIcon(state, 42).pixmap(32, 32).toImage().convertToFormat(QImage::Format_Grayscale8);
            QVERIFY(!pictures.contains(picture));  // without colour too
            pictures.append(picture);
        }
    }

    void closingAsksOnlyWhileSomethingRuns_data()
    {
        using Occasion = ClosingQuestion::Occasion;
        using Answer = ClosingQuestion::Answer;
        using OnClose = AppSettings::OnClose;
        QTest::addColumn<Occasion>("occasion");
        QTest::addColumn<OnClose>("onClose");
        QTest::addColumn<bool>("isBusy");
        QTest::addColumn<Answer>("answer");
        QTest::newRow("idle") << Occasion::WindowClosed << OnClose::Ask << false << Answer::Quit;
        QTest::newRow("busy") << Occasion::WindowClosed << OnClose::Ask << true << Answer::Stay;
        QTest::newRow("remembered background") << Occasion::WindowClosed << OnClose::KeepRunning << true << Answer::KeepRunning;
        QTest::newRow("remembered quit") << Occasion::WindowClosed << OnClose::Quit << true << Answer::Quit;
        QTest::newRow("quit chosen all the same") << Occasion::QuitChosen << OnClose::KeepRunning << true << Answer::Stay;
        QTest::newRow("quit chosen, idle") << Occasion::QuitChosen << OnClose::Ask << false << Answer::Quit;
    }

    void closingAsksOnlyWhileSomethingRuns()
    {
        QFETCH(ClosingQuestion::Occasion, occasion);
        QFETCH(AppSettings::OnClose, onClose);
        QFETCH(bool, isBusy);
        QFETCH(ClosingQuestion::Answer, answer);
        QCOMPARE(ClosingQuestion::settledAnswer(occasion, onClose, isBusy), answer);
    }

    void withoutATrayTheQuestionSaysHowToComeBack()
    {
        const auto with = ClosingQuestion::question(ClosingQuestion::Occasion::WindowClosed, true, 2);
        const auto without = ClosingQuestion::question(ClosingQuestion::Occasion::WindowClosed, false, 2);
        QVERIFY(with.text.contains(QLatin1String("tray")));
        QVERIFY(without.text.contains(QLatin1String("start it again")));
        QCOMPARE(ClosingQuestion::answerOf({.choice = 0}), ClosingQuestion::Answer::Stay);
    }
};

QTEST_MAIN(TestActivity)
#include "test_activity.moc"
