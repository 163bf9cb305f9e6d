#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/journal/Journal.h"
#include "core/net/NetworkWatch.h"
#include "core/settings/AwsConfig.h"
#include "core/settings/SettingsStore.h"
#include "core/signing/Credentials.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/StoreProvider.h"
#include "core/transfer/TransferListClient.h"

#include <QObject>

#include <map>
#include <memory>
#include <vector>

namespace packmule {

class HttpTransport;
class LentCredentials;
class PartHasher;
class SecretStore;

/// What carries the requests; Qt's own HTTP client is there for the case that ours does not get along with something.
enum class TransportKind { Direct, Qt };

/// A command ends when credentials do not come (cli.md); a window waits for ever, and watches all that goes on.
enum class EngineUse { Command, Window };

/// An engine and its list, destroyed from the list upwards.
struct LocalEngine {
    std::unique_ptr<EngineClient> engine;
    std::unique_ptr<TransferListClient> list;
};

/// The one place that knows the concrete types and joins them, in the order of their dependence.
/// Thread: the one that made it (in the command line the main thread, under a window the engine's); so does what it makes.
class Composition final : public QObject, public StoreProvider
{
    Q_OBJECT

public:
    /// @param secrets of the saved connections; lives on this thread and outlives it. Null: nobody keeps any, and what needs
    /// one waits.
    Composition(const AwsEnvironment &environment, TransportKind transport, SecretStore *secrets = nullptr);
    ~Composition() override;

    Clock &clock() { return m_clock; }
    Scheduler &scheduler() { return m_scheduler; }
    NetworkWatch &network() { return m_network; }
    /// Settings and saved connections, as this thread knows them.
    SettingsStore &settings() { return m_settings; }

    /// One store for each connection, one transport for each CA setting. A saved connection is opened as it is now, and where
    /// it leads is changed under its store when it is edited. Errors: InvalidRequest (an endpoint or provider
    /// that cannot be), CredentialsMissing (nothing to sign with, or a profile that cannot be used).
    Result<OpenStore> open(const ConnectionRecord &connection) override;

    /// The credentials that a connection would sign with, for handing a command over. Errors: as the source's.
    [[nodiscard]] CallHandle readCredentials(const ConnectionRecord &connection, std::function<void(Result<Credentials>)> done);
    /// Credentials that another process resolved for a command it handed over: kept in memory, for that connection only,
    /// and used for it from now on, also by what runs already; this process's own come back when these have expired.
    void lendCredentials(const QByteArray &connectionId, const Credentials &credentials);

    /// @param path empty: a journal that survives nothing. Errors: JournalUnavailable, DiskFull; isJournalInUse().
    static Result<std::unique_ptr<Journal>> openJournal(const QString &path);
    /// An engine on this journal, told when the network changes. The journal outlives it.
    LocalEngine makeEngine(Journal &journal, EngineUse use);

Q_SIGNALS:
    /// Whoever waits for credentials may try again.
    void credentialsLent();

private:
    struct Opened;

    Result<HttpTransport *> transportFor(const QString &caBundle);
    Result<std::unique_ptr<Opened>> openNew(const ConnectionRecord &asked);
    Result<std::unique_ptr<LentCredentials>> sourceFor(const ConnectionRecord &connection, HttpTransport &transport);
    Result<std::unique_ptr<CredentialsSource>> ownSource(const ConnectionRecord &connection, HttpTransport &transport);

    ConnectionRecord resolved(const ConnectionRecord &connection) const;
    void followConnections();
    void forgetLent(const QByteArray &connectionId);

    AwsEnvironment m_environment;
    const TransportKind m_transportKind;
    SystemClock m_clock;
    QtScheduler m_scheduler;
    NetworkWatch m_network;
    SettingsStore m_settings;
    SecretStore *const m_secrets;
    std::unique_ptr<PartHasher> m_hasher;
    std::map<QString, std::unique_ptr<HttpTransport>> m_transports;
    std::map<QByteArray, Credentials> m_lent;
    std::vector<std::unique_ptr<Opened>> m_retired;   ///< stores of edited connections, whose calls may be under way
    std::map<QByteArray, std::unique_ptr<Opened>> m_opened;
};

}  // namespace packmule
