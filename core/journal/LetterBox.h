#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace packmule {

/// Values on their way from one thread to another, in order. The receiver is woken by an ordinary queued signal, sent
/// only when the box was empty: a burst of saves costs one event, and arrives as one group. Not base/Mailbox: that one
/// runs closures one by one, here the receiver must see all letters at once.
/// Thread: any (the one lock of the journal). The lock is a std::mutex because the thread sanitizer knows it: it does
/// not see the locks inside Qt, so what crosses must do so under this one, the wake-up's own event included.
template<typename Letter>
class LetterBox
{
public:
    /// @param wake emits a queued signal; runs under the lock if the receiver has to be woken.
    template<typename Wake>
    void put(Letter letter, Wake wake)
    {
        const std::lock_guard lock(m_lock);
        m_letters.push_back(std::move(letter));
        if (m_letters.size() == 1)
            wake();
    }

    std::vector<Letter> takeAll()
    {
        const std::lock_guard lock(m_lock);
        return std::exchange(m_letters, {});
    }

    /// Orders what one thread did last before what the other does next; joining a QThread is not seen either.
    void meet() { const std::lock_guard lock(m_lock); }

private:
    std::mutex m_lock;
    std::vector<Letter> m_letters;
};

}  // namespace packmule
