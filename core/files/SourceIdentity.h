#pragma once

#include "core/base/ByteCount.h"

#include <QtTypes>

namespace packmule {

/// What makes a file the same file (facts B4). Times are nanoseconds since 1970 (stat's st_mtim); 0 = unknown.
struct SourceIdentity {
    quint64 device = 0;
    quint64 inode = 0;
    ByteCount size;
    qint64 modifiedNs = 0;
    qint64 changedNs = 0;  ///< ctime: a soft hint, not part of equality
    /// The file was changed less than two seconds before this look, so an equal mtime proves little.
    bool isRacy = false;

    /// Same device, inode, size and modification time.
    bool isSameFile(const SourceIdentity &other) const
    {
        return device == other.device && inode == other.inode && size == other.size && modifiedNs == other.modifiedNs;
    }
};

}  // namespace packmule
