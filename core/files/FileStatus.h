#pragma once

#include "core/files/SourceIdentity.h"

#include <QString>

#include <sys/stat.h>

namespace packmule {

/// What stat(2) says, in our words. `isRacy` is judged against the clock of this moment.
SourceIdentity identityOf(const struct stat &status);

/// Empty for a regular file, else what it is: "is a directory, not a file".
QString complaintAboutType(const struct stat &status);

}  // namespace packmule
