#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/journal/Records.h"
#include "core/s3/Types.h"
#include "core/transfer/AbortRule.h"
#include "core/transfer/ConnectionFinding.h"

#include <QObject>

#include <functional>

namespace packmule {

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
    /// One after the other; `progress` after each, with how many are gone. Ends at the first failure. What is dropped stops
    /// before the next object.
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
    /// The bucket's own rules that delete unfinished uploads; none is no error.
    [[nodiscard]] virtual CallHandle abortRules(const ConnectionRecord &connection, const QByteArray &bucket,
                                                std::function<void(Result<QList<AbortRule>>)> done) = 0;
    [[nodiscard]] virtual CallHandle createBucket(const ConnectionRecord &connection, const QByteArray &bucket,
                                                  std::function<void(Result<void>)> done) = 0;
    /// The checklist of `packmule doctor`, a finding at a time; writes a small object and an empty upload below `prefix`
    /// and removes both, also when it is dropped midway. An empty bucket tests the service alone. `done` follows the last
    /// finding.
    [[nodiscard]] virtual CallHandle testConnection(const ConnectionRecord &connection, const ObjectAddress &prefix,
                                                    std::function<void(const ConnectionFinding &)> found, std::function<void()> done) = 0;
};

}  // namespace packmule
