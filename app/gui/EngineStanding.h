#pragma once

#include "core/base/Error.h"

#include <QtTypes>

#include <optional>

namespace packmule {

/// Where the window's engine is.
///
/// | state | means | then |
/// |---|---|---|
/// | Opening | the journal is being opened; commands wait | Here, Attached, Failed |
/// | Here | this process holds the journal; commands of others join its engine | Closed |
/// | Attached | a command line holds it; commands go to it | Opening when it ends: this process takes over |
/// | Failed | the journal cannot be had; commands are answered with `error` | Opening after tryAgain() |
/// | Closed | everything is on the disk | – |
struct EngineStanding {
    enum class State { Opening, Here, Attached, Failed, Closed };
    State state = State::Opening;
    qint64 ownerPid = 0;             ///< Attached
    std::optional<Error> error = {}; ///< Failed
};

}  // namespace packmule
