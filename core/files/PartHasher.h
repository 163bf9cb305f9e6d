#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/files/SourceFile.h"
#include "core/s3/Types.h"

#include <functional>
#include <memory>

namespace packmule {

/// Digests slices of files on a pool of two threads, in one pass per slice, through mappings or buffers of 1 MiB at most.
/// Thread: the one that made it; `done` comes back there by a queued call.
class PartHasher
{
public:
    virtual ~PartHasher() = default;
    /// @return BodyDigests with what `integrity` asks for. Errors: SourceChanged when the slice ends early, SourceUnreadable, LocalIo.
    [[nodiscard]] virtual CallHandle hash(std::shared_ptr<SourceFile> file, qint64 offset, ByteCount size,
                                          const IntegrityPlan &integrity, std::function<void(Result<BodyDigests>)> done) = 0;
};

/// @param threadCount at least 1; two is the design's default.
std::unique_ptr<PartHasher> makePooledPartHasher(int threadCount);

}  // namespace packmule
