#pragma once

#include "app/cli/S3Options.h"
#include "core/settings/AppSettings.h"
#include "core/transfer/PutCommand.h"

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace packmule {

/// What `put` was given, as typed.
struct PutArguments {
    S3Options s3;
    std::vector<std::string> sourcesAndDestination;
    bool recursive = false, noOverwrite = false, ifSizeDiffers = false, ifSourceNewer = false;
    bool followSymlinks = false, dryRun = false, rawNames = false, abortOnFailure = false;
    std::optional<int> concurrency;
    std::string partSize, acl, storageClass, contentType, cacheControl, contentDisposition, contentEncoding;
    std::string metadata, tags, sse, sseKmsKeyId, checksumAlgorithm, bwlimit, ifChanged = "restart", maxWait;
    std::vector<std::string> include, exclude;
    QList<NameFilter> filters;  ///< include and exclude in the order of the command line
    std::optional<int> retries;
};

void declarePutArguments(CLI::App &command, PutArguments &arguments);

/// Everything but the connection, checked. Sources become absolute against the current folder.
/// Errors: InvalidRequest with a sentence, all of them usage errors (252).
/// @param settings what holds where no option says otherwise: slots, part size, limits.
Result<PutCommand> putCommandFrom(const PutArguments &arguments, const AppSettings &settings = {});

/// An absolute path with "." segments, double and trailing slashes taken out; ".." stays, because a symlink before it
/// would change what it means. Raw bytes.
QByteArray absolutePath(const QByteArray &path);

}  // namespace packmule
