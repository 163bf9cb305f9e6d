#pragma once

#include "core/base/Clock.h"
#include "core/transfer/PutCommand.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <utility>

namespace packmule {

// The small languages of option values. Each gives nullopt for anything it does not know.

/// "500ms", "90s", "15m", "1h", "7d", "2w"; a bare number is seconds.
std::optional<Milliseconds> durationFromText(const QString &text);
/// "1 h 05 min", "42 s": at most two units.
QString durationText(std::chrono::seconds duration);
/// "10M", or "08:00,512k 23:00,off" as rclone writes it; "off" or "0" alone is unlimited.
std::optional<BandwidthSchedule> bandwidthFromText(const QString &text);
/// "name=value,other=value" in order; a comma inside a value is not possible, as with `aws s3`. Empty names are refused.
std::optional<QList<std::pair<QByteArray, QByteArray>>> pairsFromText(const QByteArray &text);

}  // namespace packmule
