#include "core/s3/Types.h"

#include <algorithm>
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
    const auto found = std::ranges::find(kNames, algorithm, [](const auto &row) { return row.first; });
    Q_ASSERT(found != kNames.end());
    return found->second;
}

std::optional<ChecksumAlgorithm> checksumAlgorithmFromName(const QByteArray &name)
{
    const auto found = std::ranges::find_if(kNames, [&](const auto &row) { return name == row.second; });
    if (found == kNames.end())
        return std::nullopt;
    return found->first;
}

}  // namespace packmule
