#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/transfer/StoreClient.h"
#include "ui/common/UserPrompts.h"
#include "ui/common/WindowState.h"

namespace packmule {

/// What Browse and Unfinished uploads work with; everything outlives them.
struct StorePageServices {
    StoreClient &stores;
    UserPrompts &prompts;
    WindowState &state;
    const Clock &clock;
    Scheduler &scheduler;
};

}  // namespace packmule
