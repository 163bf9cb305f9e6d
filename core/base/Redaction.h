#pragma once

#include <QByteArray>
#include <QString>

namespace packmule {

/// Blanks what must never be read by others: Authorization values, X-Amz-Signature/-Credential/-Security-Token,
/// cookies, user info in URLs, the query of any presigned URL. Every log sink passes its lines through here (facts E6.5).
QString redacted(const QString &text);

/// A file name or key as people may see it: control and bidirectional characters as \xNN or \u{NNNN}, bytes that are
/// not UTF-8 as \xNN. Plain text, safe for a terminal.
QString displayName(const QByteArray &rawBytes);

}  // namespace packmule
