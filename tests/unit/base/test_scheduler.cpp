#include "core/base/Scheduler.h"

#include <QCoreApplication>
#include <QTest>

using namespace packmule;
using namespace std::chrono_literals;

class TestScheduler : public QObject
{
    Q_OBJECT

private:
    QtScheduler m_scheduler;

private Q_SLOTS:
    void runsOnceAndNotAtOnce()
    {
        int runs = 0;
        const CallHandle handle = m_scheduler.after(0ms, [&] { ++runs; });
        QCOMPARE(runs, 0);
        QTRY_COMPARE(runs, 1);
        const CallHandle later = m_scheduler.after(1ms, [] {});
        bool isPast = false;
        const CallHandle past = m_scheduler.after(5ms, [&] { isPast = true; });
        QTRY_VERIFY(isPast);
        QCOMPARE(runs, 1);
    }

    void shorterDelaysComeFirst()
    {
        QByteArray order;
        const CallHandle second = m_scheduler.after(30ms, [&] { order += 'b'; });
        const CallHandle first = m_scheduler.after(1ms, [&] { order += 'a'; });
        QTRY_COMPARE(order, QByteArray("ab"));
    }

    void aDroppedHandlePreventsIt()
    {
        { const CallHandle dropped = m_scheduler.after(0ms, [] { QFAIL("dropped"); }); }
        bool isPast = false;
        const CallHandle past = m_scheduler.after(5ms, [&] { isPast = true; });
        QTRY_VERIFY(isPast);
    }

    void anActionMayDropItsOwnHandle()
    {
        int runs = 0;
        CallHandle handle;
        handle = m_scheduler.after(0ms, [&] {
            ++runs;
            handle.cancel();
        });
        QTRY_COMPARE(runs, 1);
        QCoreApplication::sendPostedEvents();
        QCOMPARE(runs, 1);
    }

    void anActionMayBeginAnew()
    {
        int runs = 0;
        CallHandle handle;
        std::function<void()> again = [&] {
            if (++runs < 3)
                handle = m_scheduler.after(0ms, again);
        };
        handle = m_scheduler.after(0ms, again);
        QTRY_COMPARE(runs, 3);
    }

    void aSpentHandleMayBeDroppedLater()
    {
        bool ran = false;
        CallHandle handle = m_scheduler.after(0ms, [&] { ran = true; });
        QTRY_VERIFY(ran);
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
        handle.cancel();
    }
};

QTEST_GUILESS_MAIN(TestScheduler)
#include "test_scheduler.moc"
