#include "core/base/ThreadBridge.h"

#include <QCoreApplication>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <atomic>
#include <memory>
#include <random>

using namespace packmule;

namespace {

/// Lives there: answers later, or when it is told to.
struct Oracle {
    QtScheduler scheduler;
    std::function<void(int)> held;

    CallHandle doubled(int value, std::function<void(int)> done)
    {
        return scheduler.after(Milliseconds{0}, [value, done = std::move(done)] { done(2 * value); });
    }
    CallHandle hold(std::function<void(int)> done, std::atomic<int> &cancelled)
    {
        held = std::move(done);
        return CallHandle([&cancelled] { ++cancelled; });
    }
};

/// A thread with an oracle on it, put up and taken down as the engine's is.
struct Bench {
    QThread thread;
    std::unique_ptr<Oracle> oracle;   // there
    ThreadBridge bridge;

    Bench()
    {
        bridge.moveTo(thread);
        bridge.post([this] { oracle = std::make_unique<Oracle>(); });
        thread.start();
    }
    ~Bench()
    {
        bridge.post([this] {
            bridge.dropCalls();
            oracle.reset();
            QThread::currentThread()->quit();
        });
        thread.wait();
        bridge.meet();
    }
    CallHandle doubled(int value, std::function<void(int)> done)
    {
        return bridge.call<int>([this, value](ThreadBridge::Answer<int> answer) { return oracle->doubled(value, std::move(answer)); },
                                std::move(done));
    }
};

}  // namespace

class TestThreadBridge : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersOnTheCallersThread()
    {
        Bench bench;
        int answer = 0;
        QThread *answered = nullptr;
        const CallHandle call = bench.doubled(21, [&](int value) {
            answer = value;
            answered = QThread::currentThread();
        });
        QCOMPARE(answer, 0);
        QTRY_COMPARE(answer, 42);
        QCOMPARE(answered, QThread::currentThread());
    }

    void answersComeInTheOrderInWhichTheyWereGiven()
    {
        Bench bench;
        QList<int> answers;
        std::vector<CallHandle> calls;
        for (int i = 0; i < 100; ++i)
            calls.push_back(bench.doubled(i, [&](int value) { answers.append(value); }));
        QTRY_COMPARE(answers.size(), 100);
        QVERIFY(std::ranges::is_sorted(answers));
    }

    void droppedHandleIsSilentAndCancelsThere()
    {
        Bench bench;
        std::atomic<int> cancelled = 0;
        CallHandle call = bench.bridge.call<int>(
            [&](ThreadBridge::Answer<int> answer) { return bench.oracle->hold(std::move(answer), cancelled); },
            [](int) { QFAIL("it was cancelled"); });
        call.cancel();
        QTRY_COMPARE(cancelled.load(), 1);
        // Even an answer that is on its way already is not told.
        bench.bridge.post([&] { bench.oracle->held(1); });
        int later = 0;
        const CallHandle after = bench.doubled(1, [&](int value) { later = value; });
        QTRY_COMPARE(later, 2);
    }

    void answerMayDropItsHandleAndCallAgain()
    {
        Bench bench;
        int second = 0;
        CallHandle call;
        call = bench.doubled(1, [&](int value) { call = bench.doubled(value, [&](int again) { second = again; }); });
        QTRY_COMPARE(second, 4);
    }

    void answerMayDestroyTheBridge()
    {
        auto bench = std::make_unique<Bench>();
        bool isGone = false;
        const CallHandle call = bench->doubled(1, [&](int) {
            bench.reset();
            isGone = true;
        });
        const CallHandle behind = bench->doubled(2, [](int) { QFAIL("its bridge is gone"); });
        QTRY_VERIFY(isGone);
    }

    void handleMayOutliveTheBridge()
    {
        CallHandle call;
        {
            Bench bench;
            call = bench.doubled(1, [](int) { QFAIL("nobody is there to answer"); });
        }
        call.cancel();
        QCoreApplication::sendPostedEvents();
    }

    void callsUnderWayAreDroppedThereBeforeTheirObjects()
    {
        std::atomic<int> cancelled = 0;
        CallHandle call;
        {
            Bench bench;
            call = bench.bridge.call<int>(
                [&](ThreadBridge::Answer<int> answer) { return bench.oracle->hold(std::move(answer), cancelled); }, [](int) {});
        }
        QCOMPARE(cancelled.load(), 1);
    }

    void whatGoesAheadArrivesBeforeTheAnswer()
    {
        Bench bench;
        QByteArray order;
        bench.bridge.post([&] {
            bench.bridge.beforeAnswer = [&] { bench.bridge.postBack([&] { order += 'e'; }); };
        });
        const CallHandle call = bench.doubled(1, [&](int) { order += 'a'; });
        QTRY_COMPARE(order, QByteArray("ea"));
    }

    /// A flood from there leaves room for the loop's other events here: a zero timer fires in between.
    void floodLetsTheLoopGoOn()
    {
        Bench bench;
        constexpr int kFlood = 20'000;
        int arrived = 0, turnsBetween = 0;
        QTimer timer;
        connect(&timer, &QTimer::timeout, this, [&] { turnsBetween += arrived > 0 && arrived < kFlood ? 1 : 0; });
        timer.start(0);
        bench.bridge.post([&] {
            for (int i = 0; i < kFlood; ++i)
                bench.bridge.postBack([&] { arrived += QByteArray(1000, 'x').count('x') / 1000; });
        });
        QTRY_COMPARE(arrived, kFlood);
        QVERIFY(turnsBetween > 0);
    }

    void survivesItsEndAtAnyMoment()
    {
        std::mt19937 random(20'261'121);
        for (int round = 0; round < 200; ++round) {
            auto bench = std::make_unique<Bench>();
            std::vector<CallHandle> calls;
            int answered = 0;
            const int count = static_cast<int>(random() % 40);
            for (int i = 0; i < count; ++i) {
                calls.push_back(bench->doubled(i, [&](int) { ++answered; }));
                if (random() % 3 == 0)
                    calls[random() % calls.size()].cancel();
                if (random() % 4 == 0)
                    QCoreApplication::sendPostedEvents();
            }
            if (random() % 2 == 0)
                calls.clear();
            bench.reset();
            const int before = answered;
            calls.clear();
            QCoreApplication::sendPostedEvents();
            QCOMPARE(answered, before);
        }
    }
};

QTEST_GUILESS_MAIN(TestThreadBridge)
#include "test_thread_bridge.moc"
