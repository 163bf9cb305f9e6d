#include "core/settings/AwsConfig.h"

#include "core/settings/AwsIniFile.h"

#include <QFileInfo>
#include <QSet>

namespace packmule {

namespace {

using Section = AwsIniFile::Section;
using Recipe = AwsCredentialsRecipe;

/// Both files as one: profiles by name, services by name.
struct SharedFiles {
    QString configName, credentialsName;
    QMap<QByteArray, Section> profiles, services;
    QSet<QByteArray> inCredentials;   ///< profiles whose keys come from the credentials file
};

QString homePath(const AwsEnvironment &environment, const QString &relative)
{
    return QFile::decodeName(environment.value("HOME")) + QLatin1Char('/') + relative;
}

QString expandedPath(const AwsEnvironment &environment, const QByteArray &raw)
{
    const QString path = QFile::decodeName(raw);
    return path.startsWith(QLatin1String("~/")) ? homePath(environment, path.mid(2)) : path;
}

QString fileFor(const AwsEnvironment &environment, const char *variable, const char *usual)
{
    const QByteArray named = environment.value(variable);
    return named.isEmpty() ? homePath(environment, QLatin1String(usual)) : expandedPath(environment, named);
}

QByteArray unquoted(const QByteArray &name)
{
    const QByteArray trimmed = name.trimmed();
    const bool quoted = trimmed.size() >= 2 && trimmed.front() == trimmed.back() && (trimmed.front() == '"' || trimmed.front() == '\'');
    return quoted ? trimmed.mid(1, trimmed.size() - 2) : trimmed;
}

/// The name after "profile " or "services "; empty if the section is something else.
QByteArray nameAfter(const QByteArray &word, const QByteArray &section)
{
    const bool matches = section.startsWith(word) && section.size() > word.size()
        && (section.at(word.size()) == ' ' || section.at(word.size()) == '\t');
    return matches ? unquoted(section.mid(word.size())) : QByteArray();
}

Result<SharedFiles> readFiles(const AwsEnvironment &environment)
{
    SharedFiles files;
    files.configName = fileFor(environment, "AWS_CONFIG_FILE", ".aws/config");
    files.credentialsName = fileFor(environment, "AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
    const auto config = AwsIniFile::read(files.configName);
    if (!config)
        return std::unexpected(config.error());
    const auto credentials = AwsIniFile::read(files.credentialsName);
    if (!credentials)
        return std::unexpected(credentials.error());
    for (auto it = config->sections().cbegin(); it != config->sections().cend(); ++it) {
        const QByteArray profile = it.key() == "default" ? it.key() : nameAfter("profile", it.key());
        if (!profile.isEmpty())
            files.profiles[profile].insert(it.value());
        const QByteArray service = nameAfter("services", it.key());
        if (!service.isEmpty())
            files.services.insert(service, it.value());
    }
    for (auto it = credentials->sections().cbegin(); it != credentials->sections().cend(); ++it) {
        files.profiles[unquoted(it.key())].insert(it.value());  // the credentials file wins over the config file
        files.inCredentials.insert(unquoted(it.key()));
    }
    return files;
}

QByteArray text(const Section &section, const char *key)
{
    return section.value(QByteArray(key)).text;
}

QByteArray serviceEndpoint(const SharedFiles &files, const Section &profile, const QByteArray &service)
{
    const Section &services = files.services.value(text(profile, "services"));
    return services.value(service).nested.value("endpoint_url");
}

QString describe(const QByteArray &profile, const SharedFiles &files)
{
    return QStringLiteral("profile %1 in %2").arg(QString::fromUtf8(profile),
                                                  files.inCredentials.contains(profile) ? files.credentialsName : files.configName);
}

std::unexpected<Error> refusal(const QByteArray &profile, const QString &why)
{
    return failure(ErrorKind::CredentialsMissing, QStringLiteral("The AWS profile \"%1\" %2").arg(QString::fromUtf8(profile), why));
}

std::optional<Recipe> environmentKeys(const AwsEnvironment &environment)
{
    Recipe recipe;
    recipe.kind = Recipe::Kind::Static;
    recipe.origin = QStringLiteral("the environment");
    recipe.accessKeyId = environment.value("AWS_ACCESS_KEY_ID");
    recipe.secretAccessKey = environment.value("AWS_SECRET_ACCESS_KEY");
    recipe.sessionToken = environment.value("AWS_SESSION_TOKEN");
    if (recipe.sessionToken.isEmpty())
        recipe.sessionToken = environment.value("AWS_SECURITY_TOKEN");
    if (recipe.accessKeyId.isEmpty() || recipe.secretAccessKey.isEmpty())
        return std::nullopt;
    return recipe;
}

/// Follows one profile to its keys; `visited` guards against source_profile circles.
class RecipeReader
{
public:
    RecipeReader(const SharedFiles &files, const AwsEnvironment &environment) : m_files(files), m_environment(environment) {}

    Result<Recipe> read(const QByteArray &profile)
    {
        if (!m_files.profiles.contains(profile))
            return refusal(profile, QStringLiteral("is neither in %1 nor in %2. Check the spelling, or create it with \"aws configure --profile %3\".")
                                        .arg(m_files.configName, m_files.credentialsName, QString::fromUtf8(profile)));
        const bool isFirstVisit = !m_visited.contains(profile);
        m_visited.insert(profile);
        const Section section = m_files.profiles.value(profile);
        // A profile may name itself as its source: its own keys are then the base of the role.
        if (!text(section, "role_arn").isEmpty() && isFirstVisit)
            return assumeRole(profile, section);
        return directKeys(profile, section);
    }

private:
    Result<Recipe> directKeys(const QByteArray &profile, const Section &section)
    {
        Recipe recipe;
        recipe.origin = describe(profile, m_files);
        recipe.accessKeyId = text(section, "aws_access_key_id");
        recipe.secretAccessKey = text(section, "aws_secret_access_key");
        recipe.sessionToken = text(section, "aws_session_token");
        if (!recipe.accessKeyId.isEmpty() && recipe.secretAccessKey.isEmpty())
            return refusal(profile, QStringLiteral("has aws_access_key_id but no aws_secret_access_key."));
        if (!recipe.accessKeyId.isEmpty()) {
            recipe.kind = Recipe::Kind::Static;
            return recipe;
        }
        recipe.process = QString::fromUtf8(text(section, "credential_process"));
        if (!recipe.process.isEmpty()) {
            recipe.kind = Recipe::Kind::Process;
            return recipe;
        }
        if (section.contains("sso_session") || section.contains("sso_start_url"))
            return refusal(profile, QStringLiteral("uses SSO, which Packmule cannot sign in to. Let the AWS tool do it: put "
                                                   "\"credential_process = aws configure export-credentials --profile %1\" into another profile and name that one.")
                                        .arg(QString::fromUtf8(profile)));
        if (section.contains("web_identity_token_file"))
            return refusal(profile, QStringLiteral("uses a web identity token, which Packmule does not support yet; use credential_process."));
        recipe.kind = Recipe::Kind::Missing;
        return recipe;
    }

    Result<Recipe> assumeRole(const QByteArray &profile, const Section &section)
    {
        if (section.contains("mfa_serial"))
            return refusal(profile, QStringLiteral("asks for an MFA code, which an upload that runs for days cannot type. "
                                                   "Use a profile with credential_process, or a session token in the environment."));
        if (section.contains("web_identity_token_file"))
            return refusal(profile, QStringLiteral("uses a web identity token, which Packmule does not support yet; use credential_process."));
        Recipe recipe;
        recipe.kind = Recipe::Kind::AssumeRole;
        recipe.origin = describe(profile, m_files);
        recipe.roleArn = text(section, "role_arn");
        recipe.externalId = text(section, "external_id");
        recipe.roleSessionName = text(section, "role_session_name");
        if (recipe.roleSessionName.isEmpty())
            recipe.roleSessionName = m_environment.value("AWS_ROLE_SESSION_NAME");
        if (const int seconds = text(section, "duration_seconds").toInt(); seconds > 0)
            recipe.roleDuration = std::chrono::seconds(seconds);
        const Result<Recipe> base = baseOf(profile, section);
        if (!base)
            return base;
        recipe.base = std::make_shared<const Recipe>(*base);
        return recipe;
    }

    Result<Recipe> baseOf(const QByteArray &profile, const Section &section)
    {
        const QByteArray source = text(section, "source_profile");
        if (!source.isEmpty()) {
            if (source != profile && m_visited.contains(source))
                return refusal(profile, QStringLiteral("and its source_profile \"%1\" refer to each other in a circle.").arg(QString::fromUtf8(source)));
            const Result<Recipe> base = read(source);
            if (base && base->kind == Recipe::Kind::Missing)
                return refusal(source, QStringLiteral("is the source_profile of \"%1\" but has no keys.").arg(QString::fromUtf8(profile)));
            return base;
        }
        const QByteArray credentialSource = text(section, "credential_source");
        if (credentialSource == "Environment") {
            if (auto keys = environmentKeys(m_environment))
                return *keys;
            return refusal(profile, QStringLiteral("takes its keys from the environment, but AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set."));
        }
        if (!credentialSource.isEmpty())
            return refusal(profile, QStringLiteral("has credential_source = %1, which Packmule does not support yet; use source_profile or credential_process.")
                                        .arg(QString::fromUtf8(credentialSource)));
        return refusal(profile, QStringLiteral("has role_arn but neither source_profile nor credential_source."));
    }

    const SharedFiles &m_files;
    const AwsEnvironment &m_environment;
    QSet<QByteArray> m_visited;
};

QByteArray firstOf(std::initializer_list<QByteArray> candidates)
{
    for (const QByteArray &candidate : candidates) {
        if (!candidate.isEmpty())
            return candidate;
    }
    return {};
}

AddressingStyle addressingFrom(const QByteArray &word)
{
    return word == "path" ? AddressingStyle::Path : word == "virtual" ? AddressingStyle::VirtualHosted : AddressingStyle::Auto;
}

void warnAboutPermissions(const QString &fileName, QStringList &warnings)
{
    const QFile::Permissions others = QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther;
    const QFileInfo info(fileName);
    if (info.exists() && (info.permissions() & others))
        warnings.append(QStringLiteral("%1 can be read by other users of this computer; \"chmod 600 %1\" closes it.").arg(fileName));
}

/// Endpoint, region, CA file and addressing: everything but the keys.
void readPlaces(const AwsChoices &choices, const AwsEnvironment &environment, const SharedFiles &files,
                const Section &section, AwsSettings &settings)
{
    settings.region = firstOf({choices.region, environment.value("AWS_REGION"), environment.value("AWS_DEFAULT_REGION"), text(section, "region")});
    const QByteArray ignore = firstOf({environment.value("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), text(section, "ignore_configured_endpoint_urls")});
    settings.endpointUrl = choices.endpointUrl;
    if (ignore.toLower() != "true") {
        const QByteArray everyService = firstOf({environment.value("AWS_ENDPOINT_URL")});
        settings.endpointUrl = firstOf({choices.endpointUrl, environment.value("AWS_ENDPOINT_URL_S3"), everyService,
                                        serviceEndpoint(files, section, "s3"), text(section, "endpoint_url")});
        settings.stsEndpointUrl = firstOf({environment.value("AWS_ENDPOINT_URL_STS"), everyService,
                                           serviceEndpoint(files, section, "sts"), text(section, "endpoint_url")});
    }
    settings.caBundle = choices.caBundle;
    if (settings.caBundle.isEmpty())
        settings.caBundle = expandedPath(environment, firstOf({environment.value("AWS_CA_BUNDLE"), text(section, "ca_bundle")}));
    settings.addressing = choices.addressing;
    if (settings.addressing == AddressingStyle::Auto)
        settings.addressing = addressingFrom(section.value("s3").nested.value("addressing_style"));
}

}  // namespace

Result<AwsSettings> readAwsSettings(const AwsChoices &choices, const AwsEnvironment &environment)
{
    const auto files = readFiles(environment);
    if (!files)
        return std::unexpected(files.error());
    AwsSettings settings;
    warnAboutPermissions(files->credentialsName, settings.warnings);
    const QByteArray fromEnvironment = firstOf({environment.value("AWS_PROFILE"), environment.value("AWS_DEFAULT_PROFILE")});
    const QByteArray named = choices.profile.isEmpty() ? fromEnvironment : choices.profile.toUtf8();
    const QByteArray profile = named.isEmpty() ? QByteArrayLiteral("default") : named;
    readPlaces(choices, environment, *files, files->profiles.value(profile), settings);

    if (choices.isAnonymous) {
        settings.credentials.kind = Recipe::Kind::Anonymous;
        settings.profile = QString::fromUtf8(named);
        return settings;
    }
    if (choices.profile.isEmpty()) {
        if (auto keys = environmentKeys(environment)) {
            settings.credentials = *keys;
            return settings;
        }
    }
    settings.profile = QString::fromUtf8(named);
    if (!named.isEmpty() || files->profiles.contains(profile)) {
        const auto recipe = RecipeReader(*files, environment).read(profile);
        if (!recipe)
            return std::unexpected(recipe.error());
        settings.credentials = *recipe;
    }
    if (settings.credentials.kind == Recipe::Kind::Missing) {
        settings.credentials.origin = QStringLiteral("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, profile \"%1\" in %2 and %3")
                                          .arg(QString::fromUtf8(profile), files->credentialsName, files->configName);
    }
    return settings;
}

}  // namespace packmule
