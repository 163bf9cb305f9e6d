#pragma once

#include <QByteArray>

namespace packmule {

/// Where uploads go: below a prefix of a bucket, through a saved connection.
struct UploadDestination {
    QByteArray connectionId;
    QByteArray bucket;
    QByteArray prefix;    ///< empty or ending in '/'

    bool operator==(const UploadDestination &) const = default;
};

}  // namespace packmule
