#include "core/base/CallHandle.h"

#include <QTest>

using namespace packmule;

class TestCallHandle : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void destroyingItCancelsOnce()
    {
        int cancels = 0;
        {
            const CallHandle handle([&] { ++cancels; });
            QCOMPARE(cancels, 0);
        }
        QCOMPARE(cancels, 1);
    }

    void cancellingTwiceCancelsOnce()
    {
        int cancels = 0;
        {
            CallHandle handle([&] { ++cancels; });
            handle.cancel();
            handle.cancel();
        }
        QCOMPARE(cancels, 1);
    }

    void anEmptyHandleDoesNothing()
    {
        CallHandle handle;
        handle.cancel();
        handle = CallHandle();
    }

    void aMovedHandleCancelsAtItsNewPlaceOnly()
    {
        int cancels = 0;
        CallHandle kept;
        {
            CallHandle handle([&] { ++cancels; });
            kept = std::move(handle);
            const CallHandle built(std::move(handle));  // of the empty one
        }
        QCOMPARE(cancels, 0);
        kept.cancel();
        QCOMPARE(cancels, 1);
    }

    void assigningCancelsTheOldCall()
    {
        QByteArray order;
        CallHandle handle([&] { order += 'a'; });
        handle = CallHandle([&] { order += 'b'; });
        QCOMPARE(order, QByteArray("a"));
        handle = {};
        QCOMPARE(order, QByteArray("ab"));
    }

    void cancelMayReplaceTheHandleItself()
    {
        int cancels = 0;
        CallHandle handle;
        handle = CallHandle([&] {
            ++cancels;
            handle.cancel();  // already empty
        });
        handle.cancel();
        QCOMPARE(cancels, 1);
    }
};

QTEST_APPLESS_MAIN(TestCallHandle)
#include "test_call_handle.moc"
