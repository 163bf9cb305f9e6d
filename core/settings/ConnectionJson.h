#pragma once

#include "core/base/Result.h"
#include "core/settings/ConnectionProfile.h"

#include <QJsonObject>
#include <QList>

#include <optional>

namespace packmule {

// Saved connections as JSON: in the settings file, and exported for another computer. Never a secret.

/// @param known the object that stood there before: members that a newer version wrote are kept.
QJsonObject profileJson(const ConnectionProfile &profile, QJsonObject known = {});
/// Nullopt for an object without id or name.
std::optional<ConnectionProfile> profileFromJson(const QJsonObject &json);

/// Connections for export: as in the settings file, with a word on what this is and no ids.
QByteArray exportedConnections(const QList<ConnectionProfile> &profiles);
/// What exportedConnections() wrote, with new ids; names are made unique against `taken`.
/// Errors: InvalidRequest, a sentence.
Result<QList<ConnectionProfile>> importedConnections(const QByteArray &bytes, const QList<ConnectionProfile> &taken);

/// `wanted`, or with the lowest number behind it that nobody else's name has: "Backup 2".
QString uniqueConnectionName(const QString &wanted, const QList<ConnectionProfile> &taken, const QByteArray &exceptId = {});

}  // namespace packmule
