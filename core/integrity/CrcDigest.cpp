#include "core/integrity/CrcDigest.h"

#include <QtEndian>

#include <isa-l/crc.h>
#include <isa-l/crc64.h>

#include <algorithm>
#include <limits>

namespace packmule {

namespace {

// ISA-L takes a non-const pointer and an int here, and unlike its two siblings leaves both inversions to the caller.
quint32 crc32cAfter(quint32 crc, QByteArrayView bytes)
{
    quint32 state = ~crc;
    while (!bytes.isEmpty()) {
        const auto size = std::min<qsizetype>(bytes.size(), std::numeric_limits<int>::max());
        auto *start = const_cast<unsigned char *>(reinterpret_cast<const unsigned char *>(bytes.data()));
        state = crc32_iscsi(start, static_cast<int>(size), state);
        bytes = bytes.sliced(size);
    }
    return ~state;
}

}  // namespace

void CrcDigest::add(QByteArrayView bytes)
{
    const auto *start = reinterpret_cast<const unsigned char *>(bytes.data());
    const auto size = static_cast<quint64>(bytes.size());
    switch (m_algorithm) {
    case ChecksumAlgorithm::Crc64Nvme:
        m_crc = crc64_rocksoft_refl(m_crc, start, size);
        return;
    case ChecksumAlgorithm::Crc32:
        m_crc = crc32_gzip_refl(static_cast<quint32>(m_crc), start, size);
        return;
    case ChecksumAlgorithm::Crc32c:
        m_crc = crc32cAfter(static_cast<quint32>(m_crc), bytes);
        return;
    case ChecksumAlgorithm::None:
    case ChecksumAlgorithm::Sha256:
    case ChecksumAlgorithm::Sha1:
    case ChecksumAlgorithm::Md5:
        break;
    }
    Q_ASSERT_X(false, "CrcDigest", "not a CRC");
}

QByteArray CrcDigest::result()
{
    if (m_algorithm == ChecksumAlgorithm::Crc64Nvme) {
        QByteArray bytes(8, Qt::Uninitialized);
        qToBigEndian(m_crc, bytes.data());
        return bytes;
    }
    QByteArray bytes(4, Qt::Uninitialized);
    qToBigEndian(static_cast<quint32>(m_crc), bytes.data());
    return bytes;
}

}  // namespace packmule
