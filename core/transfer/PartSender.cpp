#include "core/transfer/PartSender.h"

#include "core/base/CrashPoint.h"
#include "core/transfer/CallGate.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/PartSlots.h"

#include <utility>

namespace packmule {

PartSender::PartSender(UploadContext &context, const PartLayout &layout, Callbacks callbacks)
    : m_context(context), m_layout(layout), m_callbacks(std::move(callbacks))
{
}

void PartSender::send(PartNumber part, const TransferRecord &record, const std::shared_ptr<SourceFile> &source,
                      const std::optional<StoredPart> &found)
{
    Sending &sending = m_sendings[part.value()];
    sending.address = {.object = record.object, .uploadId = record.uploadId, .partNumber = part};
    sending.transfer = record.id;
    sending.integrity = record.integrity;
    sending.source = source;
    sending.found = found;
    ++m_ahead;
    hash(sending);
}

void PartSender::clear()
{
    m_sendings.clear();
    m_ahead = 0;
    m_bytesInFlight = {};
}

void PartSender::hash(Sending &sending)
{
    const PartNumber part = sending.address.partNumber;
    sending.call = m_context.hasher.hash(sending.source, m_layout.offsetOf(part), m_layout.sizeOf(part), sending.integrity,
                                         [this, part](const Result<BodyDigests> &digests) { onDigests(part, digests); });
}

void PartSender::onDigests(PartNumber part, const Result<BodyDigests> &digests)
{
    if (!digests) {
        finish(part, std::unexpected(digests.error()));
        return;
    }
    Sending &sending = at(part);
    sending.digests = *digests;
    const bool isComparable = sending.integrity.algorithm == ChecksumAlgorithm::Md5
        || (sending.found && sending.found->checksum.algorithm == digests->checksum.algorithm && !digests->checksum.isEmpty());
    if (!sending.found || isComparable)
        offer(part, {});
    else
        hashForETag(sending);
}

/// The server tells no checksum of the part it has: its ETag is the MD5 with most stores.
void PartSender::hashForETag(Sending &sending)
{
    const PartNumber part = sending.address.partNumber;
    const auto onMd5 = [this, part](const Result<BodyDigests> &digests) {
        offer(part, digests ? digests->checksum.rawBytes.toHex() : QByteArray());
    };
    sending.call = m_context.hasher.hash(sending.source, m_layout.offsetOf(part), m_layout.sizeOf(part),
                                         {.algorithm = ChecksumAlgorithm::Md5, .signPayload = false}, onMd5);
}

void PartSender::offer(PartNumber part, const QByteArray &md5)
{
    const BodyDigests digests = at(part).digests;
    if (at(part).found) {
        // Off the list before the callback: the plan may end the upload from there.
        auto kept = m_sendings.extract(part.value());
        --m_ahead;
        if (m_callbacks.onHashed(part, digests, md5))
            return;
        m_sendings.insert(std::move(kept));
        ++m_ahead;
    }
    awaitWay(part);
}

void PartSender::awaitWay(PartNumber part)
{
    Outage *const outage = outageOf(m_context);
    if (!outage) {
        awaitSlot(part);
        return;
    }
    const auto onTurn = [this, part, outage] {
        at(part).probeOf = outage;
        awaitSlot(part);
    };
    at(part).call = outage->awaitTurn(onTurn);
    m_callbacks.onHeldBack();
}

void PartSender::awaitSlot(PartNumber part)
{
    Sending &sending = at(part);
    sending.slot = m_context.slots.acquire(sending.transfer, m_context.health.parallelLimit(), [this, part] { transmit(part); });
}

void PartSender::transmit(PartNumber part)
{
    Sending &sending = at(part);
    if (const Outage *const outage = outageOf(m_context); outage && sending.probeOf != outage) {
        sending.slot.cancel();
        awaitWay(part);
        return;
    }
    if (const Result<void> unchanged = sending.source->check(); !unchanged) {
        finish(part, std::unexpected(unchanged.error()));
        return;
    }
    if (std::exchange(sending.isAhead, false))
        --m_ahead;
    const ByteCount size = m_layout.sizeOf(part);
    ObjectBody body{.device = sending.source->window(m_layout.offsetOf(part), size), .size = size, .digests = sending.digests};
    const auto onProgress = [this, part](ByteCount sent, ByteCount) {
        Sending &moving = at(part);
        m_bytesInFlight += sent - moving.sent;
        m_wireBytes += sent - moving.sent;
        moving.sent = sent;
    };
    ++m_requests;
    sending.call = m_context.store.uploadPart(sending.address, sending.integrity, std::move(body), onProgress,
                                              [this, part](const Result<PartReceipt> &receipt) { finish(part, receipt); });
    // The slot is free to prepare the next part behind this one: ask the owner.
    m_callbacks.onRoom();
}

void PartSender::finish(PartNumber part, const Result<PartReceipt> &receipt)
{
    if (receipt)
        PACKMULE_CRASH_POINT("K5");
    auto ended = m_sendings.extract(part.value());
    Sending &sending = ended.mapped();
    if (sending.isAhead)
        --m_ahead;
    m_bytesInFlight -= sending.sent;
    const Checksum checksum = sending.digests.checksum;
    sending.slot.cancel();
    m_callbacks.onSent(part, receipt, checksum);
}

PartSender::Sending &PartSender::at(PartNumber part)
{
    const auto found = m_sendings.find(part.value());
    Q_ASSERT(found != m_sendings.end());
    return found->second;
}

}  // namespace packmule
