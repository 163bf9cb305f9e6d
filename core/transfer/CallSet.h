#pragma once

#include "core/base/CallHandle.h"

#include <QtTypes>

#include <functional>
#include <map>
#include <utility>

namespace packmule {

/// Owns calls that nobody waits for by name. Each forgets itself before its `done` runs. Thread: any one.
class CallSet
{
public:
    /// @param begin gets a function that the call's `done` has to run first.
    void keep(const std::function<CallHandle(std::function<void()> forget)> &begin)
    {
        const quint64 number = m_next++;
        CallHandle handle = begin([this, number] { m_calls.erase(number); });
        m_calls.emplace(number, std::move(handle));
    }
    void clear() { m_calls.clear(); }
    bool isEmpty() const { return m_calls.empty(); }

private:
    quint64 m_next = 1;
    std::map<quint64, CallHandle> m_calls;
};

}  // namespace packmule
