#pragma once

#include "core/net/HttpTransport.h"
#include "core/net/TransportSettings.h"
#include "core/net/direct/DirectAccessManager.h"

#include <QList>
#include <QSslConfiguration>

#include <memory>
#include <optional>

namespace packmule {

class DirectExchange;

/// HttpTransport on DirectAccessManager: every ability of HttpAbilities, none of stock QNetworkAccessManager's habits.
/// Thread: the one that made it; it must run an event loop and never block.
/// Do not destroy it from inside a progress or sink callback; from inside `done` is fine.
class DirectTransport final : public HttpTransport
{
public:
    DirectTransport(TransportSettings settings, const Clock &clock, Scheduler &scheduler);
    ~DirectTransport() override;

    [[nodiscard]] CallHandle send(HttpRequest request, Progress progress, DoneExchange done) override;
    void dropIdleConnections() override;
    std::optional<QString> refusalOfTarget(const QByteArray &target) const override;
    HttpAbilities abilities() const override;

    /// Requests that wait for a connection or use one.
    qsizetype exchangeCount() const { return m_exchanges.size(); }

private:
    Result<QNetworkRequest> qtRequest(const HttpRequest &request);

    const TransportSettings m_settings;
    std::optional<Result<QSslConfiguration>> m_tls;  // made at the first https request: reading 140 certificates takes a while
    std::unique_ptr<DirectAccessManager> m_manager;
    QList<DirectExchange *> m_exchanges;             // owned, in the order of send()
};

}  // namespace packmule
