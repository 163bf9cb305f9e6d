#pragma once

#include "core/base/Error.h"
#include "core/transfer/PutCommand.h"

#include <QByteArray>

#include <optional>

namespace packmule {

// Which key a file gets (cli.md, "Which key a file gets"). Pure, raw bytes only. Thread: any.

/// Empty if the destination suits the sources; InvalidRequest for several sources and a destination that is no prefix.
std::optional<Error> refusalOfDestination(const PutCommand &command);

/// The last name of an absolute path; empty for "/".
QByteArray lastNameOf(const QByteArray &sourcePath);

/// The key of a source that is a file: the destination itself, or below it where that is a prefix.
QByteArray keyOfFile(const PutCommand &command, const QByteArray &sourcePath);

/// What stands before the relative path of each file of a source that is a folder: "x/" alone stores the folder's
/// contents, with several sources each keeps its last name ("x/photos/").
QByteArray prefixOfFolder(const PutCommand &command, const QByteArray &sourcePath);

/// Why S3, or we, cannot take this key: empty, NUL, more than 1,024 bytes, '.' or '..' segments (the transport would fold
/// them). Control characters are allowed.
std::optional<Error> refusalOfKey(const QByteArray &key);

/// A name that is not UTF-8 is refused unless `--raw-names`.
std::optional<Error> refusalOfName(const QByteArray &sourcePath, bool isUtf8, bool rawNames);

bool isValidUtf8(QByteArrayView bytes);

}  // namespace packmule
