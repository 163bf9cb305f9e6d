#include "core/stream/LiveStream.h"

namespace packmule {

LiveStream::LiveStream(StreamPath path, StreamFile file, qint64 length, QByteArray leaseId)
    : m_path(std::move(path))
    , m_file(std::move(file))
    , m_length(length)
    , m_leaseId(std::move(leaseId))
    , m_isPrefixKnown(length == 0)
    , m_prefixLength(length)
    , m_digest(makeDigest(ChecksumAlgorithm::Crc64Nvme))
{
}

void LiveStream::count(QByteArrayView bytes)
{
    m_length += bytes.size();
    m_digest->add(bytes);
    m_isUnsynced = true;
}

StreamRecord LiveStream::finalRecord(StreamState state)
{
    m_state = state;
    m_isAppended = false;
    m_leaseTimer.cancel();
    if (m_isPrefixKnown) {
        const QByteArray rest = m_digest->result();
        m_crc = m_prefixLength == 0 ? rest : combineCrc(ChecksumAlgorithm::Crc64Nvme, m_prefixCrc, rest, ByteCount(m_length - m_prefixLength));
    }
    return {.path = m_path.text(), .state = state, .length = m_length, .leaseId = m_leaseId, .crc64Nvme = m_crc};
}

QByteArray LiveStream::ending() const
{
    QByteArray text = streamStateName(m_state) + ' ' + QByteArray::number(m_length);
    if (!m_crc.isEmpty())
        text += ' ' + m_crc.toHex();
    return text;
}

}  // namespace packmule
