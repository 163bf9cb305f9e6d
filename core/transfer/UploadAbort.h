#pragma once

#include "core/base/Scheduler.h"
#include "core/s3/ObjectStore.h"

namespace packmule {

/// Abort, then look, until the upload is gone: a part that was in flight may land after an Abort (facts A7.5). Looks up to
/// five times, a little longer apart each time; where listing is forbidden the Abort's own answer counts.
/// `done` gets the first error that stands in the way; nothing is retried here. Also for the journal's orphans.
/// @param requests counted up, may be null; outlives the handle.
[[nodiscard]] CallHandle abortUntilGone(ObjectStore &store, Scheduler &scheduler, const ObjectAddress &object,
                                        const QByteArray &uploadId, int *requests, Done<void> done);

}  // namespace packmule
