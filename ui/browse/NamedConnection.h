#pragma once

#include "core/journal/Records.h"

#include <QByteArray>
#include <QString>

namespace packmule {

/// A connection as Browse and Unfinished uploads offer it.
struct NamedConnection {
    QByteArray id;                 ///< the profile's
    QString name;
    ConnectionRecord record;
    QByteArray bucket, prefix;     ///< where to begin; both may be empty
};

}  // namespace packmule
