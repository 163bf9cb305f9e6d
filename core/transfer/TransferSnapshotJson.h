#pragma once

#include "core/transfer/EngineClient.h"

#include <QJsonObject>

#include <optional>

namespace packmule {

/// A snapshot for another process of ours, without loss; not a public format (`queue ls --json` has its own).
QJsonObject transferSnapshotJson(const TransferSnapshot &snapshot);
/// @return nullopt if it cannot be a snapshot of this version's.
std::optional<TransferSnapshot> transferSnapshotFromJson(const QJsonObject &json);

}  // namespace packmule
