#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Mailbox.h"

#include <QThreadPool>

#include <functional>
#include <memory>

namespace packmule {

/// Asks the disk what the window wants to know; a slow share may take its time there. One question after the other.
/// Thread: GUI, except for the questions. Destroying it waits for the one that is being asked.
class DiskThread final
{
public:
    DiskThread() { m_pool.setMaxThreadCount(1); }
    DiskThread(const DiskThread &) = delete;
    DiskThread &operator=(const DiskThread &) = delete;
    ~DiskThread()
    {
        m_pool.clear();
        m_pool.waitForDone();
    }

    /// `question` runs there and takes its values along; `answered` here. Dropping the handle silences it.
    template<typename T>
    [[nodiscard]] CallHandle ask(std::function<T()> question, std::function<void(T)> answered)
    {
        const auto waiting = std::make_shared<std::function<void(T)>>(std::move(answered));  // touched here only
        m_pool.start([this, question = std::move(question), waiting = std::weak_ptr(waiting)] {
            m_mailbox.post([value = question(), waiting]() mutable {
                if (const auto alive = waiting.lock()) {
                    const auto done = std::exchange(*alive, nullptr);
                    done(std::move(value));
                }
            });
        });
        return CallHandle([keep = std::shared_ptr<std::function<void(T)>>(waiting)]() mutable { keep.reset(); });
    }

private:
    Mailbox m_mailbox;
    QThreadPool m_pool;   ///< the last member: ends before the mailbox
};

}  // namespace packmule
