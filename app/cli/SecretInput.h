#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QString>

namespace packmule {

/// A secret as a command may be given one: never an argument. One line, its end taken off.
/// @param file "-" for standard input; empty: asked for on the terminal, without echo.
/// Errors: InvalidRequest (empty, more than one line, too long, or nobody can be asked), LocalIo (the file), Cancelled (Ctrl-C).
Result<QByteArray> readSecret(const QByteArray &file, const QString &question);

}  // namespace packmule
