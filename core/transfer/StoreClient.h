#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/journal/Records.h"
#include "core/s3/Types.h"

#include <QObject>

#include <functional>
#include <optional>

namespace packmule {

/// One finding of the live connection test; facts only, the sentences are made by whoever shows it.
struct ConnectionFinding {
    enum class Check { Reachable, Clock, Region, Addressing, Listing, Writing, Checksum, Multipart, Abort, LifecycleRule };
    enum class Outcome { Passed, Failed, Unknown };
    Check check = Check::Reachable;
    Outcome outcome = Outcome::Passed;
    QString fact;                   ///< a value that needs no translation: "us-east-1", "CRC64NVME", "path", "7 days"
    std::optional<Error> error;     ///< with Failed and Unknown
};

/// A store asked directly, without a transfer: what Browse, Unfinished uploads and the connection test need. Every answer
/// is one page; nobody reads a whole bucket. Calls of one connection run side by side.
/// Thread: the one that made it. Errors: as ObjectStore's, and CredentialsMissing, InvalidRequest of opening.
class StoreClient : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual CallHandle buckets(const ConnectionRecord &connection,
                                             std::function<void(Result<QList<BucketSummary>>)> done) = 0;
    /// Prefixes and objects directly below `prefix` (delimiter "/"). @param token ObjectPage::nextToken of the page before.
    [[nodiscard]] virtual CallHandle page(const ConnectionRecord &connection, const ObjectAddress &prefix, const QByteArray &token,
                                          std::function<void(Result<ObjectPage>)> done) = 0;
    [[nodiscard]] virtual CallHandle head(const ConnectionRecord &connection, const ObjectAddress &object,
                                          std::function<void(Result<ObjectHead>)> done) = 0;
    /// One after the other; ends at the first failure with how many are gone in `removed`.
    [[nodiscard]] virtual CallHandle remove(const ConnectionRecord &connection, const QList<ObjectAddress> &objects,
                                            std::function<void(int removed)> progress, std::function<void(Result<void>)> done) = 0;
    /// A page of unfinished uploads of any tool. Markers: of the page before, empty for the first.
    [[nodiscard]] virtual CallHandle unfinishedUploads(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                                       const QByteArray &keyMarker, const QByteArray &uploadIdMarker,
                                                       std::function<void(Result<UploadPage>)> done) = 0;
    /// The parts of one upload, a page (at most 1,000) after part number `marker`.
    [[nodiscard]] virtual CallHandle uploadedParts(const ConnectionRecord &connection, const ObjectAddress &object,
                                                   const QByteArray &uploadId, int marker, std::function<void(Result<PartPage>)> done) = 0;
    [[nodiscard]] virtual CallHandle abortUpload(const ConnectionRecord &connection, const ObjectAddress &object,
                                                 const QByteArray &uploadId, std::function<void(Result<void>)> done) = 0;
    /// After how many days the bucket deletes unfinished uploads; nullopt: no rule.
    [[nodiscard]] virtual CallHandle abortRuleDays(const ConnectionRecord &connection, const QByteArray &bucket,
                                                   std::function<void(Result<std::optional<int>>)> done) = 0;
    [[nodiscard]] virtual CallHandle createBucket(const ConnectionRecord &connection, const QByteArray &bucket,
                                                  std::function<void(Result<void>)> done) = 0;
    /// The checklist of `packmule doctor`, a finding at a time; writes a small object and an empty upload below `prefix`
    /// and removes both. `done` follows the last finding; a check that makes the rest senseless is the last.
    [[nodiscard]] virtual CallHandle testConnection(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                                    std::function<void(const ConnectionFinding &)> found, std::function<void()> done) = 0;
};

}  // namespace packmule
