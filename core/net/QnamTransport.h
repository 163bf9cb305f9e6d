#pragma once

#include "core/base/Clock.h"
#include "core/base/Scheduler.h"
#include "core/net/DrainRates.h"
#include "core/net/HttpTransport.h"
#include "core/net/TransportSettings.h"

#include <QList>
#include <QNetworkAccessManager>
#include <QSslConfiguration>

#include <memory>
#include <optional>
#include <vector>

namespace packmule {

class QnamExchange;

/// HttpTransport on stock QNetworkAccessManager; the only user of that class. What it does about each of Qt's habits is
/// in README.md. Requests beyond `connectionsPerOrigin` wait here, in order, because Qt spends 12 KB on each (finding 14).
/// Thread: the one that made it; it must run an event loop and never block (finding 13).
/// Do not destroy it from inside a progress or sink callback; from inside `done` is fine.
class QnamTransport final : public HttpTransport
{
public:
    QnamTransport(TransportSettings settings, const Clock &clock, Scheduler &scheduler);
    ~QnamTransport() override;

    [[nodiscard]] CallHandle send(HttpRequest request, Progress progress, DoneExchange done) override;
    /// Idle connections are closed; exchanges under way keep theirs.
    void dropIdleConnections() override;
    std::optional<QString> refusalOfTarget(const QByteArray &target) const override;
    /// None: README.md's table says what is done about each.
    HttpAbilities abilities() const override;

    /// Requests that wait for a connection or use one.
    qsizetype exchangeCount() const { return m_exchanges.size(); }

private:
    struct Pool;

    QNetworkRequest qtRequest(const HttpRequest &request, const QUrl &url);
    void begin(QnamExchange *exchange);
    void startWaiting();
    bool hasRoom(const HttpOrigin &origin) const;
    void forget(QnamExchange *exchange);
    void closeSparePools();

    const TransportSettings m_settings;
    const Clock &m_clock;
    Scheduler &m_scheduler;
    DrainRates m_rates;
    QHash<HttpOrigin, QList<QSslError>> m_tlsRefusals;
    std::optional<Result<QSslConfiguration>> m_tls;  // made at the first https request: reading 140 certificates takes a while
    std::vector<std::unique_ptr<Pool>> m_pools;      // the last one takes new exchanges, the others see theirs out
    QList<QnamExchange *> m_exchanges;               // owned, in the order of send()
    CallHandle m_poolSweep;
};

}  // namespace packmule
