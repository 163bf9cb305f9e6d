#pragma once

#include "core/base/Result.h"
#include "core/base/Scheduler.h"
#include "core/files/PartHasher.h"
#include "core/files/SourceFile.h"
#include "core/journal/Journal.h"
#include "core/s3/ObjectStore.h"
#include "core/transfer/PartMap.h"
#include "core/transfer/PutCommand.h"
#include "core/transfer/StoreProvider.h"
#include "core/transfer/TransferEvent.h"

#include <functional>
#include <memory>
#include <random>

namespace packmule {

class PartSlots;
class EndpointHealth;
class Outage;

/// Everything an uploader works with, by reference; the engine owns it all and outlives every uploader.
struct UploadContext {
    ObjectStore &store;
    const StoreLimits &limits;
    Journal &journal;
    PartSlots &slots;
    PartHasher &hasher;
    EndpointHealth &health;   ///< shared per endpoint: abilities learnt, network up or down, throttling
    Outage &credentials;      ///< shared per connection: on while what it signs with has expired
    Clock &clock;
    Scheduler &scheduler;
    /// Numbers the orphan row of an upload that is given up (restart, skip); the engine counts from Journal::load's highest.
    std::function<qint64()> newOrphanId = {};
    /// Null = SourceFile::open. @param followSymlink as there.
    std::function<Result<std::shared_ptr<SourceFile>>(const QByteArray &path, bool followSymlink)> openSource = {};
};

/// How one transfer left the uploader's hands. The record is final and already committed.
struct UploadOutcome {
    enum class End { Done, Skipped, NeedsAttention, Failed, Cancelled, Stopped };
    End end = End::Stopped;
    TransferRecord record;
    std::optional<Error> error;  ///< NeedsAttention, Failed
};

/// One file on its way to one object: reads top to bottom as plan → act → record → plan again. Implementations:
/// MultipartUploader and PutUploader. Thread: the engine's.
class Uploader
{
public:
    struct Observer {
        std::function<void(TransferEventBody)> onEvent;    ///< not for ProgressEvent: the engine polls the counts
        std::function<void(UploadOutcome)> onFinished;     ///< once, never from inside a call
    };

    virtual ~Uploader() = default;
    virtual void start() = 0;
    /// Drops parts in flight (a Complete already sent is awaited), commits, then onFinished(Stopped). Never aborts.
    virtual void stop() = 0;
    /// Calls in flight are dropped, then Abort until NoSuchUpload confirms it, then onFinished(Cancelled).
    /// @param keepUpload leave the multipart upload on the server.
    virtual void cancel(bool keepUpload) = 0;
    /// The network is back or credentials are new: waits end now.
    virtual void wake() = 0;
    virtual const TransferRecord &record() const = 0;
    virtual ByteCount bytesSent() const = 0;       ///< confirmed, plus handed to the transport and not taken back
    virtual ByteCount bytesConfirmed() const = 0;  ///< in confirmed parts
    virtual int confirmedParts() const = 0;
    virtual int requests() const = 0;
    /// By part index; empty while there is no plan of parts yet.
    virtual QList<PartStanding> partStandings() const { return {}; }
};

/// Chooses PutObject or multipart by PartLayout and by what the record already holds.
/// @param record as journalled; source is opened and checked by the uploader.
std::unique_ptr<Uploader> makeUploader(UploadContext context, TransferRecord record, const PutOptions &options,
                                       Uploader::Observer observer);

}  // namespace packmule
