#include "app/CredentialsRecipes.h"

#include "core/s3/Endpoint.h"
#include "core/signing/AssumeRoleCredentials.h"
#include "core/signing/CachedCredentials.h"
#include "core/signing/ProcessCredentials.h"
#include "core/signing/StaticCredentials.h"

namespace packmule {

namespace {

using Kind = AwsCredentialsRecipe::Kind;

Credentials staticCredentials(const AwsCredentialsRecipe &recipe)
{
    return {recipe.accessKeyId, recipe.secretAccessKey, recipe.sessionToken, std::nullopt};
}

Result<HttpOrigin> stsOrigin(const CredentialsContext &context)
{
    if (context.stsEndpointUrl.isEmpty())
        return awsStsOrigin(context.region.isEmpty() ? QByteArrayLiteral("us-east-1") : context.region);
    const auto endpoint = Endpoint::parse(context.stsEndpointUrl, context.region);
    if (!endpoint)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The STS endpoint cannot be used: %1").arg(endpoint.error().detail));
    return endpoint->origin();
}

Result<std::unique_ptr<CredentialsSource>> assumeRole(const AwsCredentialsRecipe &recipe, const CredentialsContext &context)
{
    CredentialsContext forBase = context;
    forBase.reread = nullptr;
    auto base = makeCredentialsSource(*recipe.base, forBase);
    if (!base)
        return base;
    const auto origin = stsOrigin(context);
    if (!origin)
        return std::unexpected(origin.error());
    AssumedRole role;
    role.arn = recipe.roleArn;
    role.externalId = recipe.externalId;
    role.duration = recipe.roleDuration;
    role.origin = *origin;
    if (!recipe.roleSessionName.isEmpty())
        role.sessionName = recipe.roleSessionName;
    if (!context.region.isEmpty())
        role.region = context.region;
    auto source = std::make_unique<AssumeRoleCredentials>(role, std::move(*base), context.transport, context.clock);
    return std::make_unique<CachedCredentials>(std::move(source), context.clock, context.scheduler);
}

}  // namespace

Result<std::unique_ptr<CredentialsSource>> makeCredentialsSource(const AwsCredentialsRecipe &recipe, const CredentialsContext &context)
{
    switch (recipe.kind) {
    case Kind::Missing:
    case Kind::Anonymous:
        return failure(ErrorKind::CredentialsMissing, QStringLiteral("looked in %1").arg(recipe.origin));
    case Kind::Static: {
        StaticCredentials::Reread reread;
        if (context.reread) {
            reread = [again = context.reread]() -> Result<Credentials> {
                const auto now = again();
                if (!now)
                    return std::unexpected(now.error());
                if (now->kind != Kind::Static)
                    return failure(ErrorKind::CredentialsExpired, QStringLiteral("and the profile no longer holds keys"));
                return staticCredentials(*now);
            };
        }
        return std::make_unique<StaticCredentials>(staticCredentials(recipe), context.scheduler, std::move(reread));
    }
    case Kind::Process:
        return std::make_unique<CachedCredentials>(std::make_unique<ProcessCredentials>(recipe.process, context.scheduler), context.clock, context.scheduler);
    case Kind::AssumeRole:
        return assumeRole(recipe, context);
    }
    return failure(ErrorKind::CredentialsMissing, {});
}

}  // namespace packmule
