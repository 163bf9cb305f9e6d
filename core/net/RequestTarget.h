#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"

#include <QUrl>

#include <optional>

namespace packmule {

/// True for a path (and query) of visible ASCII that begins with '/': what any transport can send as it is.
bool isEncodedTarget(const QByteArray &target);

/// "https://host:port" for the origin. @return InvalidRequest if its host cannot be one.
Result<QUrl> originUrl(const HttpOrigin &origin);

/// Why QNetworkAccessManager would not send `target` byte for byte; null if it would (findings 6 and A3).
std::optional<QString> refusalByQnam(const QByteArray &target);

/// The URL from which Qt makes exactly the request line and host that were signed.
/// @return InvalidRequest if there is none.
Result<QUrl> exactUrl(const HttpOrigin &origin, const QByteArray &target);

}  // namespace packmule
