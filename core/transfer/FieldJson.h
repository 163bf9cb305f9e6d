#pragma once

#include "core/base/Error.h"
#include "core/s3/Types.h"
#include "core/transfer/TransferEvent.h"

#include <QJsonObject>

#include <optional>

namespace packmule {

// The fields that events, snapshots and outcomes share, to JSON and back.

/// {kind, error, httpStatus?, s3Code?, requestId?, retryAfter? (s), osError?}
QJsonObject errorJson(const Error &error);
std::optional<Error> errorFromJson(const QJsonObject &json);

/// "CRC64NVME:base64"; ":composite" behind it where it is one.
QString checksumText(const Checksum &checksum);
Checksum checksumFromText(const QString &text);

void insertBytes(QJsonObject &json, const QString &name, const QByteArray &bytes);
QByteArray bytesFrom(const QJsonObject &json, const QString &name);

/// "2026-11-21T13:05:09.123Z"
QString wallTimeText(WallTime time);
std::optional<WallTime> wallTimeFromText(const QString &text);

QString waitReasonName(WaitReason reason);
std::optional<WaitReason> waitReasonFromName(const QString &name);
QString skipReasonName(SkipReason reason);
std::optional<SkipReason> skipReasonFromName(const QString &name);

/// Seconds, to the millisecond.
QJsonValue secondsJson(Milliseconds time);
Milliseconds secondsFromJson(const QJsonValue &seconds);

}  // namespace packmule
