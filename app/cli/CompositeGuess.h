#pragma once

#include "core/base/ByteCount.h"
#include "core/integrity/Digest.h"

#include <QByteArray>
#include <QList>

#include <memory>
#include <vector>

namespace packmule {

/// The part sizes with which a file of this size has exactly `parts` parts, likeliest first, at most `limit`: the common
/// sizes of the tools, then whole MiB. Pure.
QList<ByteCount> likelyPartSizes(ByteCount fileSize, int parts, int limit);

/// A hash of part hashes ("MD5 of MD5s", composite checksums), computed for several part sizes in one reading.
class CompositeDigests
{
public:
    CompositeDigests(ChecksumAlgorithm algorithm, QList<ByteCount> partSizes);

    void add(QByteArrayView bytes);
    /// Raw composite values, in the order of the part sizes. Once.
    QList<QByteArray> results();

private:
    struct Candidate {
        ByteCount partSize;
        qint64 left = 0;
        std::unique_ptr<Digest> part;
        QByteArray partHashes;
    };

    void finishPart(Candidate &candidate);

    ChecksumAlgorithm m_algorithm;
    std::vector<Candidate> m_candidates;
};

}  // namespace packmule
