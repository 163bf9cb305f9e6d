#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/net/DrainRates.h"
#include "core/net/direct/ConnectionPool.h"

#include <QNetworkAccessManager>

namespace packmule {

/// A QNetworkAccessManager that serves requests with a DirectAttribute::RawTarget straight from sockets on its own thread
/// (README.md: why). Everything else goes to Qt's own implementation. Proxy factory, proxy and the requests' TLS
/// configuration are honoured; redirects, cookies, caches and HTTP authentication are not for such requests.
/// Thread: the one that made it; it must run an event loop and never block. Owns its replies until they are deleted.
class DirectAccessManager final : public QNetworkAccessManager
{
    Q_OBJECT

public:
    DirectAccessManager(const Clock &clock, Scheduler &scheduler, int connectionsPerOrigin, QObject *parent = nullptr);
    ~DirectAccessManager() override;

    /// After sleep or a changed network. Exchanges under way keep their connections until they have ended.
    void dropIdleConnections() { m_pool.dropIdle(); }

protected:
    QNetworkReply *createRequest(Operation operation, const QNetworkRequest &request, QIODevice *body) override;

private:
    QNetworkProxy proxyFor(const QUrl &url) const;

    const Clock &m_clock;
    Scheduler &m_scheduler;
    DrainRates m_rates;
    ConnectionPool m_pool;
};

}  // namespace packmule
