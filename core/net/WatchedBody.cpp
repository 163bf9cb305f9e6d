#include "core/net/WatchedBody.h"

#include <algorithm>

namespace packmule {

WatchedBody::WatchedBody(std::unique_ptr<QIODevice> inner, ByteCount size, std::function<void()> onRead)
    : m_inner(std::move(inner)), m_start(m_inner->pos()), m_size(size.value()), m_onRead(std::move(onRead))
{
    // Unbuffered: QIODevice would otherwise keep a second copy of each 16 KiB.
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
    connect(m_inner.get(), &QIODevice::readyRead, this, &QIODevice::readyRead);
}

bool WatchedBody::seek(qint64 position)
{
    if (position < 0 || position > m_size)
        return false;
    if (!m_inner->seek(m_start + position)) {
        fail(m_inner->errorString());
        return false;
    }
    if (position < m_position)
        ++m_resends;
    m_position = position;
    QIODevice::seek(position);
    m_onRead();
    return true;
}

qint64 WatchedBody::readData(char *bytes, qint64 maximum)
{
    const qint64 wanted = std::min(maximum, m_size - m_position);
    if (wanted <= 0)
        return maximum == 0 ? 0 : -1;
    const qint64 count = m_inner->read(bytes, wanted);
    if (count < 0)
        return fail(m_inner->errorString());
    if (count == 0 && !m_inner->atEnd())
        return 0;  // a throttled body: readyRead follows
    if (count == 0)
        return fail(QStringLiteral("the file ended %1 bytes early").arg(m_size - m_position));
    m_position += count;
    m_most = std::max(m_most, m_position);
    m_onRead();
    return count;
}

qint64 WatchedBody::fail(const QString &reason)
{
    if (!m_hasFailed)
        m_failureReason = reason;
    m_hasFailed = true;
    return -1;
}

}  // namespace packmule
