#include "core/transfer/ProgressMeter.h"

#include <algorithm>
#include <cmath>

namespace packmule {

namespace {

constexpr double kStandstill = 1.0;  // bytes a second; below it a time left would be nonsense

}  // namespace

ProgressMeter::ProgressMeter(ByteCount size, ByteCount alreadySent, MonotonicTime now)
    : m_size(size), m_sent(std::min(alreadySent, size)), m_confirmed(m_sent), m_raw(m_sent), m_begin(now), m_last(now)
{
}

void ProgressMeter::update(ByteCount sent, ByteCount confirmed, MonotonicTime now)
{
    m_confirmed = std::max(m_confirmed, std::min(confirmed, m_size));
    const auto step = std::chrono::duration<double>(now - m_last).count();
    if (step > 0) {
        // What was taken back is no negative rate: it only has to be sent again.
        const double moved = std::max<double>(0, static_cast<double>((sent - m_raw).value()));
        const double elapsed = std::chrono::duration<double>(now - m_begin).count();
        // A plain mean until the memory is full, so that the first seconds are not drawn towards zero.
        const double memory = std::min(elapsed, std::chrono::duration<double>(kSmoothing).count());
        const double weight = memory > 0 ? std::min(1.0, step / memory) : 1.0;
        m_rate += weight * (moved / step - m_rate);
        m_last = now;
        m_raw = sent;
    }
    m_sent = std::max(m_sent, std::min(std::max(sent, m_confirmed), m_size));
}

std::optional<std::chrono::seconds> ProgressMeter::timeLeft() const
{
    if (m_rate < kStandstill || m_last - m_begin < kWarmUp)
        return std::nullopt;
    const double seconds = std::ceil(static_cast<double>((m_size - m_sent).value()) / m_rate);
    return std::chrono::seconds(static_cast<qint64>(std::min(seconds, 1e9)));
}

}  // namespace packmule
