#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/journal/Journal.h"
#include "core/net/NetworkWatch.h"
#include "core/settings/AwsConfig.h"
#include "core/signing/Credentials.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/StoreProvider.h"

#include <QObject>

#include <map>
#include <memory>

namespace packmule {

class HttpTransport;
class LentCredentials;
class PartHasher;

/// What carries the requests; Qt's own HTTP client is there for the case that ours does not get along with something.
enum class TransportKind { Direct, Qt };

/// The one place that knows the concrete types and joins them, in the order of their dependence.
/// Thread: the one that made it (in the command line the main thread); everything it makes lives there too.
class Composition final : public QObject, public StoreProvider
{
    Q_OBJECT

public:
    Composition(const AwsEnvironment &environment, TransportKind transport);
    ~Composition() override;

    Clock &clock() { return m_clock; }
    Scheduler &scheduler() { return m_scheduler; }
    NetworkWatch &network() { return m_network; }

    /// One store for each connection, one transport for each CA setting. Errors: InvalidRequest (an endpoint or provider
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
    std::unique_ptr<EngineClient> makeEngine(Journal &journal);

Q_SIGNALS:
    /// Whoever waits for credentials may try again.
    void credentialsLent();

private:
    struct Opened;

    Result<HttpTransport *> transportFor(const QString &caBundle);
    Result<std::unique_ptr<Opened>> openNew(const ConnectionRecord &connection);
    Result<std::unique_ptr<LentCredentials>> sourceFor(const ConnectionRecord &connection, HttpTransport &transport);
    Result<std::unique_ptr<CredentialsSource>> ownSource(const ConnectionRecord &connection, HttpTransport &transport);

    AwsEnvironment m_environment;
    const TransportKind m_transportKind;
    SystemClock m_clock;
    QtScheduler m_scheduler;
    NetworkWatch m_network;
    std::unique_ptr<PartHasher> m_hasher;
    std::map<QString, std::unique_ptr<HttpTransport>> m_transports;
    std::map<QByteArray, Credentials> m_lent;
    std::map<QByteArray, std::unique_ptr<Opened>> m_opened;
};

}  // namespace packmule
