#include "core/localstore/ReadBudget.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr int kTickMs = 20;

}  // namespace

ReadBudget::ReadBudget(qint64 bytesPerSecond, QObject *parent)
    : QObject(parent), m_bytesPerTick(std::max<qint64>(1, bytesPerSecond * kTickMs / 1000)), m_available(m_bytesPerTick)
{
    connect(&m_timer, &QTimer::timeout, this, &ReadBudget::refill);
    m_timer.start(kTickMs);
}

qint64 ReadBudget::take(qint64 wanted)
{
    const qint64 taken = std::clamp<qint64>(m_available, 0, wanted);
    m_available -= taken;
    return taken;
}

void ReadBudget::refill()
{
    m_available = m_bytesPerTick;  // no saving up: a pause must not end in a burst
    Q_EMIT refilled();
}

}  // namespace packmule
