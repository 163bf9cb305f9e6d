#pragma once

#include "core/base/Error.h"

namespace packmule {

/// A failed system call on a source file as an Error with osError set. SourceMissing for what is not there,
/// SourceUnreadable for what may not or cannot be read, LocalIo for trouble of this process (descriptors, memory).
/// @param what what was tried, as in "cannot open": the detail reads "cannot open PATH: No such file or directory".
Error fileError(int osError, const QString &what, const QByteArray &path);

/// An Error about a file that no system call reported. @param complaint as in "is a directory, not a file".
Error fileComplaint(ErrorKind kind, const QByteArray &path, const QString &complaint);

}  // namespace packmule
