#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Clock.h"
#include "core/base/Result.h"

#include <QByteArray>

#include <functional>
#include <optional>

namespace packmule {

/// Never logged, never journalled, never in an argument list.
struct Credentials {
    QByteArray accessKeyId;
    QByteArray secretAccessKey;
    QByteArray sessionToken;
    std::optional<WallTime> expires;
};

/// Where credentials come from: environment, files, a process, assume-role. Thread: the one that made it.
class CredentialsSource
{
public:
    virtual ~CredentialsSource() = default;
    /// @param fresh read the source again even if what is known has not expired.
    /// Errors: CredentialsMissing (says where was looked), CredentialsExpired, network kinds of an STS call.
    [[nodiscard]] virtual CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) = 0;
};

}  // namespace packmule
