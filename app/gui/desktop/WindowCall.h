#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <optional>

namespace packmule {

/// What a second start of the program wants of the first: show yourself, and upload these.
struct WindowCall {
    QList<QByteArray> paths;     ///< absolute, raw
    QString activationToken;     ///< of xdg-activation, or a startup id; lets the first come to the front

    bool operator==(const WindowCall &) const = default;

    /// In messages that each fit the line; the last one says so.
    QList<QJsonObject> toMessages() const;
    /// Adds one message's part. @return nullopt for what is no such message; true after the last.
    std::optional<bool> take(const QJsonObject &message);
};

}  // namespace packmule
