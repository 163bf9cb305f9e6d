#pragma once

#include "core/base/Clock.h"
#include "core/localstore/LocalStore.h"
#include "core/localstore/StoreRoot.h"

namespace packmule {

/// What every operation works on. All outlive the operations.
struct StoreContext {
    StoreRoot &root;
    const LocalStoreOptions &options;
    const Clock &clock;
};

}  // namespace packmule
