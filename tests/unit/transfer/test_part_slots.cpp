#include "core/transfer/PartSlots.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QTest>

#include <vector>

using namespace packmule;

class TestPartSlots : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void grantsNoMoreThanItHas();
    void neverGrantsFromInsideACall();
    void takesTransfersInTurn();
    void givesASlotBackWithItsHandle();
    void forgetsWhoHungUp();
    void passesOverAnEndpointThatThrottles();
    void halvesOnceForPartsThatFailTogether();
    void survivesHandlesThatOutliveIt();
};

namespace {

/// Slots, and what was granted in which order.
struct Bench {
    FakeClock clock;
    FakeScheduler scheduler{clock};
    ParallelLimit endpoint;
    PartSlots slots{clock, scheduler, 4};
    QList<TransferId> granted;
    std::vector<CallHandle> handles;

    void ask(TransferId transfer, ParallelLimit &limit)
    {
        handles.push_back(slots.acquire(transfer, limit, [this, transfer] { granted.append(transfer); }));
    }
    void ask(TransferId transfer) { ask(transfer, endpoint); }
};

}  // namespace

void TestPartSlots::grantsNoMoreThanItHas()
{
    Bench bench;
    for (int i = 0; i < 6; ++i)
        bench.ask(1);
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.size(), 4);
    QCOMPARE(bench.slots.inFlight(), 4);
    bench.slots.setCount(5);
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.size(), 5);
}

void TestPartSlots::neverGrantsFromInsideACall()
{
    Bench bench;
    bench.ask(1);
    QVERIFY(bench.granted.isEmpty());
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.size(), 1);
}

void TestPartSlots::takesTransfersInTurn()
{
    Bench bench;
    bench.slots.setCount(1);
    for (const TransferId transfer : {1, 1, 1, 1, 2, 3})
        bench.ask(transfer);
    for (const size_t done : {0, 1, 4, 5, 2, 3}) {
        bench.scheduler.runDue();
        bench.handles[done].cancel();
    }
    QCOMPARE(bench.granted, QList<TransferId>({1, 1, 2, 3, 1, 1}));
}

void TestPartSlots::givesASlotBackWithItsHandle()
{
    Bench bench;
    for (int i = 0; i < 5; ++i)
        bench.ask(1);
    bench.ask(2);
    bench.scheduler.runDue();
    QCOMPARE(bench.granted, QList<TransferId>({1, 1, 1, 1}));
    bench.handles[0].cancel();
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.last(), 1);  // the fifth of transfer 1 was first in its turn
    bench.handles[1].cancel();
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.last(), 2);
    QCOMPARE(bench.slots.inFlight(), 4);
}

void TestPartSlots::forgetsWhoHungUp()
{
    Bench bench;
    for (int i = 0; i < 6; ++i)
        bench.ask(1);
    bench.handles[4].cancel();  // still waiting
    bench.handles[0].cancel();  // granted, not yet told
    bench.scheduler.runDue();
    QCOMPARE(bench.granted.size(), 4);
    QCOMPARE(bench.endpoint.inFlight, 4);
    bench.handles.clear();
    QCOMPARE(bench.endpoint.inFlight, 0);
    QCOMPARE(bench.slots.inFlight(), 0);
}

void TestPartSlots::passesOverAnEndpointThatThrottles()
{
    Bench bench;
    ParallelLimit other;
    bench.slots.noteThrottled(bench.endpoint);  // 4 → 2
    for (int i = 0; i < 4; ++i)
        bench.ask(1);
    bench.ask(2, other);
    bench.scheduler.runDue();
    QCOMPARE(bench.granted, QList<TransferId>({1, 1, 2}));
    bench.scheduler.advance(ParallelLimit::kCleanPeriod);  // one more after half a minute without
    bench.handles[0].cancel();
    bench.scheduler.runDue();
    QCOMPARE(bench.endpoint.inFlight, 3);
}

void TestPartSlots::halvesOnceForPartsThatFailTogether()
{
    Bench bench;
    for (int i = 0; i < 4; ++i)
        bench.slots.noteThrottled(bench.endpoint);
    QCOMPARE(bench.endpoint.allowed(bench.clock.now(), 4), 2);
    bench.scheduler.advance(ParallelLimit::kDeafPeriod);
    bench.slots.noteThrottled(bench.endpoint);
    bench.scheduler.advance(ParallelLimit::kDeafPeriod);
    bench.slots.noteThrottled(bench.endpoint);
    QCOMPARE(bench.endpoint.allowed(bench.clock.now(), 4), 1);
    bench.scheduler.advance(std::chrono::minutes(10));
    QCOMPARE(bench.endpoint.allowed(bench.clock.now(), 4), 4);
}

void TestPartSlots::survivesHandlesThatOutliveIt()
{
    FakeClock clock;
    FakeScheduler scheduler{clock};
    ParallelLimit endpoint;
    CallHandle late;
    {
        PartSlots slots(clock, scheduler, 1);
        late = slots.acquire(1, endpoint, [] {});
    }
    late.cancel();
    QCOMPARE(scheduler.pending(), 0);
}

QTEST_GUILESS_MAIN(TestPartSlots)
#include "test_part_slots.moc"
