#include "core/base/Mailbox.h"

#include <QPointer>

#include <utility>

namespace packmule {

Mailbox::Mailbox()
{
    connect(this, &Mailbox::posted, this, &Mailbox::runAll, Qt::QueuedConnection);
}

void Mailbox::post(std::function<void()> closure)
{
    bool wasEmpty = false;
    {
        const std::lock_guard lock(m_mutex);
        wasEmpty = m_closures.empty();
        m_closures.push_back(std::move(closure));
    }
    if (!wasEmpty)
        return;
    Q_EMIT posted();
    meet();  // the destructor's comes after it
}

void Mailbox::runAll()
{
    std::vector<std::function<void()>> closures;
    {
        const std::lock_guard lock(m_mutex);
        closures.swap(m_closures);
    }
    // A closure may destroy the mailbox; those behind it are then dropped.
    const QPointer<Mailbox> alive(this);
    for (const auto &closure : closures) {
        if (!alive)
            return;
        closure();
    }
}

}  // namespace packmule
