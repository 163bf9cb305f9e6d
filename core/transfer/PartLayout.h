#pragma once

#include "core/base/Result.h"
#include "core/s3/Types.h"
#include "core/transfer/StoreProvider.h"

#include <optional>

namespace packmule {

/// How one file is cut: one PutObject, or parts of equal size of which only the last may be smaller (some stores, R2
/// among them, insist on equal parts, so they are never varied). A value; frozen in the journal at Create.
/// Sources: S3 user guide, "Multipart upload limits"; facts s3.md A4.
class PartLayout
{
public:
    static constexpr ByteCount kDefaultPartSize{16LL * 1024 * 1024};

    /// @param asked the user's part size; nullopt chooses by the file's size. A size that the file or the store cannot
    ///        use is raised (isPartSizeRaised), never refused: the caller has refused what S3 never allows.
    /// @return InvalidRequest for a file that no part size can carry.
    static Result<PartLayout> plan(ByteCount fileSize, std::optional<ByteCount> asked, const StoreLimits &limits);
    /// As journalled. @param partSize 0 = one PutObject.
    static PartLayout frozen(ByteCount fileSize, ByteCount partSize);

    bool isMultipart() const { return m_partSize.value() > 0; }
    ByteCount fileSize() const { return m_fileSize; }
    ByteCount partSize() const { return m_partSize; }  ///< 0 for one PutObject
    int partCount() const { return m_partCount; }      ///< 1 for one PutObject
    /// The user's part size was too small for this file or this store; worth one line.
    bool isPartSizeRaised() const { return m_isRaised; }

    qint64 offsetOf(PartNumber part) const { return m_partSize.value() * part.index(); }
    ByteCount sizeOf(PartNumber part) const;

private:
    PartLayout(ByteCount fileSize, ByteCount partSize, bool isRaised);

    ByteCount m_fileSize;
    ByteCount m_partSize;
    int m_partCount = 1;
    bool m_isRaised = false;
};

}  // namespace packmule
