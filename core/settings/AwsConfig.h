#pragma once

#include "core/base/Result.h"
#include "core/s3/Types.h"
#include "core/settings/AwsEnvironment.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <chrono>
#include <memory>

namespace packmule {

/// What a command or a journalled connection says itself; empty means "as the environment and the files say".
struct AwsChoices {
    QString profile;
    QByteArray region;
    QByteArray endpointUrl;
    QString caBundle;
    AddressingStyle addressing = AddressingStyle::Auto;
    bool isAnonymous = false;
};

/// How to come by credentials, before anything is run or asked. Holds secrets where it is Static.
struct AwsCredentialsRecipe {
    enum class Kind { Missing, Anonymous, Static, Process, AssumeRole };
    Kind kind = Kind::Missing;
    QString origin;        ///< for people: "the environment", "profile backup in ~/.aws/credentials"; Missing: where was looked
    // Static
    QByteArray accessKeyId, secretAccessKey, sessionToken;
    // Process
    QString process;       ///< a command line, split as a shell would
    // AssumeRole
    QByteArray roleArn, externalId, roleSessionName;
    std::chrono::seconds roleDuration{3600};
    std::shared_ptr<const AwsCredentialsRecipe> base;
};

/// The answer of environment, files and choices together.
struct AwsSettings {
    QString profile;             ///< the one that was used; "" = credentials of the environment, or the default profile
    QByteArray region;           ///< "" = nobody says
    QByteArray endpointUrl;      ///< "" = AWS by region
    QByteArray stsEndpointUrl;   ///< "" = AWS by region
    QString caBundle;
    AddressingStyle addressing = AddressingStyle::Auto;
    AwsCredentialsRecipe credentials;
    QStringList warnings;
};

/// Reads ~/.aws/config and ~/.aws/credentials (or where AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE point) with the
/// precedence of the AWS command line: choice, environment, files; AWS_ENDPOINT_URL_S3 before AWS_ENDPOINT_URL before
/// [services] s3 before the profile's endpoint_url; a profile that was *chosen* beats key variables, AWS_PROFILE does not.
/// Errors: InvalidRequest and LocalIo (file and line named), CredentialsMissing (a named profile that does not exist, or
/// one that needs what we do not have: MFA, SSO, instance metadata).
/// Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files", "Service-specific endpoints".
Result<AwsSettings> readAwsSettings(const AwsChoices &choices, const AwsEnvironment &environment);

}  // namespace packmule
