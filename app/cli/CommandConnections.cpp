#include "app/cli/CommandConnections.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/CommandDoctor.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/PutArguments.h"
#include "app/cli/SecretInput.h"
#include "core/base/Redaction.h"
#include "core/journal/JournalLocation.h"
#include "core/settings/ConnectionJson.h"
#include "core/settings/PrivateFile.h"
#include "core/settings/SecretStore.h"

#include <CLI/CLI.hpp>

#include <QFile>
#include <QJsonObject>

namespace packmule {

namespace {

using Action = ConnectionArguments::Action;
using Source = ConnectionProfile::Credentials;

std::shared_ptr<ConnectionArguments> argumentsFor(Action action)
{
    auto arguments = std::make_shared<ConnectionArguments>();
    arguments->action = action;
    return arguments;
}

CommandFactory factoryOf(std::shared_ptr<ConnectionArguments> arguments)
{
    return [arguments](const CommandContext &context) { return std::make_unique<CommandConnections>(context, *arguments); };
}

void declareName(CLI::App &command, ConnectionArguments &arguments)
{
    command.add_option("NAME", arguments.name, "Name of the connection")->option_text(" ")->required();
}

void declareFields(CLI::App &command, ConnectionArguments &arguments)
{
    constexpr char kGroup[] = "Connection";
    declareStorePlaceOptions(command, arguments.s3, kGroup);
    command.add_option("--access-key-id", arguments.accessKeyId, "Access key id; the secret is asked for, never an argument")->type_name("ID")->group(kGroup);
    command.add_option("--secret-file", arguments.secretFile, "Read the secret access key from FILE, or from standard input (-)")->type_name("FILE")->group(kGroup);
    command.add_flag("--use-environment", arguments.useEnvironment, "Sign with the AWS_* environment or the default profile")->group(kGroup);
    command.add_option("--bucket", arguments.bucket, "Bucket that the window uploads to unless told otherwise")->type_name("NAME")->group(kGroup);
    command.add_option("--prefix", arguments.prefix, "Prefix there")->type_name("PREFIX")->group(kGroup);
    arguments.isGiven = [&command](const char *option) { return command.count(option) > 0; };
}

QString sourceText(const ConnectionProfile &profile)
{
    switch (profile.credentials) {
    case Source::Saved: return profile.isLocalStore ? QStringLiteral("local store") : QStringLiteral("key %1").arg(displayName(profile.accessKeyId));
    case Source::AwsProfile: return QStringLiteral("AWS profile %1").arg(profile.awsProfile);
    case Source::Environment: return QStringLiteral("environment");
    case Source::Anonymous: return QStringLiteral("not signed");
    }
    return {};
}

}  // namespace

CommandFactory declareConnectionsLs(CLI::App &)
{
    return factoryOf(argumentsFor(Action::Ls));
}

CommandFactory declareConnectionsAdd(CLI::App &command)
{
    const auto arguments = argumentsFor(Action::Add);
    declareName(command, *arguments);
    declareFields(command, *arguments);
    return factoryOf(arguments);
}

CommandFactory declareConnectionsEdit(CLI::App &command)
{
    const auto arguments = argumentsFor(Action::Edit);
    declareName(command, *arguments);
    command.add_option("--name", arguments->newName, "Another name for it")->type_name("NAME")->group("Connection");
    declareFields(command, *arguments);
    command.add_flag("--new-secret", arguments->newSecret, "Ask for the secret access key again")->group("Connection");
    return factoryOf(arguments);
}

CommandFactory declareConnectionsRm(CLI::App &command)
{
    const auto arguments = argumentsFor(Action::Rm);
    declareName(command, *arguments);
    return factoryOf(arguments);
}

CommandFactory declareConnectionsExport(CLI::App &command)
{
    const auto arguments = argumentsFor(Action::Export);
    command.add_option("FILE", arguments->file, "Where to; standard output if absent. It holds no secrets")->option_text(" ");
    return factoryOf(arguments);
}

CommandFactory declareConnectionsImport(CLI::App &command)
{
    const auto arguments = argumentsFor(Action::Import);
    command.add_option("FILE", arguments->file, "A file that \"config connections export\" wrote")->option_text(" ")->required();
    return factoryOf(arguments);
}

CommandFactory declareConnectionsTest(CLI::App &command)
{
    auto name = std::make_shared<std::string>();
    command.add_option("NAME", *name, "Name of the connection")->option_text(" ")->required();
    return [name](const CommandContext &context) {
        DoctorArguments arguments;
        arguments.s3.connection = *name;
        const auto profile = SettingsFile(dataFolder()).read().connectionNamed(QString::fromUtf8(argumentBytes(*name)));
        if (profile && !profile->bucket.isEmpty())
            arguments.uri = QByteArray("s3://" + profile->bucket + '/' + profile->prefix).toStdString();
        return std::make_unique<CommandDoctor>(context, arguments);
    };
}

CommandConnections::CommandConnections(const CommandContext &context, ConnectionArguments arguments)
    : m_context(context), m_arguments(std::move(arguments)), m_file(dataFolder())
{
}

void CommandConnections::start()
{
    m_content = m_file.read();
    switch (m_arguments.action) {
    case Action::Ls:
        list();
        return;
    case Action::Add: {
        ConnectionProfile fresh;
        fresh.id = newConnectionId();
        fresh.name = QString::fromUtf8(argumentBytes(m_arguments.name));
        if (m_content.connectionNamed(fresh.name))
            refuse(Error::make(ErrorKind::InvalidRequest, QStringLiteral("There is a connection \"%1\" already; \"packmule config connections edit\" changes it.").arg(displayName(argumentBytes(m_arguments.name)))));
        else
            save(fresh);
        return;
    }
    case Action::Edit:
        if (const auto profile = named())
            save(*profile);
        return;
    case Action::Rm:
        remove();
        return;
    case Action::Export:
        exportAll();
        return;
    case Action::Import:
        import();
        return;
    }
}

void CommandConnections::list()
{
    Output &output = m_context.output;
    for (const ConnectionProfile &profile : std::as_const(m_content.connections)) {
        if (output.style().isJson) {
            output.printJson(profileJson(profile));
            continue;
        }
        const QString place = profile.endpointUrl.isEmpty() ? QStringLiteral("AWS") : displayName(profile.endpointUrl);
        QString line = QStringLiteral("%1  %2  %3").arg(displayName(profile.name.toUtf8()), place, sourceText(profile));
        if (!profile.bucket.isEmpty())
            line += QStringLiteral("  s3://%1/%2").arg(displayName(profile.bucket), displayName(profile.prefix));
        output.printLine(line);
    }
    if (m_content.connections.isEmpty())
        output.note(QStringLiteral("No connection is saved yet; \"packmule config connections add NAME\" adds one."));
    output.flush();
    end(ExitCode::kDone);
}

Result<ConnectionProfile> CommandConnections::edited(ConnectionProfile profile) const
{
    const auto isGiven = [this](const char *option) { return m_arguments.isGiven(option); };
    if (const auto checked = checkS3Options(m_arguments.s3); !checked)
        return std::unexpected(checked.error());
    const AwsChoices choices = awsChoices(m_arguments.s3);
    if (!m_arguments.newName.empty())
        profile.name = QString::fromUtf8(argumentBytes(m_arguments.newName));
    if (profile.name.trimmed().isEmpty() || profile.name.size() > 200)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("A connection needs a name of at most 200 characters."));
    if (const auto twin = m_content.connectionNamed(profile.name); twin && twin->id != profile.id)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("There is a connection \"%1\" already.").arg(profile.name));
    if (isGiven("--endpoint-url"))
        profile.endpointUrl = choices.endpointUrl;
    if (isGiven("--region"))
        profile.region = choices.region;
    if (isGiven("--addressing"))
        profile.addressing = choices.addressing;
    if (isGiven("--provider"))
        profile.provider = QString::fromUtf8(argumentBytes(m_arguments.s3.provider));
    if (isGiven("--ca-bundle"))
        profile.caBundle = choices.caBundle.isEmpty() ? QString() : QFile::decodeName(absolutePath(QFile::encodeName(choices.caBundle)));
    if (isGiven("--bucket"))
        profile.bucket = argumentBytes(m_arguments.bucket);
    if (isGiven("--prefix")) {
        profile.prefix = argumentBytes(m_arguments.prefix);
        if (!profile.prefix.isEmpty() && !profile.prefix.endsWith('/'))
            profile.prefix += '/';
    }
    if (m_arguments.s3.noSignRequest)
        profile.credentials = Source::Anonymous;
    else if (m_arguments.useEnvironment)
        profile.credentials = Source::Environment;
    else if (isGiven("--profile"))
        profile.credentials = Source::AwsProfile;
    else if (isGiven("--access-key-id"))
        profile.credentials = Source::Saved;
    profile.awsProfile = isGiven("--profile") ? choices.profile : profile.awsProfile;
    if (isGiven("--access-key-id"))
        profile.accessKeyId = argumentBytes(m_arguments.accessKeyId);
    if (profile.credentials == Source::Saved && profile.accessKeyId.isEmpty() && !profile.isLocalStore)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("Say what it signs with: --access-key-id ID, --profile NAME, --use-environment or --no-sign-request."));
    return profile;
}

bool CommandConnections::needsSecret(const ConnectionProfile &before, const ConnectionProfile &now) const
{
    if (now.credentials != Source::Saved || now.isLocalStore)
        return false;
    const bool isNew = m_arguments.action == Action::Add || before.credentials != Source::Saved || before.accessKeyId != now.accessKeyId;
    return isNew || m_arguments.newSecret || !m_arguments.secretFile.empty();
}

void CommandConnections::save(ConnectionProfile before)
{
    const auto profile = edited(before);
    if (!profile) {
        refuse(profile.error());
        return;
    }
    if (!needsSecret(before, *profile)) {
        store(*profile, {});
        return;
    }
    const auto secret = readSecret(argumentBytes(m_arguments.secretFile), QStringLiteral("Secret access key of %1").arg(displayName(profile->accessKeyId)));
    if (!secret) {
        refuse(secret.error());
        return;
    }
    store(*profile, *secret);
}

/// The secret first: a connection without its secret would be asked about by everybody who notices it.
void CommandConnections::store(const ConnectionProfile &profile, const QByteArray &secret)
{
    if (!secret.isEmpty()) {
        keepSecret(profile, secret);
        return;
    }
    SettingsChange change;
    change.saved.append(profile);
    if (const auto content = m_file.apply(change); !content)
        refuse(content.error());
    else
        end(ExitCode::kDone);
}

void CommandConnections::keepSecret(const ConnectionProfile &profile, const QByteArray &secret)
{
    m_call = m_context.secrets.write(profile.id, secret, [this, profile](const SecretResult<SecretPlace> &place) {
        if (!place) {
            m_context.output.error(QStringLiteral("The secret cannot be kept, so nothing was saved: %1.").arg(place.error().detail));
            end(ExitCode::kConfiguration);
            return;
        }
        if (*place == SecretPlace::File)
            m_context.output.warn(QStringLiteral("No keyring can keep secrets in this session. The secret is kept in %1, which every program of yours can read.").arg(dataFolder() + QStringLiteral("/secrets.json")));
        store(profile, {});
    });
}

void CommandConnections::remove()
{
    const auto profile = named();
    if (!profile)
        return;
    SettingsChange change;
    change.removed.append(profile->id);
    if (const auto content = m_file.apply(change); !content) {
        refuse(content.error());
        return;
    }
    m_call = m_context.secrets.remove(profile->id, [this](const SecretResult<void> &removed) {
        if (!removed)
            m_context.output.warn(QStringLiteral("The connection is removed, but its secret is still kept: %1.").arg(removed.error().detail));
        end(ExitCode::kDone);
    });
}

void CommandConnections::exportAll()
{
    const QByteArray exported = exportedConnections(m_content.connections);
    if (m_arguments.file.empty() || m_arguments.file == "-") {
        m_context.output.printRaw(exported);
        m_context.output.flush();
    } else if (const auto written = replacePrivateFile(QFile::decodeName(absolutePath(argumentBytes(m_arguments.file))), exported); !written) {
        refuse(written.error());
        return;
    }
    m_context.output.note(QStringLiteral("Secrets are not exported; whoever imports this is asked for them."));
    end(ExitCode::kDone);
}

void CommandConnections::import()
{
    const QString path = QFile::decodeName(absolutePath(argumentBytes(m_arguments.file)));
    const auto bytes = readPrivateFile(path);
    const auto imported = bytes ? importedConnections(*bytes, m_content.connections) : Result<QList<ConnectionProfile>>(std::unexpected(bytes.error()));
    if (!imported) {
        refuse(imported.error());
        return;
    }
    SettingsChange change;
    change.saved = *imported;
    if (const auto content = m_file.apply(change); !content) {
        refuse(content.error());
        return;
    }
    for (const ConnectionProfile &profile : *imported) {
        m_context.output.printLine(displayName(profile.name.toUtf8()));
        if (profile.credentials == Source::Saved)
            m_context.output.note(QStringLiteral("\"%1\" has no secret yet: packmule config connections edit --new-secret \"%1\"").arg(displayName(profile.name.toUtf8())));
    }
    m_context.output.flush();
    end(ExitCode::kDone);
}

std::optional<ConnectionProfile> CommandConnections::named()
{
    const QByteArray name = argumentBytes(m_arguments.name);
    auto profile = m_content.connectionNamed(QString::fromUtf8(name));
    if (!profile)
        refuse(Error::make(ErrorKind::InvalidRequest, QStringLiteral("There is no connection \"%1\"; \"packmule config connections ls\" lists them.").arg(displayName(name))));
    return profile;
}

void CommandConnections::end(int exitCode)
{
    Q_EMIT finished(exitCode);
}

void CommandConnections::refuse(const Error &error)
{
    const bool isOurs = error.kind == ErrorKind::InvalidRequest || error.kind == ErrorKind::Cancelled || error.kind == ErrorKind::LocalIo;
    m_context.output.error(isOurs ? error.detail : errorSentence(error, {}));
    end(error.kind == ErrorKind::LocalIo || error.kind == ErrorKind::DiskFull ? ExitCode::kConfiguration : exitCodeFor(error));
}

}  // namespace packmule
