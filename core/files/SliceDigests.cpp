#include "core/files/SliceDigests.h"

#include "core/files/FileErrors.h"
#include "core/integrity/Digest.h"

#include <algorithm>
#include <memory>

namespace packmule {

namespace {

/// Below it the mapping costs more than the copy. Also how far a mapped slice goes between two looks at `isDropped`.
constexpr qint64 kWindowBytes = 1024 * 1024;

Error becameShorter(const SourceFile &file)
{
    return fileComplaint(ErrorKind::SourceChanged, file.path(), QStringLiteral("has become shorter"));
}

Result<void> readPiece(const SourceFile &file, qint64 offset, std::span<char> into)
{
    const auto wanted = static_cast<qint64>(into.size());
    const Result<qint64> count = file.read(into.data(), wanted, offset);
    if (!count)
        return std::unexpected(count.error());
    if (*count < wanted)
        return std::unexpected(becameShorter(file));
    return {};
}

/// Why a mapped window gave no good bytes, from reading it the ordinary way.
Error errorOfWindow(const SourceFile &file, qint64 offset, std::span<char> buffer)
{
    for (qint64 done = 0; done < kWindowBytes;) {
        const qint64 wanted = std::min(static_cast<qint64>(buffer.size()), kWindowBytes - done);
        if (const auto read = readPiece(file, offset + done, buffer.first(static_cast<size_t>(wanted))); !read)
            return read.error();
        done += wanted;
    }
    return fileComplaint(ErrorKind::SourceChanged, file.path(), QStringLiteral("could not be read for a moment"));
}

/// @return how many bytes `use` saw; 0 if they are to be read instead.
Result<qint64> passMapped(const SourceFile &file, qint64 offset, qint64 left, std::span<char> buffer,
                          const std::function<void(QByteArrayView)> &use)
{
    const auto window = left >= kWindowBytes ? file.map(offset, kWindowBytes) : nullptr;
    if (!window)
        return 0;
    if (!window->pass(use))
        return std::unexpected(errorOfWindow(file, offset, buffer));
    // A file that ends within the last page seems to go on with zeros.
    if (const auto last = readPiece(file, offset + kWindowBytes - 1, buffer.first(1)); !last)
        return std::unexpected(last.error());
    return kWindowBytes;
}

}  // namespace

Result<BodyDigests> digestsOfSlice(const SourceFile &file, qint64 offset, ByteCount size, const IntegrityPlan &integrity,
                                   std::span<char> buffer, const std::function<bool()> &isDropped)
{
    const bool hasChecksum = integrity.algorithm != ChecksumAlgorithm::None;
    // One SHA-256 serves both purposes.
    const bool isShared = integrity.algorithm == ChecksumAlgorithm::Sha256 && integrity.signPayload;
    const std::unique_ptr<Digest> checksum = hasChecksum ? makeDigest(integrity.algorithm) : nullptr;
    const std::unique_ptr<Digest> payload = integrity.signPayload && !isShared ? makeDigest(ChecksumAlgorithm::Sha256) : nullptr;

    const bool isNeeded = hasChecksum || integrity.signPayload;
    const auto add = [&](QByteArrayView bytes) {
        if (checksum)
            checksum->add(bytes);
        if (payload)
            payload->add(bytes);
    };
    // Two digests of one mapping would fetch it from memory twice; SHA-256 costs so much more than a copy that it gains nothing.
    const bool isMapped = hasChecksum && !payload && !isShared;
    for (qint64 done = 0; isNeeded && done < size.value();) {
        if (isDropped())
            return failure(ErrorKind::Cancelled, QStringLiteral("no longer wanted"));
        const qint64 left = size.value() - done;
        const Result<qint64> passed = isMapped ? passMapped(file, offset + done, left, buffer, add) : Result<qint64>(0);
        if (!passed)
            return std::unexpected(passed.error());
        done += *passed;
        if (*passed > 0)
            continue;
        const auto piece = buffer.first(static_cast<size_t>(std::min(static_cast<qint64>(buffer.size()), left)));
        if (const auto read = readPiece(file, offset + done, piece); !read)
            return std::unexpected(read.error());
        add(QByteArrayView(piece.data(), static_cast<qsizetype>(piece.size())));
        done += static_cast<qint64>(piece.size());
    }

    BodyDigests digests;
    if (checksum)
        digests.checksum = {.algorithm = integrity.algorithm, .rawBytes = checksum->result(), .isComposite = false};
    if (integrity.signPayload)
        digests.sha256 = isShared ? digests.checksum.rawBytes : payload->result();
    return digests;
}

}  // namespace packmule
