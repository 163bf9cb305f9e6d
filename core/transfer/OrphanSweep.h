#pragma once

#include "core/base/Scheduler.h"
#include "core/s3/ObjectStore.h"

namespace packmule {

/// Aborts what a Create of ours left behind when its answer was lost (K2, K3): uploads for exactly our key, empty, and
/// begun while the journal recorded that Create in flight. Nothing else is ever touched.
/// @param ownUploadId the upload that is in use, empty if there is none: it is never touched.
/// @param createStarted server time; two minutes of doubt are allowed before it.
/// @param requests counted up, may be null; outlives the handle.
/// `done` gets the first error of listing; a candidate that cannot be proved empty is left alone.
[[nodiscard]] CallHandle sweepOrphans(ObjectStore &store, Scheduler &scheduler, const ObjectAddress &object,
                                      const QByteArray &ownUploadId, WallTime createStarted, int *requests, Done<void> done);

}  // namespace packmule
