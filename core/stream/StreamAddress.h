#pragma once

#include "core/base/Result.h"

#include <QByteArray>

namespace packmule {

/// Where a stream is: an http:// or https:// URL, taken apart. The path goes out with the very bytes it came with.
struct StreamAddress {
    QByteArray host;     ///< without brackets
    quint16 port = 80;
    bool isTls = false;
    QByteArray target;   ///< path and query, percent-encoded

    /// The value of `Host`.
    QByteArray hostField() const;
    /// Errors: InvalidRequest for another scheme, a user name in the URL (no secret is ever an argument), a bad port.
    static Result<StreamAddress> fromUrl(const QByteArray &url);
};

}  // namespace packmule
