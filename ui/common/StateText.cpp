#include "ui/common/StateText.h"

#include "core/transfer/TransferListClient.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"

#include <QStringList>

namespace packmule {

namespace {

QString withoutStop(QString sentence)
{
    while (sentence.endsWith(QLatin1Char('.')) || sentence.endsWith(QChar(0x3002)))
        sentence.chop(1);
    return sentence;
}

}  // namespace

QString StateText::ofWaiting(const WaitingEvent &waiting, WallTime now)
{
    const auto sentence = [](WaitReason reason) {
        switch (reason) {
        case WaitReason::Network: return tr("Waiting for network");
        case WaitReason::Throttled: return tr("Waiting: the store asks to slow down");
        case WaitReason::Credentials: return tr("Waiting for sign-in");
        case WaitReason::SourceBusy: return tr("File is in use");
        case WaitReason::Schedule: return tr("Waiting for the time that the timetable allows");
        case WaitReason::ServerFault: return tr("Waiting for the store to recover");
        case WaitReason::JournalTrouble: return tr("Waiting for the list of transfers to become writable");
        }
        return QString();
    };
    if (!waiting.until || *waiting.until <= now)
        return sentence(waiting.reason);
    const QString left = AmountText::span(std::chrono::ceil<std::chrono::seconds>(*waiting.until - now));
    if (waiting.reason == WaitReason::SourceBusy)
        return tr("File is in use, next look in %1").arg(left);
    return tr("%1, next try in %2", "%1: Waiting for network").arg(sentence(waiting.reason), left);
}

QString StateText::of(const TransferSnapshot &transfer, bool isVerifying, WallTime now)
{
    const TransferRecord &record = transfer.record;
    const bool isOver = record.state == TransferState::Done || record.state == TransferState::Skipped || record.state == TransferState::Cancelled;
    if (record.isPaused && !isOver && record.state != TransferState::NeedsAttention && record.state != TransferState::Cancelling)
        return transfer.confirmedParts > 0 && transfer.parts > 1 ? tr("Paused, the store keeps what it has") : tr("Paused");
    if (transfer.waiting && !isOver && record.state != TransferState::NeedsAttention)
        return ofWaiting(*transfer.waiting, now);
    switch (record.state) {
    case TransferState::Queued: return tr("Waiting for its turn");
    case TransferState::Creating: return tr("Beginning");
    case TransferState::Sending: return isVerifying ? tr("Verifying") : tr("Uploading");
    case TransferState::Completing: return isVerifying ? tr("Verifying") : tr("Assembling on the server");
    case TransferState::Paused: return tr("Paused");
    case TransferState::Cancelling: return tr("Removing its parts from the server");
    case TransferState::NeedsAttention: return record.error ? withoutStop(ErrorText::cause(*record.error)) : tr("Needs attention");
    case TransferState::Done: return record.isVerified ? tr("Verified") : tr("Done, not read back: no permission");
    case TransferState::Skipped: return tr("Skipped: it is in the store already");
    case TransferState::Cancelled: return tr("Removed");
    }
    return {};
}

QString StateText::of(const RunSummary &run)
{
    if (run.needingAttention > 0)
        return tr("%n file(s) need attention", "of a folder", run.needingAttention);
    if (run.running > run.waiting)
        return tr("Uploading");
    if (run.waiting > 0)
        return tr("Waiting");
    if (run.done == run.transfers)
        return tr("Done");
    if (run.paused > 0)
        return tr("Paused");
    return tr("Waiting for its turn");
}

}  // namespace packmule
