#pragma once

#include "core/files/SourceIdentity.h"
#include "core/journal/Records.h"
#include "core/s3/Types.h"
#include "core/transfer/TransferEvent.h"

#include <optional>

namespace packmule {

/// What an object must be to be ours.
struct ExpectedObject {
    ByteCount size;
    QByteArray token;
    Checksum checksum;  ///< empty where there is none to compare
};

enum class ObjectMatch {
    Ours,     ///< token and size, and the checksum where both sides have the same kind of one
    Foreign,  ///< another token: somebody else's object
    Damaged,  ///< our token, but not our bytes
};

/// A HEAD without a checksum field is no mismatch: size and token decide (issue 3, "Integrity"). Pure.
ObjectMatch compareObject(const ObjectHead &head, const ExpectedObject &expected);

/// The user's settings with our token in the metadata; whatever the user put under its name gives way.
ObjectSettings withToken(const ObjectSettings &settings, const QByteArray &token);

/// Why the object that is there makes this upload needless; nullopt: upload.
std::optional<SkipReason> reasonToSkip(WriteCondition condition, const ObjectHead &existing, const SourceIdentity &source);

/// 128 random bits in hex.
QByteArray newToken();

}  // namespace packmule
