#pragma once

#include "core/journal/Records.h"
#include "core/transfer/PartLayout.h"
#include "core/transfer/PartMap.h"

#include <array>
#include <optional>
#include <set>
#include <vector>

namespace packmule {

/// What is known of every part of one upload. About 130 bytes a part; every question but the sums is answered without
/// walking the parts. A value without time or I/O.
///
/// Missing → InFlight → Confirmed; on resume Claimed (a row of the journal, not yet seen on the server) and OnServer
/// (seen there, but not as the journal has it: adopted if its content proves to be ours, else sent again).
class PartLedger
{
public:
    explicit PartLedger(const PartLayout &layout);

    // The journal and the listing
    void claim(const PartRecord &row);
    /// A second look at the server: everything confirmed is only a claim again.
    void beginListing();
    void list(const StoredPart &part);
    void endListing();  ///< claims that were not seen are missing
    void trustClaims(); ///< listing is forbidden: the journal's word counts

    // Sending
    /// The lowest part that is to be sent or adopted.
    std::optional<PartNumber> nextToSend() const;
    void begin(PartNumber part);
    void confirm(PartNumber part, const QByteArray &eTag, const Checksum &checksum);
    /// Neither in flight nor to be taken by nextToSend() until retry().
    void hold(PartNumber part);
    void retry(PartNumber part);
    void dropInFlight();

    bool isComplete() const { return m_confirmed == m_layout.partCount(); }
    int confirmedCount() const { return m_confirmed; }
    /// Claims count as confirmed: the listing comes soon, and the map is not to blink.
    QList<PartStanding> standings() const;
    ByteCount confirmedBytes() const { return m_confirmedBytes; }
    const std::set<int> &inFlight() const { return m_inFlight; }
    /// What the server holds under this number while it waits to be adopted.
    std::optional<StoredPart> foundOnServer(PartNumber part) const;
    bool isConfirmed(PartNumber part) const { return row(part).status == Status::Confirmed; }
    Checksum checksumOf(PartNumber part) const;
    StoredPart storedPart(PartNumber part) const;

    // Complete
    /// @param withChecksums for composite algorithms, which want them in the XML.
    QList<StoredPart> storedParts(bool withChecksums) const;
    /// Of the whole object, put together from the parts' (facts A5.5); empty if a part has none or there is no such sum.
    Checksum objectChecksum() const;

private:
    enum class Status : quint8 { Missing, Claimed, OnServer, Held, InFlight, Confirmed };
    struct Row {
        QByteArray eTag;
        std::array<char, 32> checksum{};
        quint8 checksumSize = 0;
        ChecksumAlgorithm algorithm = ChecksumAlgorithm::None;
        Status status = Status::Missing;
    };

    Row &row(PartNumber part) { return m_rows[static_cast<size_t>(part.index())]; }
    const Row &row(PartNumber part) const { return m_rows[static_cast<size_t>(part.index())]; }
    void setStatus(PartNumber part, Status status);
    static void setChecksum(Row &row, const Checksum &checksum);
    static Checksum checksumIn(const Row &row);
    static bool isToSend(Status status) { return status == Status::Missing || status == Status::OnServer; }

    PartLayout m_layout;
    std::vector<Row> m_rows;
    std::set<int> m_inFlight;       // part numbers
    size_t m_firstToSend = 0;       // no row before it is to be sent
    int m_confirmed = 0;
    ByteCount m_confirmedBytes;
};

}  // namespace packmule
