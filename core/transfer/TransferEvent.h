#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/journal/Records.h"

#include <QByteArray>
#include <QString>

#include <optional>
#include <variant>

namespace packmule {

// What happened, as `--json` prints it (cli.md, "Events"). Facts only; sentences are made by app/cli and ui.

struct QueuedEvent { ByteCount size; };
struct StartedEvent { ByteCount size, partSize; int parts = 1; QByteArray uploadId; bool isResumed = false; int confirmedParts = 0; };
struct PartEvent { PartNumber partNumber = PartNumber::fromIndex(0); ByteCount size; int attempt = 1; QByteArray eTag; };
/// rate: bytes a second, smoothed; eta empty while unknown. At most one per transfer per 100 ms.
struct ProgressEvent { ByteCount sent, confirmed, size; double rate = 0; std::optional<std::chrono::seconds> eta; };
struct RetryEvent { std::optional<PartNumber> partNumber; int attempt = 1; Error error; Milliseconds wait{0}; };
enum class WaitReason { Network, Throttled, Credentials, SourceBusy, Schedule, ServerFault, JournalTrouble };
struct WaitingEvent { WaitReason reason = WaitReason::Network; Error error; std::optional<WallTime> until; };
struct VerifyingEvent {};
/// isVerified false: "not re-read: no permission". requests: HTTP requests of this process for this transfer.
struct CompletedEvent { ByteCount size; QByteArray eTag; Checksum checksum; std::chrono::duration<double> seconds{0}; ByteCount bytesSent; int requests = 0; bool isVerified = true; };
enum class SkipReason { AlreadyCompleted, ObjectExists, SameSize, NotNewer, Excluded };
struct SkippedEvent { SkipReason reason = SkipReason::AlreadyCompleted; };
struct PausedEvent {};
struct CancelledEvent {};
/// One line for people that changes nothing ("part size raised to 6 MiB", "upload was gone, beginning anew").
struct NoticeEvent { QString text; };
/// isResumable: the transfer stays in the journal as needsAttention.
struct FailedEvent { Error error; QString advice; bool isResumable = false; };
struct SummaryEvent { int completed = 0, skipped = 0, failed = 0; ByteCount bytes; };

using TransferEventBody = std::variant<QueuedEvent, StartedEvent, PartEvent, ProgressEvent, RetryEvent, WaitingEvent,
                                       VerifyingEvent, CompletedEvent, SkippedEvent, PausedEvent, CancelledEvent,
                                       NoticeEvent, FailedEvent, SummaryEvent>;

struct TransferEvent {
    WallTime time{};
    RunId run = 0;
    TransferId transfer = 0;    ///< 0 for SummaryEvent and for a file refused before it had a row
    QByteArray source;          ///< absolute raw path
    ObjectAddress object;
    TransferEventBody body;
};

}  // namespace packmule
