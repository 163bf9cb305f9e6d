#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace packmule {

/// Values on their way from one thread to another, in order. The receiver is woken by an ordinary queued signal, sent
/// only when the box was empty: a burst of saves costs one event, and arrives as one group.
/// Thread: any (the one lock of the journal; a std::mutex, so that the thread sanitizer sees it). Not base/Mailbox: that
/// one runs closures one by one, here the receiver must see all letters at once to write them as one group.
template<typename Letter>
class LetterBox
{
public:
    /// @return whether the receiver has to be woken.
    bool put(Letter letter)
    {
        const std::lock_guard lock(m_lock);
        m_letters.push_back(std::move(letter));
        return m_letters.size() == 1;
    }

    std::vector<Letter> takeAll()
    {
        const std::lock_guard lock(m_lock);
        return std::exchange(m_letters, {});
    }

private:
    std::mutex m_lock;
    std::vector<Letter> m_letters;
};

}  // namespace packmule
