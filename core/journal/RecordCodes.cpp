#include "core/journal/RecordCodes.h"

#include "core/base/CodeTable.h"

#include <array>
#include <utility>

namespace packmule {

namespace {

constexpr std::array kStates = {
    std::pair{TransferState::Queued, 1},     std::pair{TransferState::Creating, 2},
    std::pair{TransferState::Sending, 3},    std::pair{TransferState::Completing, 4},
    std::pair{TransferState::Paused, 5},     std::pair{TransferState::Cancelling, 6},
    std::pair{TransferState::NeedsAttention, 7}, std::pair{TransferState::Done, kFirstFinishedCode},
    std::pair{TransferState::Skipped, 21},   std::pair{TransferState::Cancelled, 22},
};

constexpr std::array kAlgorithms = {
    std::pair{ChecksumAlgorithm::None, 0},   std::pair{ChecksumAlgorithm::Crc64Nvme, 1},
    std::pair{ChecksumAlgorithm::Crc32c, 2}, std::pair{ChecksumAlgorithm::Crc32, 3},
    std::pair{ChecksumAlgorithm::Sha256, 4}, std::pair{ChecksumAlgorithm::Sha1, 5},
    std::pair{ChecksumAlgorithm::Md5, 6},
};

constexpr std::array kStyles = {
    std::pair{AddressingStyle::Auto, 0},
    std::pair{AddressingStyle::Path, 1},
    std::pair{AddressingStyle::VirtualHosted, 2},
};

}  // namespace

int codeOf(TransferState state)
{
    return codeIn(kStates, state);
}

int codeOf(ChecksumAlgorithm algorithm)
{
    return codeIn(kAlgorithms, algorithm);
}

int codeOf(AddressingStyle style)
{
    return codeIn(kStyles, style);
}

std::optional<TransferState> transferStateFromCode(qint64 code)
{
    return valueIn(kStates, code);
}

std::optional<ChecksumAlgorithm> checksumAlgorithmFromCode(qint64 code)
{
    return valueIn(kAlgorithms, code);
}

std::optional<AddressingStyle> addressingStyleFromCode(qint64 code)
{
    return valueIn(kStyles, code);
}

bool isFinished(TransferState state)
{
    return codeOf(state) >= kFirstFinishedCode;
}

}  // namespace packmule
