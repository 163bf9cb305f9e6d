#pragma once

#include "core/base/ByteCount.h"

#include <QString>

namespace packmule {

/// A file of reserved bytes beside the journal. Given back when the disk is full, it leaves room to write the final
/// states down (facts/resume.md B6). Thread: the journal's.
class Ballast
{
public:
    Ballast(QString path, ByteCount size);

    /// Reserves the bytes, but only where as much again stays free, else it would take back what it has just given.
    bool reserve();
    /// Gives the bytes back. @return whether there were any.
    bool release();
    bool isReserved() const { return m_isReserved; }

private:
    QString m_path;
    ByteCount m_size;
    bool m_isReserved = false;
};

}  // namespace packmule
