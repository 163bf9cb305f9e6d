#pragma once

#include <QObject>

#include <functional>
#include <mutex>
#include <vector>

namespace packmule {

/// Carries closures from our own threads to the thread that made it, where they run in the order of their posting.
/// Queued functors would do the same; but their captures would cross under locks inside Qt, which the thread sanitizer
/// cannot see, so that it reports each as a race. Here the crossing is under a mutex that it knows.
/// Thread: made, used and destroyed on one; only post() is for any. Whoever posts must have ended before it is destroyed.
class Mailbox final : public QObject
{
    Q_OBJECT

public:
    Mailbox();
    /// Comes after the last post() also in the eyes of the sanitizer, however its thread was awaited.
    ~Mailbox() override { meet(); }

    /// Runs `closure` later on the owner's thread; never if the mailbox is destroyed before. Any thread.
    void post(std::function<void()> closure);
    /// Orders what one thread did last before what the other does next. Any thread.
    void meet() { const std::lock_guard lock(m_mutex); }

Q_SIGNALS:
    void posted();

private:
    void runAll();

    std::mutex m_mutex;
    std::vector<std::function<void()>> m_closures;
};

}  // namespace packmule
