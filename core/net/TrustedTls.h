#pragma once

#include "core/base/Result.h"

#include <QSslConfiguration>

namespace packmule {

/// TLS 1.2 or later, peer and host name verified. @param caBundlePath PEM file in place of the system's authorities, or empty.
/// @return InvalidRequest if the bundle has no certificate that can be read.
Result<QSslConfiguration> trustedTls(const QString &caBundlePath);

}  // namespace packmule
