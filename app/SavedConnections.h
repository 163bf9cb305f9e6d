#pragma once

#include "core/journal/Records.h"
#include "core/settings/ConnectionProfile.h"

#include <QString>

namespace packmule {

/// A saved connection as commands and the journal know it.
ConnectionRecord recordOf(const ConnectionProfile &profile);

/// Where the local store of "try it here" keeps its buckets and its key.
QString localStoreFolder();

}  // namespace packmule
