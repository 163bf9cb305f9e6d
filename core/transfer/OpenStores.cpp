#include "core/transfer/OpenStores.h"

#include <QUrl>

#include <utility>

namespace packmule {

void EndpointPatience::begin(MonotonicTime now)
{
    if (!firstTried) {
        firstTried = now;
        lastLook = now;
    }
}

void EndpointPatience::look(const EndpointHealth &health, bool hasRoute, MonotonicTime now)
{
    if (firstTried && hasRoute)
        triedOnline += now - lastLook;
    lastLook = now;
    if (health.isReachable()) {
        lostSince.reset();
        return;
    }
    lastFault = health.network().error();
    if (!lostSince)
        lostSince = now;
}

bool EndpointPatience::isNeverReached(const EndpointHealth &health) const
{
    return !health.hasAnswered() && lastFault && triedOnline >= kNeverReached;
}

Milliseconds EndpointPatience::lostFor(MonotonicTime now) const
{
    return lostSince ? now - *lostSince : Milliseconds{0};
}

OpenStores::OpenStores(StoreProvider &provider, Journal &journal, Clock &clock, Scheduler &scheduler)
    : m_provider(provider), m_journal(journal), m_clock(clock), m_scheduler(scheduler)
{
}

void OpenStores::takeEndpoints(const QList<EndpointRecord> &endpoints)
{
    for (const EndpointRecord &endpoint : endpoints)
        m_learnt[endpoint.endpointUrl] = endpoint;
}

Result<OpenedStore *> OpenStores::open(const ConnectionRecord &connection)
{
    if (const auto known = m_opened.find(connection.id); known != m_opened.end())
        return &known->second;
    Result<OpenStore> store = m_provider.open(connection);
    if (!store)
        return std::unexpected(store.error());
    const QByteArray url = store->endpoint.endpointUrl;
    Endpoint &endpoint = m_endpoints[url];
    if (!endpoint.health) {
        const auto learnt = m_learnt.find(url);
        endpoint.health = std::make_unique<EndpointHealth>(learnt == m_learnt.end() ? store->endpoint : learnt->second,
                                                           store->store->isEncrypted(), store->limits.hasChecksums,
                                                           m_journal, m_clock, m_scheduler);
    }
    store->store->assumeClockOffset(endpoint.health->record().clockOffset);
    OpenedStore opened{.open = std::move(*store), .health = endpoint.health.get(), .patience = &endpoint.patience,
                       .credentials = std::make_unique<Outage>(WaitReason::Credentials, OpenedStore::kLongestLook, m_clock, m_scheduler), .host = {}};
    opened.host = QUrl(QString::fromUtf8(connection.endpointUrl)).host(QUrl::FullyEncoded).toLower().toLatin1();
    return &m_opened.insert_or_assign(connection.id, std::move(opened)).first->second;
}

void OpenStores::wake()
{
    for (auto &[url, endpoint] : m_endpoints)
        endpoint.health->network().wake();
    for (auto &[id, opened] : m_opened)
        opened.credentials->wake();
}

}  // namespace packmule
