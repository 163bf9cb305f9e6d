#include "core/transfer/PartLedger.h"

#include "core/integrity/Digest.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace packmule {

PartLedger::PartLedger(const PartLayout &layout) : m_layout(layout), m_rows(static_cast<size_t>(layout.partCount())) {}

void PartLedger::claim(const PartRecord &record)
{
    const PartNumber part = record.partNumber;
    if (part.value() > m_layout.partCount() || record.size != m_layout.sizeOf(part))
        return;  // a row of another plan
    row(part).eTag = record.eTag;
    setChecksum(row(part), record.checksum);
    setStatus(part, Status::Claimed);
}

void PartLedger::beginListing()
{
    for (int index = 0; index < m_layout.partCount(); ++index) {
        const PartNumber part = PartNumber::fromIndex(index);
        if (row(part).status == Status::Confirmed)
            setStatus(part, Status::Claimed);
    }
}

void PartLedger::list(const StoredPart &stored)
{
    const PartNumber part = stored.partNumber;
    if (part.value() > m_layout.partCount() || stored.size != m_layout.sizeOf(part))
        return;  // not of our plan: it is sent again, or left out of Complete
    Row &known = row(part);
    const Checksum claimed = checksumIn(known);
    const bool isComparable = !stored.checksum.isEmpty() && claimed.algorithm == stored.checksum.algorithm;
    const bool isAsClaimed = known.status == Status::Claimed && known.eTag == stored.eTag
        && (!isComparable || claimed.rawBytes == stored.checksum.rawBytes);
    if (isAsClaimed) {
        setStatus(part, Status::Confirmed);
    } else if (known.status != Status::Confirmed) {
        known.eTag = stored.eTag;
        setChecksum(known, stored.checksum);
        setStatus(part, Status::OnServer);
    }
}

void PartLedger::endListing()
{
    for (int index = 0; index < m_layout.partCount(); ++index) {
        const PartNumber part = PartNumber::fromIndex(index);
        if (row(part).status == Status::Claimed)
            setStatus(part, Status::Missing);
    }
}

void PartLedger::trustClaims()
{
    for (int index = 0; index < m_layout.partCount(); ++index) {
        const PartNumber part = PartNumber::fromIndex(index);
        if (row(part).status == Status::Claimed)
            setStatus(part, Status::Confirmed);
    }
}

std::optional<PartNumber> PartLedger::nextToSend() const
{
    if (m_firstToSend >= m_rows.size())
        return std::nullopt;
    return PartNumber::fromIndex(static_cast<int>(m_firstToSend));
}

void PartLedger::begin(PartNumber part)
{
    // What was found on the server stays readable until the content is hashed: foundOnServer() looks at the ETag.
    if (row(part).status != Status::OnServer)
        row(part).eTag.clear();
    setStatus(part, Status::InFlight);
}

void PartLedger::confirm(PartNumber part, const QByteArray &eTag, const Checksum &checksum)
{
    row(part).eTag = eTag;
    setChecksum(row(part), checksum);
    setStatus(part, Status::Confirmed);
}

void PartLedger::hold(PartNumber part)
{
    row(part).eTag.clear();
    setStatus(part, Status::Held);
}

void PartLedger::retry(PartNumber part)
{
    row(part).eTag.clear();
    setStatus(part, Status::Missing);
}

void PartLedger::dropInFlight()
{
    for (const int number : std::exchange(m_inFlight, {}))
        retry(PartNumber::fromIndex(number - 1));
}

std::optional<StoredPart> PartLedger::foundOnServer(PartNumber part) const
{
    const Row &known = row(part);
    if (known.eTag.isEmpty() || (known.status != Status::OnServer && known.status != Status::InFlight))
        return std::nullopt;
    return StoredPart{.partNumber = part, .size = m_layout.sizeOf(part), .eTag = known.eTag, .checksum = checksumIn(known)};
}

Checksum PartLedger::checksumOf(PartNumber part) const
{
    return checksumIn(row(part));
}

StoredPart PartLedger::storedPart(PartNumber part) const
{
    return {.partNumber = part, .size = m_layout.sizeOf(part), .eTag = row(part).eTag, .checksum = checksumIn(row(part))};
}

QList<StoredPart> PartLedger::storedParts(bool withChecksums) const
{
    QList<StoredPart> parts;
    parts.reserve(m_layout.partCount());
    for (int index = 0; index < m_layout.partCount(); ++index) {
        const PartNumber part = PartNumber::fromIndex(index);
        parts.append({.partNumber = part, .size = m_layout.sizeOf(part), .eTag = row(part).eTag,
                      .checksum = withChecksums ? checksumIn(row(part)) : Checksum{}});
    }
    return parts;
}

Checksum PartLedger::objectChecksum() const
{
    const ChecksumAlgorithm algorithm = m_rows.front().algorithm;
    const bool isUniform = std::ranges::all_of(m_rows, [algorithm](const Row &one) { return one.algorithm == algorithm && one.checksumSize > 0; });
    if (!isUniform)
        return {};
    Checksum whole{.algorithm = algorithm, .rawBytes = checksumIn(m_rows.front()).rawBytes, .isComposite = false};
    switch (algorithm) {
    case ChecksumAlgorithm::Crc64Nvme:
    case ChecksumAlgorithm::Crc32c:
    case ChecksumAlgorithm::Crc32:
        for (size_t index = 1; index < m_rows.size(); ++index) {
            const PartNumber part = PartNumber::fromIndex(static_cast<int>(index));
            whole.rawBytes = combineCrc(algorithm, whole.rawBytes, checksumIn(m_rows[index]).rawBytes, m_layout.sizeOf(part));
        }
        return whole;
    case ChecksumAlgorithm::Sha256:
    case ChecksumAlgorithm::Sha1: {
        const auto digest = makeDigest(algorithm);
        for (const Row &one : m_rows)
            digest->add(checksumIn(one).rawBytes);
        return {.algorithm = algorithm, .rawBytes = digest->result(), .isComposite = true};
    }
    case ChecksumAlgorithm::Md5:
    case ChecksumAlgorithm::None:
        return {};
    }
    Q_UNREACHABLE_RETURN({});
}

void PartLedger::setStatus(PartNumber part, Status status)
{
    Row &changed = row(part);
    if (changed.status == Status::Confirmed) {
        --m_confirmed;
        m_confirmedBytes -= m_layout.sizeOf(part);
    } else if (changed.status == Status::InFlight) {
        m_inFlight.erase(part.value());
    }
    changed.status = status;
    if (status == Status::Confirmed) {
        ++m_confirmed;
        m_confirmedBytes += m_layout.sizeOf(part);
    } else if (status == Status::InFlight) {
        m_inFlight.insert(part.value());
    }
    const auto index = static_cast<size_t>(part.index());
    if (isToSend(status))
        m_firstToSend = std::min(m_firstToSend, index);
    while (m_firstToSend < m_rows.size() && !isToSend(m_rows[m_firstToSend].status))
        ++m_firstToSend;  // amortised: forward only, but for the parts that come back
}

void PartLedger::setChecksum(Row &row, const Checksum &checksum)
{
    row.algorithm = checksum.algorithm;
    row.checksumSize = static_cast<quint8>(std::min<qsizetype>(checksum.rawBytes.size(), static_cast<qsizetype>(row.checksum.size())));
    std::memcpy(row.checksum.data(), checksum.rawBytes.constData(), row.checksumSize);
}

Checksum PartLedger::checksumIn(const Row &row)
{
    if (row.checksumSize == 0)
        return {};
    return {.algorithm = row.algorithm, .rawBytes = QByteArray(row.checksum.data(), row.checksumSize), .isComposite = false};
}

QList<PartStanding> PartLedger::standings() const
{
    QList<PartStanding> all;
    all.reserve(static_cast<qsizetype>(m_rows.size()));
    for (const Row &known : m_rows) {
        switch (known.status) {
        case Status::Missing:
        case Status::OnServer: all.append(PartStanding::Queued); break;
        case Status::Held: all.append(PartStanding::Retrying); break;
        case Status::InFlight: all.append(PartStanding::Sending); break;
        case Status::Claimed:
        case Status::Confirmed: all.append(PartStanding::Confirmed); break;
        }
    }
    return all;
}

}  // namespace packmule
