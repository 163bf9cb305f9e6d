#pragma once

#include "core/journal/Records.h"

#include <optional>

namespace packmule {

// The numbers under which the journal stores enums. They are part of the schema: never change or reuse one.

int codeOf(TransferState state);
int codeOf(ChecksumAlgorithm algorithm);
int codeOf(AddressingStyle style);
std::optional<TransferState> transferStateFromCode(qint64 code);
std::optional<ChecksumAlgorithm> checksumAlgorithmFromCode(qint64 code);
std::optional<AddressingStyle> addressingStyleFromCode(qint64 code);

/// States from this code on are finished: Done, Skipped, Cancelled. The partial indexes of the schema rest on it.
inline constexpr int kFirstFinishedCode = 20;

bool isFinished(TransferState state);

}  // namespace packmule
