#pragma once

#include "core/base/Result.h"
#include "core/files/SourceFile.h"
#include "core/s3/Types.h"

#include <functional>
#include <span>

namespace packmule {

/// Reads one slice of a file once and computes what `integrity` asks for.
/// Checksums alone are taken from a mapping, without a copy, where the file can be mapped.
/// @param buffer at least one byte; what is read at a time.
/// @param isDropped asked before every read and every MiB of a mapping; true ends it with Cancelled.
/// @return SourceChanged if the slice ends early; the read's own error otherwise. Thread: any.
Result<BodyDigests> digestsOfSlice(const SourceFile &file, qint64 offset, ByteCount size, const IntegrityPlan &integrity,
                                   std::span<char> buffer, const std::function<bool()> &isDropped);

}  // namespace packmule
