#pragma once

#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/s3/Types.h"

#include <QString>

#include <optional>

namespace packmule {

/// One finding of the connection test: facts only, the sentences are made by whoever shows it.
///
/// | check | passed | failed | unknown |
/// |---|---|---|---|
/// | Reachable | the service answers; `isEncrypted`; `error` if it refused the question | it does not, or refuses us: the last finding | |
/// | Buckets | `count` of ours (only without a bucket) | | they may not be listed |
/// | Credentials | they are taken | | |
/// | Bucket | it is there | no such bucket: the last finding | it may not be listed |
/// | Clock | right within a minute | | `clockOffset` |
/// | Region, Addressing | `fact` ("us-east-1"; "path", "virtual-hosted") | | |
/// | Listing | allowed | | it is not |
/// | Writing | a small object could be written | it could not | |
/// | Checksum | `fact` ("CRC64NVME"): told back by the store | | it tells none back |
/// | Reading | HeadObject is allowed | another error | it is not allowed |
/// | Multipart | an upload was begun, a part sent | an error | the provider has none (no error) |
/// | Resume | the part is in the list of parts | | it is not |
/// | Abort | allowed | an error | |
/// | Deletion | the small object is gone again | | it stays at `object` |
/// | Unfinished | `count` uploads of anybody on the first page | | they may not be listed |
/// | LifecycleRule | unfinished uploads are deleted after `count` days | | no rule (no error), or it cannot be read |
/// | Cors | `count` rules | | they cannot be read |
struct ConnectionFinding {
    enum class Check { Reachable, Buckets, Credentials, Bucket, Clock, Region, Addressing, Listing, Writing, Checksum, Reading, Multipart,
                       Resume, Abort, Deletion, Unfinished, LifecycleRule, Cors };
    enum class Outcome { Passed, Failed, Unknown };

    Check check = Check::Reachable;
    Outcome outcome = Outcome::Passed;
    QString fact{};                   ///< a value that needs no translation
    qint64 count = 0;
    Milliseconds clockOffset{0};      ///< the service's clock minus this one's
    bool isEncrypted = false;
    bool isLast = false;              ///< Failed, and the rest would be senseless
    ObjectAddress object{};           ///< what was asked for; key empty: the bucket
    std::optional<Error> error{};
};

}  // namespace packmule
