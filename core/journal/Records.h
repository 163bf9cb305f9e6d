#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"
#include "core/base/Error.h"
#include "core/files/SourceIdentity.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>
#include <variant>

namespace packmule {

/// Row numbers; 0 means "not stored yet". They are given by the engine from Journal::load's highest, not by SQLite.
using TransferId = qint64;
using RunId = qint64;

/// A transfer's state as the journal keeps it (architecture, section 6; waiting is not stored, it is found again).
enum class TransferState {
    Queued,
    Creating,      ///< a Create of ours may be in flight: createStarted is set (K2)
    Sending,       ///< uploadId is set
    Completing,    ///< a Complete of ours may be in flight (K9)
    Paused,
    Cancelling,    ///< abort until gone (K12)
    NeedsAttention,///< a person must act; error is set; stays resumable
    Done,
    Skipped,       ///< by rule (--no-overwrite, …)
    Cancelled,     ///< removed by the user
};

/// Where and as whom, without any secret: enough to open the same store again from the same AWS files or environment.
struct ConnectionRecord {
    QByteArray id;               ///< stable hash of the fields below
    QByteArray endpointUrl;      ///< "" = AWS by region
    QByteArray region;
    QString awsProfile;          ///< "" = the environment or the default profile
    QString provider;            ///< provider profile name, "" = by endpoint
    QString caBundle;
    AddressingStyle addressing = AddressingStyle::Auto;
    bool isAnonymous = false;
    QByteArray savedConnection = {};  ///< id of the connection saved in Packmule that this is ("" = none): it says where and as
                                      ///< whom now; the fields above are what it said then, for when it is gone
};

/// What was learnt of an endpoint from its answers to the user's own requests.
struct EndpointRecord {
    QByteArray endpointUrl;              ///< key; region included for AWS
    bool hasAnswered = false;            ///< a connection was once accepted (cli.md, "When a command ends")
    std::optional<ChecksumAlgorithm> checksum;  ///< best that was echoed; nullopt = not known yet
    QList<ChecksumAlgorithm> unknownChecksums;  ///< tried and not echoed, or refused by name
    Milliseconds clockOffset{0};         ///< server minus local
};

enum class IfChanged { Restart, Verify, Fail };
enum class WriteCondition { Always, NoOverwrite, IfSizeDiffers, IfSourceNewer };

/// What every transfer of one put shares. "The same command" = equal identity (cli.md, "Repeating a command").
struct RunRecord {
    RunId id = 0;
    QByteArray commandIdentity;   ///< hash over absolute sources, destination, endpoint and object settings
    QByteArray commandJson;       ///< the command as EngineClient took it, for resume; no secret in it
    WallTime begun{};
    std::optional<WallTime> ended;
    bool scanComplete = false;    ///< every file of the run has its row
};

/// One file on its way to one object.
struct TransferRecord {
    TransferId id = 0;
    RunId run = 0;
    QByteArray connectionId;
    QByteArray sourcePath;         ///< absolute raw bytes
    SourceIdentity source;         ///< as planned
    ObjectAddress object;
    TransferState state = TransferState::Queued;
    bool isPaused = false;         ///< by the user; survives restarts
    int position = 0;              ///< order in the queue, for `queue` and the window

    // The plan, frozen at Create. partSize 0 = one PutObject.
    ByteCount partSize;
    IntegrityPlan integrity;
    QByteArray token;              ///< client token, hex; empty until planned

    // Multipart
    QByteArray uploadId;
    std::optional<WallTime> createStarted;  ///< server-corrected
    std::optional<WallTime> abortDate;

    // The end
    QByteArray eTag, versionId;
    Checksum checksum;
    bool isVerified = false;       ///< false with Done: "not re-read: no permission"
    std::optional<Error> error;    ///< NeedsAttention: why (redacted)
    std::optional<WallTime> ended;
};

/// A part that the store has confirmed.
struct PartRecord {
    TransferId transfer = 0;
    PartNumber partNumber = PartNumber::fromIndex(0);
    ByteCount size;
    Checksum checksum;   ///< raw CRC or MD5, empty under IntegrityPlan None
    QByteArray eTag;
};

/// A row of the list for people, with what the store has confirmed of it.
struct ListedTransfer {
    TransferRecord transfer;
    int confirmedParts = 0;
    ByteCount confirmed;
};

/// An upload to abort as soon as may be (facts B2 step 8).
struct OrphanRecord {
    qint64 id = 0;
    QByteArray connectionId;
    ObjectAddress object;
    QByteArray uploadId;
};

// One durable step is a batch of these, written in one transaction in order.
struct SaveRun { RunRecord run; };
struct SaveTransfer { TransferRecord transfer; };
struct SavePart { PartRecord part; };
struct RemoveParts { TransferId transfer = 0; };
struct RemoveTransfer { TransferId transfer = 0; };
struct SaveConnection { ConnectionRecord connection; };
struct SaveEndpoint { EndpointRecord endpoint; };
struct SaveOrphan { OrphanRecord orphan; };
struct RemoveOrphan { qint64 id = 0; };
using JournalChange = std::variant<SaveRun, SaveTransfer, SavePart, RemoveParts, RemoveTransfer, SaveConnection,
                                   SaveEndpoint, SaveOrphan, RemoveOrphan>;
using JournalBatch = QList<JournalChange>;

}  // namespace packmule
