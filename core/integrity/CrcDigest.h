#pragma once

#include "core/integrity/Digest.h"

namespace packmule {

/// One of the three CRCs by ISA-L, which picks the fastest code for this processor at run time.
/// Thread: any one.
class CrcDigest final : public Digest
{
public:
    /// @param algorithm Crc64Nvme, Crc32c or Crc32.
    explicit CrcDigest(ChecksumAlgorithm algorithm) : m_algorithm(algorithm) {}

    void add(QByteArrayView bytes) override;
    QByteArray result() override;

private:
    ChecksumAlgorithm m_algorithm;
    quint64 m_crc = 0;  ///< as the algorithm publishes it; 32-bit CRCs in the low half
};

}  // namespace packmule
