#pragma once

#include "core/http/HttpHeaders.h"
#include "core/localstore/S3Refusal.h"
#include "core/s3/Types.h"

#include <QByteArray>

#include <optional>

namespace packmule {

// The additional checksums of facts s3.md, A5, as headers and as XML elements.

/// CRC32, CRC32C, CRC64NVME, SHA1, SHA256: what this store knows, whatever else has a name.
std::optional<ChecksumAlgorithm> storeChecksumFromName(const QByteArray &name);
/// "x-amz-checksum-crc64nvme"
QByteArray storeChecksumHeader(ChecksumAlgorithm algorithm);
/// "ChecksumCRC64NVME"
QByteArray checksumElementName(ChecksumAlgorithm algorithm);

/// The checksum a request's headers claim for a body; empty if none. Refused: two of them, or one that is not of its size.
S3Outcome<Checksum> claimedChecksum(const HttpHeaders &headers);
/// base64, with "-N" behind a composite one.
QByteArray checksumText(const Checksum &checksum, int partCount = 0);
QByteArray checksumTypeName(const Checksum &checksum);

}  // namespace packmule
