#include "core/localstore/ChecksumHeaders.h"

#include "core/integrity/Digest.h"

#include <array>

namespace packmule {

namespace {

constexpr std::array kKnown{ChecksumAlgorithm::Crc32, ChecksumAlgorithm::Crc32c, ChecksumAlgorithm::Crc64Nvme, ChecksumAlgorithm::Sha1,
                            ChecksumAlgorithm::Sha256};

}  // namespace

std::optional<ChecksumAlgorithm> storeChecksumFromName(const QByteArray &name)
{
    for (const ChecksumAlgorithm algorithm : kKnown) {
        if (checksumAlgorithmName(algorithm) == name.toUpper())
            return algorithm;
    }
    return std::nullopt;
}

QByteArray storeChecksumHeader(ChecksumAlgorithm algorithm)
{
    return "x-amz-checksum-" + checksumAlgorithmName(algorithm).toLower();
}

QByteArray checksumElementName(ChecksumAlgorithm algorithm)
{
    return "Checksum" + checksumAlgorithmName(algorithm);
}

S3Outcome<Checksum> claimedChecksum(const HttpHeaders &headers)
{
    Checksum claimed;
    for (const ChecksumAlgorithm algorithm : kKnown) {
        const QByteArray name = storeChecksumHeader(algorithm);
        if (!headers.contains(name))
            continue;
        if (!claimed.isEmpty())
            return refusal("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
        const auto decoded = QByteArray::fromBase64Encoding(headers.value(name), QByteArray::AbortOnBase64DecodingErrors);
        if (!decoded || (*decoded).size() != digestSize(algorithm))
            return refusal("InvalidRequest", "Value for " + name + " header is invalid.");
        claimed = {.algorithm = algorithm, .rawBytes = *decoded};
    }
    return claimed;
}

QByteArray checksumText(const Checksum &checksum, int partCount)
{
    const QByteArray text = checksum.rawBytes.toBase64();
    return checksum.isComposite ? text + '-' + QByteArray::number(partCount) : text;
}

QByteArray checksumTypeName(const Checksum &checksum)
{
    return checksum.isComposite ? "COMPOSITE" : "FULL_OBJECT";
}

}  // namespace packmule
