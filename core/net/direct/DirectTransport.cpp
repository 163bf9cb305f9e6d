#include "core/net/direct/DirectTransport.h"

#include "core/net/RequestRules.h"
#include "core/net/RequestTarget.h"
#include "core/net/TrustedTls.h"
#include "core/net/direct/DirectAttributes.h"
#include "core/net/direct/DirectExchange.h"

#include <QHttpHeaders>
#include <QPointer>

#include <utility>

namespace packmule {

DirectTransport::DirectTransport(TransportSettings settings, const Clock &clock, Scheduler &scheduler)
    : m_settings(std::move(settings)),
      m_manager(std::make_unique<DirectAccessManager>(clock, scheduler, m_settings.connectionsPerOrigin))
{
    m_manager->setAutoDeleteReplies(false);
    m_manager->setProxyFactory(m_settings.proxy.newFactory());
}

DirectTransport::~DirectTransport()
{
    for (DirectExchange *exchange : std::exchange(m_exchanges, {}))
        delete exchange;
}

CallHandle DirectTransport::send(HttpRequest request, Progress progress, DoneExchange done)
{
    const auto objection = objectionToRequest(request);
    const auto qt = objection ? std::unexpected(*objection) : qtRequest(request);
    auto *exchange = new DirectExchange(std::move(request), std::move(progress), std::move(done),
                                        [this](DirectExchange *ended) { m_exchanges.removeOne(ended); });
    m_exchanges.append(exchange);
    if (!qt)
        exchange->failLater(qt.error());
    else
        exchange->start([&](QIODevice *body) { return m_manager->sendCustomRequest(*qt, exchange->request().method, body); });
    return CallHandle([pointer = QPointer<DirectExchange>(exchange)] {
        if (pointer)
            pointer->cancel();
    });
}

void DirectTransport::dropIdleConnections()
{
    m_manager->dropIdleConnections();
}

std::optional<QString> DirectTransport::refusalOfTarget(const QByteArray &target) const
{
    if (isEncodedTarget(target))
        return std::nullopt;
    return QStringLiteral("the request target is not an encoded path");
}

HttpAbilities DirectTransport::abilities() const
{
    return {.exactTargets = true, .earlyAnswers = true, .noHiddenResends = true, .acknowledgedBytes = true};
}

Result<QNetworkRequest> DirectTransport::qtRequest(const HttpRequest &request)
{
    const auto url = originUrl(request.origin);
    if (!url)
        return std::unexpected(url.error());
    if (const auto refusal = refusalOfTarget(request.target))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This request cannot be sent: ") + *refusal);
    QNetworkRequest qt(*url);
    QHttpHeaders fields;
    for (const auto &[name, value] : request.headers.fields())
        fields.append(QLatin1StringView(name), QLatin1StringView(value));
    // Nothing is unpacked here, so nothing packed may come: without the field any coding would do (RFC 9110, 12.5.3).
    if (!fields.contains(QHttpHeaders::WellKnownHeader::AcceptEncoding))
        fields.append(QHttpHeaders::WellKnownHeader::AcceptEncoding, "identity");
    if (!fields.contains(QHttpHeaders::WellKnownHeader::UserAgent))
        fields.append(QHttpHeaders::WellKnownHeader::UserAgent, "packmule");
    qt.setHeaders(std::move(fields));
    qt.setAttribute(DirectAttribute::RawTarget, request.target);
    qt.setAttribute(DirectAttribute::Limits, QVariant::fromValue(request.limits));
    qt.setAttribute(DirectAttribute::BodySize, request.bodySize.value());
    qt.setAttribute(DirectAttribute::AsksBeforeBody, request.asksBeforeBody);
    qt.setAttribute(DirectAttribute::NeedsLength, static_cast<bool>(request.sink));
    if (request.origin.isEncrypted) {
        if (!m_tls)
            m_tls = trustedTls(m_settings.caBundlePath);
        if (!*m_tls)
            return std::unexpected(m_tls->error());
        qt.setSslConfiguration(**m_tls);
    }
    return qt;
}

}  // namespace packmule
