#include "app/cli/S3Options.h"

#include "app/SavedConnections.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/PutArguments.h"
#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/journal/JournalLocation.h"
#include "core/s3/Endpoint.h"
#include "core/s3/ProviderProfile.h"
#include "core/settings/SettingsFile.h"

#include <CLI/CLI.hpp>

#include <QFile>

namespace packmule {

namespace {

/// Stable over runs: the journal knows a connection by it. Two keys at one endpoint are two connections, so that a command
/// that is handed over is not signed as somebody else. (An access key id is no secret; only its hash is kept anyway.)
QByteArray connectionId(const ConnectionRecord &connection, const QByteArray &accessKeyId)
{
    const QByteArray fields = connection.endpointUrl + '\n' + connection.region + '\n' + connection.awsProfile.toUtf8() + '\n'
        + connection.provider.toUtf8() + '\n' + connection.caBundle.toUtf8() + '\n' + QByteArray::number(static_cast<int>(connection.addressing))
        + (connection.isAnonymous ? "\nanonymous" : "\n") + accessKeyId;
    return sha256(fields).toHex().left(32);
}

/// A saved connection is opened as it is when it is needed (Composition); here it is only named.
Result<ConnectionRecord> savedConnection(const QByteArray &name)
{
    const SettingsContent content = SettingsFile(dataFolder()).read();
    const auto profile = content.connectionNamed(QString::fromUtf8(name));
    if (profile)
        return recordOf(*profile);
    QStringList names;
    for (const ConnectionProfile &known : content.connections)
        names.append(displayName(known.name.toUtf8()));
    const QString known = names.isEmpty() ? QStringLiteral("None is saved yet; \"packmule config connections add\" adds one.")
                                          : QStringLiteral("These are: %1.").arg(names.join(QLatin1String(", ")));
    return failure(ErrorKind::InvalidRequest, QStringLiteral("There is no connection \"%1\". %2").arg(displayName(name), known));
}

QByteArray providerList()
{
    return providerNames().join(", ");
}

}  // namespace

void declareS3Options(CLI::App &command, S3Options &options)
{
    constexpr char kGroup[] = "Store";
    auto *connection = command.add_option("--connection", options.connection, "Connection saved in Packmule; no other option of this group goes with it")
                           ->type_name("NAME")->group(kGroup);
    declareStorePlaceOptions(command, options, kGroup);
    for (const char *other : {"--profile", "--region", "--endpoint-url", "--no-sign-request", "--ca-bundle", "--addressing", "--provider"})
        connection->excludes(command.get_option(other));
}

void declareStorePlaceOptions(CLI::App &command, S3Options &options, const char *group)
{
    command.add_option("--profile", options.profile, "Profile of the AWS files")->type_name("NAME")->group(group);
    command.add_option("--region", options.region, "Region of the bucket")->type_name("NAME")->group(group);
    command.add_option("--endpoint-url", options.endpointUrl, "Address of the store; AWS by region if absent")->type_name("URL")->group(group);
    command.add_flag("--no-sign-request", options.noSignRequest, "Ask as nobody: public buckets")->group(group);
    command.add_option("--ca-bundle", options.caBundle, "Certificates to trust instead of the system's, PEM")->type_name("FILE")->group(group);
    command.add_option("--addressing", options.addressing, "Where the bucket's name goes")->capture_default_str()->group(group)
        ->check(CLI::IsMember({"path", "virtual", "auto"}));
    command.add_option("--provider", options.provider, "Whose S3 it is, where the address does not tell")->type_name("NAME")->group(group);
}

AwsChoices awsChoices(const S3Options &options)
{
    AwsChoices choices;
    choices.profile = QString::fromUtf8(argumentBytes(options.profile));
    choices.region = argumentBytes(options.region);
    choices.endpointUrl = argumentBytes(options.endpointUrl);
    choices.caBundle = QFile::decodeName(argumentBytes(options.caBundle));
    choices.addressing = options.addressing == "path" ? AddressingStyle::Path
        : options.addressing == "virtual" ? AddressingStyle::VirtualHosted : AddressingStyle::Auto;
    choices.isAnonymous = options.noSignRequest;
    return choices;
}

Result<void> checkS3Options(const S3Options &options)
{
    if (!options.endpointUrl.empty()) {
        if (const auto endpoint = Endpoint::parse(argumentBytes(options.endpointUrl), argumentBytes(options.region)); !endpoint)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("--endpoint-url: %1").arg(endpoint.error().detail));
    }
    if (!options.region.empty() && !isRegionName(argumentBytes(options.region)))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("--region \"%1\" cannot be a region's name.").arg(displayName(argumentBytes(options.region))));
    if (!options.provider.empty() && !providerProfile(argumentBytes(options.provider)))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("--provider \"%1\" is not known; these are: %2.")
                                                      .arg(displayName(argumentBytes(options.provider)), QString::fromUtf8(providerList())));
    return {};
}

Result<ConnectionRecord> connectionFrom(const S3Options &options, const AwsEnvironment &environment, QStringList &warnings)
{
    if (!options.connection.empty())
        return savedConnection(argumentBytes(options.connection));
    const auto settings = readAwsSettings(awsChoices(options), environment);
    if (!settings)
        return std::unexpected(settings.error());
    warnings += settings->warnings;
    const auto endpoint = Endpoint::parse(settings->endpointUrl, settings->region);
    if (!endpoint)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The endpoint of the environment or the AWS files cannot be used: %1").arg(endpoint.error().detail));
    ConnectionRecord connection;
    connection.endpointUrl = endpoint->isAws() ? QByteArray() : endpoint->url();
    connection.region = endpoint->isAws() ? endpoint->region() : settings->region;
    connection.awsProfile = settings->profile;
    connection.provider = QString::fromUtf8(argumentBytes(options.provider));
    connection.caBundle = settings->caBundle.isEmpty() ? QString() : QFile::decodeName(absolutePath(QFile::encodeName(settings->caBundle)));
    connection.addressing = settings->addressing;
    connection.isAnonymous = options.noSignRequest;
    connection.id = connectionId(connection, settings->credentials.accessKeyId);
    return connection;
}

}  // namespace packmule
