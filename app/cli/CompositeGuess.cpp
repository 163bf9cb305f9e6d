#include "app/cli/CompositeGuess.h"

#include <algorithm>

namespace packmule {

namespace {

constexpr qint64 kMiB = 1024 * 1024;
// Packmule and rclone's larger files, aws-cli and boto, rclone, s3cmd, mc, s5cmd; then what people choose.
constexpr qint64 kCommonMiB[] = {16, 8, 5, 15, 64, 50, 10, 32, 100, 128, 256, 512};

qint64 partsWith(ByteCount fileSize, qint64 partSize)
{
    return std::max<qint64>(1, (fileSize.value() + partSize - 1) / partSize);
}

}  // namespace

QList<ByteCount> likelyPartSizes(ByteCount fileSize, int parts, int limit)
{
    QList<ByteCount> sizes;
    if (parts <= 1)
        return {ByteCount(std::max<qint64>(fileSize.value(), 1))};
    const auto consider = [&](qint64 size) {
        if (sizes.size() < limit && size > 0 && partsWith(fileSize, size) == parts && !sizes.contains(ByteCount(size)))
            sizes.append(ByteCount(size));
    };
    for (const qint64 common : kCommonMiB)
        consider(common * kMiB);
    const qint64 smallest = (fileSize.value() + parts - 1) / parts;
    for (qint64 size = (smallest + kMiB - 1) / kMiB * kMiB; sizes.size() < limit && partsWith(fileSize, size) == parts; size += kMiB)
        consider(size);
    return sizes;
}

CompositeDigests::CompositeDigests(ChecksumAlgorithm algorithm, QList<ByteCount> partSizes) : m_algorithm(algorithm)
{
    for (const ByteCount size : std::as_const(partSizes))
        m_candidates.push_back({size, size.value(), nullptr, {}});
}

void CompositeDigests::add(QByteArrayView bytes)
{
    for (Candidate &candidate : m_candidates) {
        QByteArrayView rest = bytes;
        while (!rest.isEmpty()) {
            if (!candidate.part)
                candidate.part = makeDigest(m_algorithm);
            const qsizetype taken = std::min<qsizetype>(rest.size(), candidate.left);
            candidate.part->add(rest.first(taken));
            rest = rest.sliced(taken);
            candidate.left -= taken;
            if (candidate.left == 0)
                finishPart(candidate);
        }
    }
}

void CompositeDigests::finishPart(Candidate &candidate)
{
    candidate.partHashes += candidate.part->result();
    candidate.part.reset();
    candidate.left = candidate.partSize.value();
}

QList<QByteArray> CompositeDigests::results()
{
    QList<QByteArray> out;
    for (Candidate &candidate : m_candidates) {
        if (candidate.part)
            finishPart(candidate);
        const auto whole = makeDigest(m_algorithm);
        whole->add(candidate.partHashes);
        out.append(whole->result());
    }
    return out;
}

}  // namespace packmule
