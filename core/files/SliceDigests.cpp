#include "core/files/SliceDigests.h"

#include "core/files/FileErrors.h"
#include "core/integrity/Digest.h"

#include <algorithm>
#include <memory>

namespace packmule {

Result<BodyDigests> digestsOfSlice(const SourceFile &file, qint64 offset, ByteCount size, const IntegrityPlan &integrity,
                                   std::span<char> buffer, const std::function<bool()> &isDropped)
{
    const bool hasChecksum = integrity.algorithm != ChecksumAlgorithm::None;
    // One SHA-256 serves both purposes.
    const bool isShared = integrity.algorithm == ChecksumAlgorithm::Sha256 && integrity.signPayload;
    const std::unique_ptr<Digest> checksum = hasChecksum ? makeDigest(integrity.algorithm) : nullptr;
    const std::unique_ptr<Digest> payload = integrity.signPayload && !isShared ? makeDigest(ChecksumAlgorithm::Sha256) : nullptr;

    const bool isNeeded = hasChecksum || integrity.signPayload;
    for (qint64 done = 0; isNeeded && done < size.value();) {
        if (isDropped())
            return failure(ErrorKind::Cancelled, QStringLiteral("no longer wanted"));
        const qint64 wanted = std::min(static_cast<qint64>(buffer.size()), size.value() - done);
        const Result<qint64> count = file.read(buffer.data(), wanted, offset + done);
        if (!count)
            return std::unexpected(count.error());
        if (*count < wanted)
            return std::unexpected(fileComplaint(ErrorKind::SourceChanged, file.path(), QStringLiteral("has become shorter")));
        const QByteArrayView bytes(buffer.data(), wanted);
        if (checksum)
            checksum->add(bytes);
        if (payload)
            payload->add(bytes);
        done += wanted;
    }

    BodyDigests digests;
    if (checksum)
        digests.checksum = {.algorithm = integrity.algorithm, .rawBytes = checksum->result(), .isComposite = false};
    if (integrity.signPayload)
        digests.sha256 = isShared ? digests.checksum.rawBytes : payload->result();
    return digests;
}

}  // namespace packmule
