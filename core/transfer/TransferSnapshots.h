#pragma once

#include "core/transfer/EngineClient.h"
#include "core/transfer/RunningUploads.h"

namespace packmule {

/// The journal's rows together with what runs now, for `queue ls` and the window. Thread: the engine's.
QList<TransferSnapshot> snapshotsOf(const QList<ListedTransfer> &listed, const RunningUploads &running);

/// 1 for one PutObject, and while the plan is not made.
int partCountOf(const TransferRecord &record);

}  // namespace packmule
