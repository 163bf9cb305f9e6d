#include "core/transfer/PartLayout.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr qint64 kMiB = 1024 * 1024;

constexpr qint64 dividedUp(qint64 dividend, qint64 divisor)
{
    return dividend / divisor + (dividend % divisor == 0 ? 0 : 1);
}

QString sizeRefusal(ByteCount fileSize, ByteCount limit)
{
    return QStringLiteral("%1 is more than this store can carry in one object (%2)")
        .arg(byteCountText(fileSize), byteCountText(limit));
}

}  // namespace

Result<PartLayout> PartLayout::plan(ByteCount fileSize, std::optional<ByteCount> asked, const StoreLimits &limits)
{
    if (fileSize > limits.maxObjectSize)
        return failure(ErrorKind::InvalidRequest, sizeRefusal(fileSize, limits.maxObjectSize));
    if (!limits.hasMultipart) {
        if (fileSize > limits.maxPutSize)
            return failure(ErrorKind::InvalidRequest, sizeRefusal(fileSize, limits.maxPutSize));
        return PartLayout(fileSize, ByteCount(0), false);
    }
    // Rounding the quotient down yields part 10,001: the classic mistake.
    const qint64 needed = dividedUp(fileSize.value(), limits.maxParts);
    if (ByteCount(needed) > limits.maxPartSize)
        return failure(ErrorKind::InvalidRequest, sizeRefusal(fileSize, limits.maxPartSize * limits.maxParts));
    const ByteCount wanted = asked.value_or(kDefaultPartSize);
    ByteCount partSize = wanted;
    if (partSize.value() < needed)
        partSize = ByteCount(dividedUp(needed, kMiB) * kMiB);
    partSize = std::clamp(partSize, limits.minPartSize, limits.maxPartSize);

    // Below two parts a multipart upload costs three requests to save nothing.
    if (fileSize < partSize * 2 && fileSize <= limits.maxPutSize)
        return PartLayout(fileSize, ByteCount(0), false);
    return PartLayout(fileSize, partSize, asked && partSize > wanted);
}

PartLayout PartLayout::frozen(ByteCount fileSize, ByteCount partSize)
{
    return PartLayout(fileSize, partSize, false);
}

ByteCount PartLayout::sizeOf(PartNumber part) const
{
    if (!isMultipart())
        return m_fileSize;
    Q_ASSERT(part.value() <= m_partCount);
    return std::min(m_partSize, ByteCount(m_fileSize.value() - offsetOf(part)));
}

PartLayout::PartLayout(ByteCount fileSize, ByteCount partSize, bool isRaised)
    : m_fileSize(fileSize), m_partSize(partSize), m_isRaised(isRaised)
{
    if (isMultipart())
        m_partCount = static_cast<int>(dividedUp(fileSize.value(), partSize.value()));
    Q_ASSERT(m_partCount >= 1 && m_partCount <= PartNumber::kMax);
}

}  // namespace packmule
