#pragma once

#include <QList>
#include <QSslError>
#include <QString>

#include <optional>

namespace packmule {

/// Why a TLS handshake was refused, in our words ("the certificate has expired"); null if it was merely cut short and
/// trying again makes sense. Without certificate errors the only source is OpenSSL's reason inside Qt's text.
std::optional<QString> tlsRefusal(const QList<QSslError> &errors, const QString &qtText);

}  // namespace packmule
