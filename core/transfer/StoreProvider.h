#pragma once

#include "core/base/Result.h"
#include "core/journal/Records.h"
#include "core/s3/ObjectStore.h"

#include <memory>

namespace packmule {

/// What a store can carry, from the provider profile (data) and the user's override.
struct StoreLimits {
    int maxParts = PartNumber::kMax;
    ByteCount minPartSize{5 * 1024 * 1024};
    ByteCount maxPartSize{5LL * 1024 * 1024 * 1024};
    ByteCount maxObjectSize{10'000LL * 5 * 1024 * 1024 * 1024};  ///< 48.8 TiB, facts A4
    ByteCount maxPutSize{5LL * 1024 * 1024 * 1024};
    bool hasMultipart = true;
    bool hasChecksums = true;  ///< false: the profile knows that additional checksums are refused
};

struct OpenStore {
    std::shared_ptr<ObjectStore> store;
    StoreLimits limits;
    EndpointRecord endpoint;   ///< key only; what was learnt is the engine's, kept in the journal
};

/// Turns a journalled connection into a store, with credentials from wherever it says. Implemented in app/Composition.
class StoreProvider
{
public:
    virtual ~StoreProvider() = default;
    /// Errors: CredentialsMissing, InvalidRequest. The same connection gives the same store.
    virtual Result<OpenStore> open(const ConnectionRecord &connection) = 0;
};

}  // namespace packmule
