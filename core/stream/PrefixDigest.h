#pragma once

#include "core/integrity/Digest.h"

#include <memory>

namespace packmule {

/// The CRC64-NVME of a growing prefix, which can be read at any time and goes on growing. Thread: any one.
class PrefixDigest
{
public:
    PrefixDigest() { begin(); }

    void add(QByteArrayView bytes)
    {
        m_digest->add(bytes);
        m_newBytes += bytes.size();
    }
    /// Raw bytes, of everything added so far.
    QByteArray value()
    {
        const QByteArray rest = m_digest->result();
        m_crc = m_crc.isEmpty() ? rest : combineCrc(ChecksumAlgorithm::Crc64Nvme, m_crc, rest, ByteCount(m_newBytes));
        begin();
        return m_crc;
    }

private:
    void begin()
    {
        m_digest = makeDigest(ChecksumAlgorithm::Crc64Nvme);
        m_newBytes = 0;
    }

    std::unique_ptr<Digest> m_digest;
    qint64 m_newBytes = 0;
    QByteArray m_crc;
};

}  // namespace packmule
