#pragma once

#include "core/base/Result.h"

#include <QByteArray>

namespace packmule {

/// The access key of a local store: made once and kept in ROOT/.credentials (0600), in the form of AWS's credentials file,
/// so that any tool can be pointed at it.
struct LocalStoreKeys {
    QByteArray accessKeyId, secretAccessKey;
    bool areNew = false;

    static QByteArray fileBelow(const QByteArray &root) { return root + "/.credentials"; }
    /// Makes the folder `root` (0700) too. Errors: LocalIo; InvalidRequest (a file that holds no key).
    static Result<LocalStoreKeys> readOrMake(const QByteArray &root);
};

}  // namespace packmule
