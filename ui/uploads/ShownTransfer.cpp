#include "ui/uploads/ShownTransfer.h"

#include "core/base/Overloaded.h"

namespace packmule {

namespace {

void setState(ShownTransfer &shown, TransferState state)
{
    shown.snapshot.record.state = state;
    shown.snapshot.waiting.reset();
    shown.isVerifying = false;
}

void confirmAll(TransferSnapshot &snapshot)
{
    snapshot.sent = snapshot.confirmed = snapshot.record.source.size;
    snapshot.confirmedParts = snapshot.parts;
}

}  // namespace

bool applyEvent(ShownTransfer &shown, const TransferEvent &event)
{
    TransferSnapshot &snapshot = shown.snapshot;
    return std::visit(Overloaded{
        [&](const QueuedEvent &) { setState(shown, TransferState::Queued); snapshot.record.isPaused = false; return true; },
        [&](const StartedEvent &started) {
            setState(shown, TransferState::Sending);
            snapshot.record.isPaused = false;
            snapshot.record.error.reset();
            snapshot.record.partSize = started.partSize;
            snapshot.record.uploadId = started.uploadId;
            snapshot.parts = started.parts;
            snapshot.confirmedParts = started.confirmedParts;
            return true;
        },
        [&](const PartEvent &) { snapshot.confirmedParts = std::min(snapshot.confirmedParts + 1, snapshot.parts); snapshot.waiting.reset(); return true; },
        [&](const ProgressEvent &progress) {
            snapshot.sent = progress.sent;
            snapshot.confirmed = progress.confirmed;
            snapshot.rate = progress.rate;
            if (progress.rate > 0)
                snapshot.waiting.reset();
            return true;
        },
        [&](const RetryEvent &) { return true; },
        [&](const WaitingEvent &waiting) { snapshot.waiting = waiting; snapshot.rate = 0; return true; },
        [&](const VerifyingEvent &) { shown.isVerifying = true; snapshot.waiting.reset(); snapshot.rate = 0; return true; },
        [&](const CompletedEvent &completed) {
            setState(shown, TransferState::Done);
            confirmAll(snapshot);
            snapshot.rate = 0;
            snapshot.record.isVerified = completed.isVerified;
            snapshot.record.eTag = completed.eTag;
            snapshot.record.checksum = completed.checksum;
            snapshot.record.ended = event.time;
            return true;
        },
        [&](const SkippedEvent &) { setState(shown, TransferState::Skipped); snapshot.rate = 0; return true; },
        [&](const PausedEvent &) { snapshot.record.isPaused = true; snapshot.waiting.reset(); snapshot.rate = 0; return false; },
        [&](const CancelledEvent &) { setState(shown, TransferState::Cancelled); snapshot.rate = 0; return true; },
        [&](const NoticeEvent &) { return true; },
        [&](const FailedEvent &failed) {
            setState(shown, TransferState::NeedsAttention);
            snapshot.record.error = failed.error;
            snapshot.rate = 0;
            return false;
        },
        [&](const SummaryEvent &) { return true; }},
        event.body);
}

void applyEvent(PartMap &map, const TransferEvent &event)
{
    const auto set = [&map](PartNumber part, PartStanding standing) {
        if (part.index() < map.parts.size())
            map.parts[part.index()] = standing;
    };
    if (const auto *part = std::get_if<PartEvent>(&event.body))
        set(part->partNumber, PartStanding::Confirmed);
    else if (const auto *retry = std::get_if<RetryEvent>(&event.body); retry && retry->partNumber)
        set(*retry->partNumber, PartStanding::Retrying);
    else if (const auto *completed = std::get_if<CompletedEvent>(&event.body))
        map.parts.fill(completed->isVerified ? PartStanding::Verified : PartStanding::Confirmed);
}

bool changesMembership(const TransferEvent &event)
{
    return std::visit(Overloaded{
        [](const QueuedEvent &) { return true; }, [](const StartedEvent &) { return true; }, [](const WaitingEvent &) { return true; },
        [](const VerifyingEvent &) { return true; }, [](const CompletedEvent &) { return true; }, [](const SkippedEvent &) { return true; },
        [](const PausedEvent &) { return true; }, [](const CancelledEvent &) { return true; }, [](const FailedEvent &) { return true; },
        [](const PartEvent &) { return false; }, [](const ProgressEvent &) { return false; }, [](const RetryEvent &) { return false; },
        [](const NoticeEvent &) { return false; }, [](const SummaryEvent &) { return true; }},
        event.body);
}

bool endsTransfer(const TransferEvent &event)
{
    return std::holds_alternative<CompletedEvent>(event.body) || std::holds_alternative<SkippedEvent>(event.body)
        || std::holds_alternative<PausedEvent>(event.body) || std::holds_alternative<CancelledEvent>(event.body)
        || std::holds_alternative<FailedEvent>(event.body);
}

std::optional<std::chrono::seconds> timeLeft(const TransferSnapshot &snapshot)
{
    const qint64 left = (snapshot.record.source.size - snapshot.confirmed).value();
    if (snapshot.rate < 1 || left <= 0 || snapshot.waiting)
        return std::nullopt;
    return std::chrono::seconds(static_cast<qint64>(static_cast<double>(left) / snapshot.rate) + 1);
}

}  // namespace packmule
