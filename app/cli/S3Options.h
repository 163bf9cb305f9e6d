#pragma once

#include "core/base/Result.h"
#include "core/journal/Records.h"
#include "core/settings/AwsConfig.h"

#include <string>

namespace CLI {
class App;
}

namespace packmule {

/// The options of all commands that talk to S3. Only names and places: a secret is never an argument.
struct S3Options {
    std::string connection;   ///< saved in Packmule; then all else is empty
    std::string profile, region, endpointUrl, caBundle, addressing = "auto", provider;
    bool noSignRequest = false;
};

void declareS3Options(CLI::App &command, S3Options &options);
/// The same without --connection: what a saved connection consists of.
void declareStorePlaceOptions(CLI::App &command, S3Options &options, const char *group);

/// What is wrong with the options themselves. Errors: InvalidRequest, a usage error.
Result<void> checkS3Options(const S3Options &options);

AwsChoices awsChoices(const S3Options &options);

/// Options, environment and AWS files as one connection, or the saved one, without secrets. `warnings` gets lines for people.
/// Errors: as readAwsSettings; InvalidRequest for a name that no saved connection has, and for an endpoint of the environment or the files that cannot be one.
Result<ConnectionRecord> connectionFrom(const S3Options &options, const AwsEnvironment &environment, QStringList &warnings);

}  // namespace packmule
