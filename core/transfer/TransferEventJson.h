#pragma once

#include "core/transfer/EngineClient.h"
#include "core/transfer/TransferEvent.h"

#include <QJsonObject>

#include <optional>

namespace packmule {

// Events and outcomes as JSON, without loss: what `--json` prints (cli.md, "Events"; names never change) and what goes
// to another process. Names that cli.md does not have (run, verified, resumable, osError, …) are additions. Times are
// UTC with milliseconds, durations seconds, sizes bytes. Pure.

/// Bytes that are not UTF-8 appear twice: readable as NAME, exactly as NAMEBytes (base64; `keyBytes` beside `uri`).
QJsonObject transferEventJson(const TransferEvent &event);
/// @return nullopt for an event that this version does not know, or that lacks what it must have.
std::optional<TransferEvent> transferEventFromJson(const QJsonObject &json);

QJsonObject runOutcomeJson(const RunOutcome &outcome);
RunOutcome runOutcomeFromJson(const QJsonObject &json);

}  // namespace packmule
