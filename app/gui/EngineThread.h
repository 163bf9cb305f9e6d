#pragma once

#include "app/gui/EngineHost.h"
#include "app/gui/EngineStanding.h"
#include "core/base/ThreadBridge.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>

namespace packmule {

class EventRelay;

/// The engine's own thread, as the window sees it: whoever lives here calls what lives there through call().
///
/// Order of the end, all of it there: the calls under way, then engine, journal and composition (EngineHost), then the
/// thread; only then, here, the bridge. stop() comes to that within 2 s and never waits here; the destructor without
/// stop() waits for it, and what is in flight is dropped where it is (a crash would be no worse).
///
/// Thread: the GUI's. Owns the thread and everything on it.
class EngineThread final : public QObject
{
    Q_OBJECT

public:
    EngineThread();
    ~EngineThread() override;

    /// Once. standingChanged() follows.
    void start(EngineChoices choices);
    /// After Failed: opens the journal again.
    void tryAgain();
    /// Once; `done` runs here when everything is on the disk and the thread has ended. Calls under way are not answered.
    void stop(std::function<void()> done);
    const EngineStanding &standing() const { return m_standing; }

    /// `start` runs there; `done` here, once, never from inside this call, never after the handle is gone.
    template<typename T>
    [[nodiscard]] CallHandle call(std::function<CallHandle(EngineHost &, std::function<void(T)>)> start, std::function<void(T)> done)
    {
        return m_bridge.call<T>([this, start = std::move(start)](std::function<void(T)> answer) { return start(*m_host, std::move(answer)); },
                                std::move(done));
    }
    /// As call(); `news` runs here for each value that is told before the answer, and not after the handle is gone.
    template<typename N, typename T>
    [[nodiscard]] CallHandle callWithNews(std::function<CallHandle(EngineHost &, std::function<void(N)>, std::function<void(T)>)> start,
                                          std::function<void(N)> news, std::function<void(T)> done)
    {
        const auto listener = std::make_shared<std::function<void(N)>>(std::move(news));
        auto inner = std::make_shared<CallHandle>(call<T>(
            [this, start = std::move(start), heard = std::weak_ptr(listener)](EngineHost &host, std::function<void(T)> answer) {
                const auto tell = [this, heard](N value) {
                    m_bridge.postBack([heard, value = std::move(value)] {
                        if (const auto alive = heard.lock())
                            (*alive)(value);
                    });
                };
                return start(host, tell, std::move(answer));
            },
            std::move(done)));
        return CallHandle([inner = std::move(inner), listener] { inner->cancel(); });
    }
    /// Runs there.
    void post(std::function<void(EngineHost &)> action);

Q_SIGNALS:
    void standingChanged();
    /// In the order in which they happened, many at a time.
    void eventsOccurred(const QList<packmule::TransferEvent> &events);
    void runEnded(packmule::RunId run, const packmule::RunOutcome &outcome);

private:
    void makeHost(const EngineChoices &choices);
    void destroyHost();
    void takeStanding(const EngineStanding &standing);

    EngineStanding m_standing;
    bool m_isStopping = false;
    std::function<void()> m_onStopped;
    ThreadBridge m_bridge;
    std::unique_ptr<EventRelay> m_relay;   ///< there
    std::unique_ptr<EngineHost> m_host;    ///< there
    QtScheduler m_relayScheduler;          ///< there
    QThread m_thread;
};

}  // namespace packmule
