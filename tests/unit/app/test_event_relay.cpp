#include "app/gui/EventRelay.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QTest>

using namespace packmule;

namespace {

TransferEvent progress(TransferId transfer, qint64 sent)
{
    return {.time = {}, .run = 1, .transfer = transfer, .source = {}, .object = {},
            .body = ProgressEvent{.sent = ByteCount(sent), .confirmed = {}, .size = {}, .rate = 0, .eta = {}}};
}

TransferEvent paused(TransferId transfer)
{
    return {.time = {}, .run = 1, .transfer = transfer, .source = {}, .object = {}, .body = PausedEvent{}};
}

/// The window's side: remembers what arrived, and has looked at it when the test says so.
struct Window {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    QList<TransferEvent> events;
    QList<qsizetype> slices;
    QByteArray order;
    int sent = 0;
    EventRelay relay{scheduler, {.onSlice = [this](QList<TransferEvent> slice) { slices.append(slice.size()); events += slice; order += 's'; },
                                 .onRunEnded = [this](RunId, const RunOutcome &) { order += 'e'; },
                                 .onSent = [this] { ++sent; }}};
};

}  // namespace

class TestEventRelay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gathersForAMoment()
    {
        Window window;
        window.relay.add(paused(1));
        window.relay.add(paused(2));
        window.scheduler.advance(EventRelay::kGathering - Milliseconds{1});
        QVERIFY(window.events.isEmpty());
        window.scheduler.advance(Milliseconds{1});
        QCOMPARE(window.events.size(), 2);
        QCOMPARE(window.slices, QList<qsizetype>{2});
    }

    void onlyTheLastProgressOfATransferArrives()
    {
        Window window;
        for (int i = 1; i <= 10'000; ++i)
            window.relay.add(progress(i % 4, i));
        window.scheduler.advance(EventRelay::kGathering);
        QCOMPARE(window.events.size(), 4);
        QCOMPARE(std::get<ProgressEvent>(window.events.last().body).sent, ByteCount(10'000));
    }

    void progressDoesNotOvertakeAState()
    {
        Window window;
        window.relay.add(progress(1, 10));
        window.relay.add(paused(1));
        window.relay.add(progress(1, 20));
        window.scheduler.advance(EventRelay::kGathering);
        QCOMPARE(window.events.size(), 3);
        QCOMPARE(std::get<ProgressEvent>(window.events[0].body).sent, ByteCount(10));
        QVERIFY(std::holds_alternative<PausedEvent>(window.events[1].body));
    }

    void manyEventsComeInSlices()
    {
        Window window;
        for (int i = 0; i < 150; ++i)
            window.relay.add(paused(i));
        window.scheduler.advance(EventRelay::kGathering);
        QCOMPARE(window.slices, (QList<qsizetype>{64, 64, 22}));
        QCOMPARE(window.events.last().transfer, 149);
    }

    void windowThatHasNotLookedIsNotSentMore()
    {
        Window window;
        window.relay.add(progress(1, 1));
        window.scheduler.advance(EventRelay::kGathering);
        for (int i = 2; i <= 1000; ++i)
            window.relay.add(progress(1, i));
        window.scheduler.advance(std::chrono::seconds(10));
        QCOMPARE(window.events.size(), 1);
        window.relay.taken();
        window.scheduler.advance(EventRelay::kGathering);
        QCOMPARE(window.events.size(), 2);
        QCOMPARE(std::get<ProgressEvent>(window.events[1].body).sent, ByteCount(1000));
    }

    void runEndComesBehindItsEvents()
    {
        Window window;
        window.relay.add(paused(1));
        window.relay.addRunEnd(1, {});
        QCOMPARE(window.order, QByteArray("se"));
    }

    void flushSendsAtOnce()
    {
        Window window;
        window.relay.flush();
        QCOMPARE(window.sent, 0);
        window.relay.add(paused(1));
        window.relay.flush();
        QCOMPARE(window.events.size(), 1);
        window.scheduler.advance(EventRelay::kGathering);
        QCOMPARE(window.sent, 1);
    }
};

QTEST_GUILESS_MAIN(TestEventRelay)
#include "test_event_relay.moc"
