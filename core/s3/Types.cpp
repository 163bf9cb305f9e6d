#include "core/s3/Types.h"

#include "core/base/CodeTable.h"

#include <array>

namespace packmule {

namespace {

constexpr std::array<std::pair<ChecksumAlgorithm, const char *>, 7> kNames = {{
    {ChecksumAlgorithm::None, ""},
    {ChecksumAlgorithm::Crc64Nvme, "CRC64NVME"},
    {ChecksumAlgorithm::Crc32c, "CRC32C"},
    {ChecksumAlgorithm::Crc32, "CRC32"},
    {ChecksumAlgorithm::Sha256, "SHA256"},
    {ChecksumAlgorithm::Sha1, "SHA1"},
    {ChecksumAlgorithm::Md5, "MD5"},
}};

}  // namespace

QByteArray checksumAlgorithmName(ChecksumAlgorithm algorithm)
{
    return codeIn(kNames, algorithm);
}

std::optional<ChecksumAlgorithm> checksumAlgorithmFromName(const QByteArray &name)
{
    return valueIn(kNames, name);
}

}  // namespace packmule
