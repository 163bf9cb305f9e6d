#include "app/Composition.h"

#include "app/CredentialsRecipes.h"
#include "app/SavedConnections.h"
#include "app/SavedCredentials.h"
#include "app/SwitchableStore.h"
#include "core/files/PartHasher.h"
#include "core/journal/JournalLocation.h"
#include "core/journal/MemoryJournal.h"
#include "core/journal/SqliteJournal.h"
#include "core/net/QnamTransport.h"
#include "core/net/direct/DirectTransport.h"
#include "core/s3/S3ObjectStore.h"
#include "core/signing/AnonymousSigner.h"
#include "core/signing/LentCredentials.h"
#include "core/signing/LocalSigner.h"
#include "core/transfer/TransferEngine.h"

#include <QProcessEnvironment>

namespace packmule {

namespace {

constexpr int kHashThreads = 2;  // architecture, section 6

/// The recorded connection as choices: what it leaves open, environment and files fill in again.
AwsChoices choicesOf(const ConnectionRecord &connection)
{
    AwsChoices choices;
    choices.profile = connection.awsProfile;
    choices.region = connection.region;
    choices.endpointUrl = connection.endpointUrl;
    choices.caBundle = connection.caBundle;
    choices.addressing = connection.addressing;
    choices.isAnonymous = connection.isAnonymous;
    return choices;
}

StoreLimits limitsOf(const ProviderProfile &profile)
{
    StoreLimits limits;
    limits.maxParts = profile.maxParts;
    limits.minPartSize = profile.minPartSize;
    limits.maxPartSize = profile.maxPartSize;
    limits.maxObjectSize = profile.maxObjectSize;
    limits.maxPutSize = profile.maxPutSize;
    limits.hasMultipart = profile.hasMultipart;
    limits.hasChecksums = profile.hasChecksums;
    return limits;
}

/// Name, bucket and prefix are no part of where a connection leads.
bool leadsElsewhere(ConnectionProfile one, const ConnectionProfile &other)
{
    one.name = other.name;
    one.bucket = other.bucket;
    one.prefix = other.prefix;
    return one != other;
}

}  // namespace

/// A store and what it stands on, destroyed from the store downwards.
struct Composition::Opened {
    std::unique_ptr<LentCredentials> credentials;  ///< null: anonymous
    std::unique_ptr<Signer> signer;
    std::shared_ptr<S3ObjectStore> store;
    std::shared_ptr<SwitchableStore> given;   ///< of a saved connection: what transfers hold; leads to `store`
    StoreLimits limits;
    EndpointRecord endpoint;
    ConnectionRecord connection;              ///< as it was asked for
    std::optional<ConnectionProfile> profile; ///< as it was opened
};

Composition::Composition(const AwsEnvironment &environment, TransportKind kind, SecretStore *secrets)
    : m_environment(environment), m_transportKind(kind), m_settings(dataFolder()), m_secrets(secrets), m_hasher(makePooledPartHasher(kHashThreads))
{
    connect(&m_settings, &SettingsStore::connectionsChanged, this, &Composition::followConnections);
    if (m_secrets) {
        connect(m_secrets, &SecretStore::changed, this, [this](const QByteArray &name) {
            forgetLent(name);
            Q_EMIT credentialsLent();
        });
    }
    connect(&m_network, &NetworkWatch::changed, this, [this] {
        for (auto &[caBundle, transport] : m_transports)
            transport->dropIdleConnections();
    });
}

Composition::~Composition() = default;

Result<OpenStore> Composition::open(const ConnectionRecord &connection)
{
    auto known = m_opened.find(connection.id);
    if (known == m_opened.end()) {
        auto opened = openNew(connection);
        if (!opened)
            return std::unexpected(opened.error());
        known = m_opened.emplace(connection.id, std::move(*opened)).first;
    }
    const Opened &opened = *known->second;
    if (opened.given)
        return OpenStore{opened.given, opened.limits, opened.endpoint};
    return OpenStore{opened.store, opened.limits, opened.endpoint};
}

/// What a saved connection says now; what it said when the command was given, if it is gone.
ConnectionRecord Composition::resolved(const ConnectionRecord &connection) const
{
    const auto profile = m_settings.connection(connection.savedConnection);
    if (!profile)
        return connection;
    ConnectionRecord now = recordOf(*profile);
    now.id = connection.id;
    using Source = ConnectionProfile::Credentials;
    if (profile->credentials == Source::Saved || profile->credentials == Source::Anonymous)
        return now;
    // What it leaves open, the AWS files and the environment say.
    if (const auto settings = readAwsSettings(choicesOf(now), m_environment)) {
        now.endpointUrl = settings->endpointUrl;
        now.region = settings->region;
        now.caBundle = settings->caBundle;
        now.addressing = settings->addressing;
    }
    return now;
}

void Composition::followConnections()
{
    for (auto &[id, opened] : m_opened) {
        const auto profile = m_settings.connection(opened->connection.savedConnection);
        if (!profile || (opened->profile && !leadsElsewhere(*profile, *opened->profile)))
            continue;
        forgetLent(id);
        auto fresh = openNew(opened->connection);
        if (!fresh)
            continue;  // not an address; what is there goes on
        (*fresh)->given = opened->given;
        (*fresh)->given->switchTo((*fresh)->store);
        m_retired.push_back(std::exchange(opened, std::move(*fresh)));
    }
    Q_EMIT credentialsLent();
}

void Composition::forgetLent(const QByteArray &connectionId)
{
    m_lent.erase(connectionId);
    const auto opened = m_opened.find(connectionId);
    if (opened != m_opened.end() && opened->second->credentials)
        opened->second->credentials->forget();
}

Result<std::unique_ptr<Composition::Opened>> Composition::openNew(const ConnectionRecord &asked)
{
    const ConnectionRecord connection = resolved(asked);
    auto endpoint = Endpoint::parse(connection.endpointUrl, connection.region);
    if (!endpoint)
        return std::unexpected(endpoint.error());
    ProviderProfile profile = providerProfileFor(endpoint->origin());
    if (!connection.provider.isEmpty()) {
        const auto named = providerProfile(connection.provider.toUtf8());
        if (!named)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("The provider \"%1\" is not known.").arg(connection.provider));
        profile = *named;
    }
    if (connection.region.isEmpty() && !endpoint->isAws()) {
        if (auto withRegion = Endpoint::parse(connection.endpointUrl, profile.defaultRegion))
            endpoint = std::move(withRegion);
    }
    const auto transport = transportFor(connection.caBundle);
    if (!transport)
        return std::unexpected(transport.error());
    auto opened = std::make_unique<Opened>();
    opened->connection = asked;
    opened->profile = m_settings.connection(asked.savedConnection);
    if (connection.isAnonymous) {
        opened->signer = std::make_unique<AnonymousSigner>(m_scheduler);
    } else {
        auto source = sourceFor(connection, **transport);
        if (!source)
            return std::unexpected(source.error());
        opened->credentials = std::move(*source);
        opened->signer = std::make_unique<LocalSigner>(*opened->credentials, m_clock);
    }
    S3StoreSettings settings{*endpoint, profile, connection.addressing};
    opened->store = std::make_shared<S3ObjectStore>(**transport, *opened->signer, m_clock, settings);
    if (!asked.savedConnection.isEmpty())
        opened->given = std::make_shared<SwitchableStore>(opened->store);
    opened->limits = limitsOf(profile);
    opened->endpoint.endpointUrl = endpoint->isAws() ? "aws:" + endpoint->region() : endpoint->url();
    return opened;
}

Result<std::unique_ptr<LentCredentials>> Composition::sourceFor(const ConnectionRecord &connection, HttpTransport &transport)
{
    const auto lent = m_lent.find(connection.id);
    auto own = ownSource(connection, transport);
    if (!own && lent == m_lent.end())
        return std::unexpected(own.error());
    auto source = std::make_unique<LentCredentials>(own ? std::move(*own) : nullptr, m_clock, m_scheduler);
    if (lent != m_lent.end())
        source->lend(lent->second);
    return source;
}

Result<std::unique_ptr<CredentialsSource>> Composition::ownSource(const ConnectionRecord &connection, HttpTransport &transport)
{
    const auto profile = m_settings.connection(connection.savedConnection);
    const bool isGone = !connection.savedConnection.isEmpty() && !profile;
    if (isGone || (profile && profile->credentials == ConnectionProfile::Credentials::Saved))
        return std::make_unique<SavedCredentials>(connection.savedConnection, m_settings, m_secrets, m_scheduler);
    const auto settings = readAwsSettings(choicesOf(connection), m_environment);
    if (!settings)
        return std::unexpected(settings.error());
    CredentialsContext context{m_clock, m_scheduler, transport, settings->stsEndpointUrl, settings->region, {}};
    context.reread = [choices = choicesOf(connection), environment = m_environment]() -> Result<AwsCredentialsRecipe> {
        const auto again = readAwsSettings(choices, environment);
        if (!again)
            return std::unexpected(again.error());
        return again->credentials;
    };
    return makeCredentialsSource(settings->credentials, context);
}

Result<HttpTransport *> Composition::transportFor(const QString &caBundle)
{
    auto &transport = m_transports[caBundle];
    if (!transport) {
        TransportSettings settings;
        settings.caBundlePath = caBundle;
        const auto proxy = ProxyRules::fromEnvironment(QProcessEnvironment::systemEnvironment());
        if (!proxy)
            return std::unexpected(proxy.error());
        settings.proxy = *proxy;
        if (m_transportKind == TransportKind::Direct)
            transport = std::make_unique<DirectTransport>(settings, m_clock, m_scheduler);
        else
            transport = std::make_unique<QnamTransport>(settings, m_clock, m_scheduler);
    }
    return transport.get();
}

CallHandle Composition::readCredentials(const ConnectionRecord &connection, std::function<void(Result<Credentials>)> done)
{
    const auto opened = open(connection);
    if (!opened) {
        return m_scheduler.after(Milliseconds(0), [done = std::move(done), error = opened.error()] { done(std::unexpected(error)); });
    }
    CredentialsSource *source = m_opened.at(connection.id)->credentials.get();
    if (!source)
        return m_scheduler.after(Milliseconds(0), [done = std::move(done)] { done(Credentials{}); });
    return source->read(false, std::move(done));
}

void Composition::lendCredentials(const QByteArray &connectionId, const Credentials &credentials)
{
    m_lent[connectionId] = credentials;
    const auto opened = m_opened.find(connectionId);
    if (opened != m_opened.end() && opened->second->credentials)
        opened->second->credentials->lend(credentials);
    Q_EMIT credentialsLent();
}

Result<std::unique_ptr<Journal>> Composition::openJournal(const QString &path)
{
    if (path.isEmpty())
        return std::make_unique<MemoryJournal>();
    return packmule::openJournal(path);
}

LocalEngine Composition::makeEngine(Journal &journal, EngineUse use)
{
    EngineOptions options;
    if (use == EngineUse::Window)
        options.credentialsPatience.reset();
    options.canReach = [this](const QByteArray &host) { return m_network.canReach(host); };
    auto engine = std::make_unique<TransferEngine>(journal, *this, *m_hasher, m_clock, m_scheduler, std::move(options));
    connect(&m_network, &NetworkWatch::changed, engine.get(), [target = engine.get()] { target->wake(); });
    connect(this, &Composition::credentialsLent, engine.get(), [target = engine.get()] { target->wake(); });
    auto list = engine->makeList();
    return {std::move(engine), std::move(list)};
}

}  // namespace packmule
