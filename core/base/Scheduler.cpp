#include "core/base/Scheduler.h"

#include <QTimer>

#include <memory>

namespace packmule {

CallHandle QtScheduler::after(Milliseconds delay, std::function<void()> action)
{
    auto *timer = new QTimer;
    timer->setSingleShot(true);
    // Two owners race to delete: whoever comes first disarms the other through the guard.
    auto guard = std::make_shared<QTimer *>(timer);
    QObject::connect(timer, &QTimer::timeout, timer, [guard, action = std::move(action)] {
        auto run = action;
        if (QTimer *spent = std::exchange(*guard, nullptr))
            spent->deleteLater();
        run();
    });
    timer->start(delay);
    return CallHandle([guard] {
        if (QTimer *pending = std::exchange(*guard, nullptr)) {
            pending->stop();
            pending->deleteLater();
        }
    });
}

}  // namespace packmule
