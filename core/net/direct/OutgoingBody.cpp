#include "core/net/direct/OutgoingBody.h"

#include <algorithm>

namespace packmule {

OutgoingBody::Batch OutgoingBody::read(char *bytes, qint64 maximum)
{
    if (!m_device)
        return fail(QStringLiteral("its source has gone away"));
    // The device may be lent to several calls in turn, so its place is ours to set.
    if (m_device->pos() != m_start + m_position && !m_device->seek(m_start + m_position))
        return fail(m_device->errorString());
    const qint64 count = m_device->read(bytes, std::min(maximum, m_size - m_position));
    if (count < 0)
        return fail(m_device->errorString());
    if (count == 0 && m_device->atEnd())
        return fail(QStringLiteral("the file ended %1 bytes early").arg(m_size - m_position));
    m_position += count;
    return {count == 0 ? Outcome::Later : Outcome::Bytes, count};
}

OutgoingBody::Batch OutgoingBody::fail(const QString &reason)
{
    m_failureReason = reason;
    return {Outcome::Failed};
}

}  // namespace packmule
