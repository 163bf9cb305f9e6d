#include "core/net/DrainRates.h"

#include <algorithm>

namespace packmule {

namespace {

/// net.ipv4.tcp_wmem's largest send buffer on stock Linux.
constexpr qint64 kKernelBufferBytes = 4 * 1024 * 1024;
/// Below this a body fits into the first flight and measures latency, not rate.
constexpr qint64 kMeasurableBytes = 256 * 1024;
/// Before anything was measured: full buffers are given about a minute.
constexpr qint64 kAssumedBytesPerSecond = 64 * 1024;
/// Full buffers never get more than ten minutes.
constexpr qint64 kSlowestBytesPerSecond = kKernelBufferBytes / 600;

qint64 rateOf(qint64 bytes, Milliseconds elapsed)
{
    return bytes * 1000 / std::max<qint64>(1, elapsed.count());
}

}  // namespace

void DrainRates::learn(const HttpOrigin &origin, ByteCount size, Milliseconds elapsed)
{
    if (size.value() >= kMeasurableBytes)
        m_bytesPerSecond.insert(origin, std::max(kSlowestBytesPerSecond, rateOf(size.value(), elapsed)));
}

void DrainRates::doubt(const HttpOrigin &origin)
{
    const qint64 rate = m_bytesPerSecond.value(origin, kAssumedBytesPerSecond);
    // A line that was fast until now may have become any slower one: begin from the assumption, not from its glory.
    m_bytesPerSecond.insert(origin, std::max(kSlowestBytesPerSecond, std::min(rate, kAssumedBytesPerSecond * 2) / 2));
}

Milliseconds DrainRates::allowance(const HttpOrigin &origin, ByteCount handedOver, Milliseconds elapsed) const
{
    const qint64 held = std::min(handedOver.value(), kKernelBufferBytes);
    qint64 rate = m_bytesPerSecond.value(origin, kAssumedBytesPerSecond);
    // What exceeds the buffers has certainly left; it shows a line that has become slower than it was.
    const qint64 left = handedOver.value() - kKernelBufferBytes;
    if (left >= kMeasurableBytes) {
        const qint64 shown = rateOf(left, elapsed);
        const bool isMeasured = m_bytesPerSecond.contains(origin);
        rate = isMeasured ? std::min(rate, shown) : shown;
    }
    rate = std::max(rate, kSlowestBytesPerSecond);
    return Milliseconds(held * 1000 / rate);
}

}  // namespace packmule
