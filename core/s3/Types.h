#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <compare>
#include <optional>
#include <utility>

// The value types of S3 that every layer may know. No behaviour beyond construction.

namespace packmule {

/// 1 to 10,000, as S3 counts parts. A part *index* (0-based) is only ever a position in an array of ours.
class PartNumber
{
public:
    static constexpr int kMax = 10'000;  // S3 user guide, "Multipart upload limits"

    static constexpr std::optional<PartNumber> from(qint64 number)
    {
        if (number < 1 || number > kMax)
            return std::nullopt;
        return PartNumber(static_cast<int>(number));
    }
    static constexpr PartNumber fromIndex(int partIndex) { return PartNumber(partIndex + 1); }

    constexpr int value() const { return m_number; }
    constexpr int index() const { return m_number - 1; }
    constexpr auto operator<=>(const PartNumber &) const = default;

private:
    constexpr explicit PartNumber(int number) : m_number(number) {}
    int m_number;
};

/// A bucket and an object key. The key is raw bytes, exactly as S3 stores it; never normalised, usually UTF-8.
struct ObjectAddress {
    QByteArray bucket;
    QByteArray key;
    bool operator==(const ObjectAddress &) const = default;
    auto operator<=>(const ObjectAddress &) const = default;
};

enum class ChecksumAlgorithm { None, Crc64Nvme, Crc32c, Crc32, Sha256, Sha1, Md5 };

/// A checksum as raw bytes, big-endian for CRCs (base64 only on the wire).
struct Checksum {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    QByteArray rawBytes;
    bool isComposite = false;  ///< "-N" form: a hash of the part hashes
    bool operator==(const Checksum &) const = default;
    bool isEmpty() const { return algorithm == ChecksumAlgorithm::None || rawBytes.isEmpty(); }
};

/// How the bodies of one upload are proved to the store (facts A5, issue 3 "Integrity").
/// algorithm Crc64Nvme/Crc32c/Crc32: x-amz-checksum-*, full object, part CRCs are combined; Md5: Content-MD5 on every
/// body; None: nothing, and the payload is signed.
struct IntegrityPlan {
    ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
    bool signPayload = true;  ///< sign the SHA-256 of bodies (plain http always; https only where algorithm is None)
    bool operator==(const IntegrityPlan &) const = default;
};

/// The digests of one body, raw bytes; which are present follows from the IntegrityPlan.
struct BodyDigests {
    Checksum checksum;   ///< CRC or MD5 by the plan's algorithm
    QByteArray sha256;   ///< 32 bytes when the payload is signed
};

/// What the user asked to be stored with the object. Values are checked (no CR, LF, NUL) by S3ObjectStore.
struct ObjectSettings {
    QByteArray acl, storageClass, contentType, cacheControl, contentDisposition, contentEncoding;
    QByteArray serverSideEncryption, kmsKeyId;
    QList<std::pair<QByteArray, QByteArray>> metadata;  ///< names without x-amz-meta-
    QList<std::pair<QByteArray, QByteArray>> tags;
    bool operator==(const ObjectSettings &) const = default;
};

/// Metadata name of our client token (x-amz-meta-packmule-id): 128 random bits in hex, tells our upload from others'.
inline constexpr char kTokenMetadataName[] = "packmule-id";

struct PartAddress {
    ObjectAddress object;
    QByteArray uploadId;
    PartNumber partNumber = PartNumber::fromIndex(0);
};

/// A part as the store has it.
struct StoredPart {
    PartNumber partNumber = PartNumber::fromIndex(0);
    ByteCount size;
    QByteArray eTag;     ///< opaque, with the quotes stripped
    Checksum checksum;   ///< empty if the store does not tell
};

struct PartPage {
    QList<StoredPart> parts;
    std::optional<int> nextMarker;  ///< part-number-marker of the next page; empty on the last
};

/// One unfinished multipart upload as ListMultipartUploads tells it.
struct UnfinishedUpload {
    ObjectAddress object;
    QByteArray uploadId;
    WallTime initiated{};
    QByteArray initiatorId, storageClass;
};

struct UploadPage {
    QList<UnfinishedUpload> uploads;
    QByteArray nextKeyMarker, nextUploadIdMarker;  ///< both empty on the last page
    QList<QByteArray> commonPrefixes;
};

struct ObjectSummary {
    QByteArray key, eTag, storageClass;
    ByteCount size;
    WallTime lastModified{};
};

struct ObjectPage {
    QList<ObjectSummary> objects;
    QList<QByteArray> commonPrefixes;
    QByteArray nextToken;  ///< empty on the last page; opaque to callers
};

struct ObjectHead {
    ByteCount size;
    QByteArray eTag, versionId, contentType, storageClass;
    WallTime lastModified{};
    Checksum checksum;  ///< full-object or composite, empty if not told
    QList<std::pair<QByteArray, QByteArray>> metadata;  ///< names lower-case, without x-amz-meta-
    int partCount = 0;  ///< x-amz-mp-parts-count, 0 if not told
};

struct BucketSummary {
    QByteArray name;
    WallTime created{};
};

/// An inclusive range of an object's bytes.
struct ByteRange {
    qint64 first = 0;
    qint64 last = 0;
};

enum class AddressingStyle { Auto, Path, VirtualHosted };

/// The stable spelling used on the wire and in the journal ("CRC64NVME", "CRC32C", …, "MD5"; "" for None).
QByteArray checksumAlgorithmName(ChecksumAlgorithm algorithm);
std::optional<ChecksumAlgorithm> checksumAlgorithmFromName(const QByteArray &name);

}  // namespace packmule
