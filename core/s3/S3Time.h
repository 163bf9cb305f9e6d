#pragma once

#include "core/base/Clock.h"

#include <QByteArrayView>

#include <optional>

namespace packmule {

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7; the two obsolete forms are not read). Locale has no say.
std::optional<WallTime> timeFromHttpDate(QByteArrayView text);
/// "2009-10-12T17:50:30.000Z", as S3's XML writes times; the fraction may be missing.
std::optional<WallTime> timeFromIso8601(QByteArrayView text);

}  // namespace packmule
