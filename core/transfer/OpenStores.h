#pragma once

#include "core/base/Scheduler.h"
#include "core/journal/Journal.h"
#include "core/transfer/EndpointHealth.h"
#include "core/transfer/StoreProvider.h"

#include <map>
#include <memory>

namespace packmule {

/// How long a command has waited for one endpoint's network, for its two limits (cli.md, "When a command ends"): 30 s for
/// a host that has never answered anybody, counted only while this machine has a way to it, and --max-wait.
struct EndpointPatience {
    static constexpr Milliseconds kNeverReached{30'000};

    std::optional<MonotonicTime> firstTried;   ///< by the present commands
    std::optional<MonotonicTime> lostSince;
    MonotonicTime lastLook{};
    Milliseconds triedOnline{0};
    std::optional<Error> lastFault;

    void begin(MonotonicTime now);
    /// A new command has all the time again.
    void restart() { *this = {}; }
    void look(const EndpointHealth &health, bool hasRoute, MonotonicTime now);
    bool isNeverReached(const EndpointHealth &health) const;
    Milliseconds lostFor(MonotonicTime now) const;
};

/// A store with what is known of its endpoint.
struct OpenedStore {
    static constexpr Milliseconds kLongestLook{60'000};  ///< between two readings of expired credentials

    OpenStore open;
    EndpointHealth *health = nullptr;   ///< shared by all connections to the endpoint
    EndpointPatience *patience = nullptr;
    std::unique_ptr<Outage> credentials;///< on while what this connection signs with has expired
    QByteArray host;                    ///< lower case; empty for AWS by region
};

/// The stores that the engine works with: one per connection, one EndpointHealth per endpoint. Owns all it gives out, until
/// it is destroyed. Thread: the engine's.
class OpenStores
{
public:
    OpenStores(StoreProvider &provider, Journal &journal, Clock &clock, Scheduler &scheduler);

    /// What earlier runs learnt.
    void takeEndpoints(const QList<EndpointRecord> &endpoints);
    Result<OpenedStore *> open(const ConnectionRecord &connection);
    const std::map<QByteArray, OpenedStore> &opened() const { return m_opened; }
    /// The network or the credentials changed.
    void wake();

private:
    StoreProvider &m_provider;
    Journal &m_journal;
    Clock &m_clock;
    Scheduler &m_scheduler;
    std::map<QByteArray, EndpointRecord> m_learnt;
    struct Endpoint { std::unique_ptr<EndpointHealth> health; EndpointPatience patience; };
    std::map<QByteArray, Endpoint> m_endpoints;
    std::map<QByteArray, OpenedStore> m_opened;   ///< by connection id
};

}  // namespace packmule
