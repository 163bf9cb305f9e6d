#pragma once

#include "core/base/Clock.h"

#include <QByteArray>

#include <optional>

namespace packmule {

/// "2026-11-21T13:00:00.123Z", as S3's XML has it.
QByteArray isoTime(WallTime time);
/// "Sat, 21 Nov 2026 13:00:00 GMT" (RFC 9110, 5.6.7).
QByteArray httpTime(WallTime time);
std::optional<WallTime> timeFromHttp(const QByteArray &text);

}  // namespace packmule
