#pragma once

#include "core/base/ByteCount.h"

#include <QList>

namespace packmule {

/// How one part of a multipart upload stands, for the part map. Retrying: it failed and waits for its next attempt.
enum class PartStanding { Queued, Sending, Confirmed, Retrying, Verified };

/// All parts of one transfer as they stand now. A transfer of one PutObject has one part.
struct PartMap {
    ByteCount size, partSize;
    QList<PartStanding> parts;   ///< by part index
};

}  // namespace packmule
