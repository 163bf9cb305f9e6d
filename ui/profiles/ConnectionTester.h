#pragma once

#include "core/base/CallHandle.h"
#include "core/settings/ConnectionProfile.h"
#include "core/transfer/ConnectionFinding.h"

#include <QByteArray>

#include <functional>

namespace packmule {

/// Tries a connection that may not be saved yet. Thread: GUI.
class ConnectionTester
{
public:
    virtual ~ConnectionTester() = default;
    /// @param secret empty: the one that is kept under the profile's id. `done` follows the last finding.
    [[nodiscard]] virtual CallHandle test(const ConnectionProfile &profile, const QByteArray &secret,
                                          std::function<void(const ConnectionFinding &)> found, std::function<void()> done) = 0;
};

}  // namespace packmule
