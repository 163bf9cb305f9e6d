#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/net/HttpTransport.h"
#include "core/settings/AwsConfig.h"
#include "core/signing/Credentials.h"

#include <functional>
#include <memory>

namespace packmule {

/// What a source of credentials is made with; all of it outlives the source.
struct CredentialsContext {
    const Clock &clock;
    Scheduler &scheduler;
    HttpTransport &transport;      ///< for STS
    QByteArray stsEndpointUrl;     ///< "" = AWS by region
    QByteArray region;
    /// The recipe as the files say now, for credentials that were refused as expired.
    std::function<Result<AwsCredentialsRecipe>()> reread;
};

/// Turns a recipe of core/settings into a source of core/signing. Errors: CredentialsMissing with where was looked;
/// InvalidRequest for an STS endpoint that cannot be one.
Result<std::unique_ptr<CredentialsSource>> makeCredentialsSource(const AwsCredentialsRecipe &recipe, const CredentialsContext &context);

}  // namespace packmule
