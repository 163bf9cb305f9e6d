#include "core/transfer/UploadVerification.h"

#include "core/integrity/Digest.h"

#include <algorithm>

namespace packmule {

namespace {

bool isTokenName(const std::pair<QByteArray, QByteArray> &entry)
{
    return entry.first.compare(kTokenMetadataName, Qt::CaseInsensitive) == 0;
}

}  // namespace

ObjectMatch compareObject(const ObjectHead &head, const ExpectedObject &expected)
{
    const auto token = std::ranges::find_if(head.metadata, isTokenName);
    if (token == head.metadata.end() || token->second != expected.token)
        return ObjectMatch::Foreign;
    if (head.size != expected.size)
        return ObjectMatch::Damaged;
    const bool isComparable = !head.checksum.isEmpty() && !expected.checksum.isEmpty()
        && head.checksum.algorithm == expected.checksum.algorithm && head.checksum.isComposite == expected.checksum.isComposite;
    if (isComparable && head.checksum.rawBytes != expected.checksum.rawBytes)
        return ObjectMatch::Damaged;
    return ObjectMatch::Ours;
}

ObjectSettings withToken(const ObjectSettings &settings, const QByteArray &token)
{
    ObjectSettings merged = settings;
    merged.metadata.removeIf(isTokenName);
    merged.metadata.append({QByteArray(kTokenMetadataName), token});
    return merged;
}

std::optional<SkipReason> reasonToSkip(WriteCondition condition, const ObjectHead &existing, const SourceIdentity &source)
{
    const WallTime modified{Milliseconds{source.modifiedNs / 1'000'000}};
    switch (condition) {
    case WriteCondition::Always: return std::nullopt;
    case WriteCondition::NoOverwrite: return SkipReason::ObjectExists;
    case WriteCondition::IfSizeDiffers: return existing.size == source.size ? std::optional(SkipReason::SameSize) : std::nullopt;
    case WriteCondition::IfSourceNewer: return modified <= existing.lastModified ? std::optional(SkipReason::NotNewer) : std::nullopt;
    }
    Q_UNREACHABLE_RETURN(std::nullopt);
}

QByteArray newToken()
{
    return randomBytes(16).toHex();
}

}  // namespace packmule
