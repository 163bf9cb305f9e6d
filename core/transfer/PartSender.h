#pragma once

#include "core/files/SourceFile.h"
#include "core/transfer/PartLayout.h"
#include "core/transfer/Uploader.h"

#include <functional>
#include <map>
#include <memory>

namespace packmule {

class Outage;

/// Takes parts of one file through hash, gate, slot and wire. Two parts are hashed ahead of sending, so that the wire
/// never waits for a digest; the source is looked at before each part goes out. No retry: one send, one result.
/// Thread: the engine's. Owned by MultipartUploader; nothing is called back after clear() or its end.
class PartSender
{
public:
    struct Callbacks {
        /// @param md5 hex, only where `found` needed it. @return true: the server has this part, nothing is to be sent.
        std::function<bool(PartNumber, const BodyDigests &, const QByteArray &md5)> onHashed;
        std::function<void(PartNumber, const Result<PartReceipt> &, const Checksum &)> onSent;
        std::function<void()> onRoom;     ///< a part went out: the next may be hashed
        std::function<void()> onHeldBack; ///< a part waits for the network or for credentials
    };

    PartSender(UploadContext &context, const PartLayout &layout, Callbacks callbacks);

    bool hasRoom() const { return m_ahead < kHashAhead; }
    /// @param record address, upload id and integrity are taken from it as it is now.
    /// @param found what the server already holds under this number, to be compared with the content.
    void send(PartNumber part, const TransferRecord &record, const std::shared_ptr<SourceFile> &source,
              const std::optional<StoredPart> &found);
    void clear();

    ByteCount bytesInFlight() const { return m_bytesInFlight; }
    ByteCount wireBytes() const { return m_wireBytes; }  ///< every body byte handed over, repeats included
    int requests() const { return m_requests; }

private:
    static constexpr int kHashAhead = 2;  // as many as the hash pool has threads

    struct Sending {
        PartAddress address;
        TransferId transfer = 0;
        IntegrityPlan integrity;
        std::shared_ptr<SourceFile> source;
        std::optional<StoredPart> found;
        BodyDigests digests;
        CallHandle call;   ///< the hash, the wait for network or credentials, or the request
        CallHandle slot;
        ByteCount sent;
        const Outage *probeOf = nullptr;  ///< speaks for everybody who waits there
        bool isAhead = true;
    };

    void hash(Sending &sending);
    void onDigests(PartNumber part, const Result<BodyDigests> &digests);
    void hashForETag(Sending &sending);
    void offer(PartNumber part, const QByteArray &md5);
    void awaitWay(PartNumber part);
    void awaitSlot(PartNumber part);
    void transmit(PartNumber part);
    void finish(PartNumber part, const Result<PartReceipt> &receipt);
    Sending &at(PartNumber part);

    UploadContext &m_context;
    PartLayout m_layout;
    Callbacks m_callbacks;
    std::map<int, Sending> m_sendings;
    int m_ahead = 0;
    ByteCount m_bytesInFlight, m_wireBytes;
    int m_requests = 0;
};

}  // namespace packmule
