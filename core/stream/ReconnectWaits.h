#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"

#include <algorithm>
#include <optional>

namespace packmule {

/// How long to wait before the next attempt: a quarter of a second, then twice as long each time, up to half a minute.
/// What is learnt from a lost connection alone; RetryPolicy (core/transfer) is for calls with answers.
class ReconnectWaits
{
public:
    /// @param most attempts in a row, without a byte between them; null: no end of them.
    /// @return null where another attempt would meet the same again, or was not granted: `why` stands.
    std::optional<Milliseconds> after(const Error &why, std::optional<int> most)
    {
        const bool isHopeless = why.kind == ErrorKind::TlsUntrusted || why.kind == ErrorKind::MalformedAnswer;
        if (isHopeless || (most && m_attempts >= *most))
            return std::nullopt;
        return std::min(kFirst * (1 << std::min(m_attempts++, 10)), kLongest);
    }
    /// Bytes moved: the way is good again.
    void reset() { m_attempts = 0; }

private:
    static constexpr Milliseconds kFirst{250};
    static constexpr Milliseconds kLongest{30'000};
    int m_attempts = 0;
};

}  // namespace packmule
