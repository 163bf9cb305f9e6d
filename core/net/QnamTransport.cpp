#include "core/net/QnamTransport.h"

#include "core/net/QnamExchange.h"
#include "core/net/RequestRules.h"
#include "core/net/RequestTarget.h"
#include "core/net/TrustedTls.h"

#include <QHttp1Configuration>
#include <QHttpHeaders>
#include <QNetworkRequest>
#include <QPointer>

#include <algorithm>

namespace packmule {

namespace {

/// Below the idle limits of common servers and balancers (5 s and up), so that we rarely meet a closing connection.
constexpr int kIdleConnectionSeconds = 4;

}  // namespace

/// One QNetworkAccessManager: its HTTP thread, its connections.
struct QnamTransport::Pool {
    QNetworkAccessManager manager;
    QList<QnamExchange *> users;
};

QnamTransport::QnamTransport(TransportSettings settings, const Clock &clock, Scheduler &scheduler)
    : m_settings(std::move(settings)), m_clock(clock), m_scheduler(scheduler)
{
    dropIdleConnections();
}

QnamTransport::~QnamTransport()
{
    for (QnamExchange *exchange : std::exchange(m_exchanges, {}))
        delete exchange;
}

CallHandle QnamTransport::send(HttpRequest request, Progress progress, DoneExchange done)
{
    const auto objection = objectionToRequest(request);
    auto *exchange = new QnamExchange(std::move(request), std::move(progress), std::move(done), m_clock, m_scheduler, m_rates, m_tlsRefusals,
                                      [this](QnamExchange *ended) { forget(ended); });
    m_exchanges.append(exchange);
    if (objection)
        exchange->failLater(*objection);
    else if (hasRoom(exchange->origin()))
        begin(exchange);
    return CallHandle([pointer = QPointer<QnamExchange>(exchange)] {
        if (pointer)
            pointer->cancel();
    });
}

void QnamTransport::dropIdleConnections()
{
    // Not clearConnectionCache(): it ends the HTTP thread, and replies under way on it would never finish.
    auto pool = std::make_unique<Pool>();
    pool->manager.setAutoDeleteReplies(false);
    pool->manager.setProxyFactory(m_settings.proxy.newFactory());
    m_pools.push_back(std::move(pool));
    closeSparePools();
}

HttpAbilities QnamTransport::abilities() const
{
    return {};
}

std::optional<QString> QnamTransport::refusalOfTarget(const QByteArray &target) const
{
    return refusalByQnam(target);
}

QNetworkRequest QnamTransport::qtRequest(const HttpRequest &request, const QUrl &url)
{
    QNetworkRequest qt(url);
    QHttpHeaders fields;
    for (const auto &[name, value] : request.headers.fields())
        fields.append(QLatin1StringView(name), QLatin1StringView(value));
    fields.append(QHttpHeaders::WellKnownHeader::Host, QLatin1StringView(request.origin.hostHeader()));
    // Each would else be filled in by Qt: gzip with silent unpacking, the locale, a browser's name, a form's type.
    const auto addMissing = [&fields](QHttpHeaders::WellKnownHeader name, const char *value) {
        if (!fields.contains(name))
            fields.append(name, QLatin1StringView(value));
    };
    addMissing(QHttpHeaders::WellKnownHeader::AcceptEncoding, "identity");
    addMissing(QHttpHeaders::WellKnownHeader::AcceptLanguage, "en");
    addMissing(QHttpHeaders::WellKnownHeader::UserAgent, "packmule");
    if (request.method == "POST")
        addMissing(QHttpHeaders::WellKnownHeader::ContentType, "application/octet-stream");
    if (request.bodySize == ByteCount(0) && request.method != "GET" && request.method != "HEAD" && request.method != "DELETE")
        fields.append(QHttpHeaders::WellKnownHeader::ContentLength, "0");
    const QNetworkProxy proxy = m_settings.proxy.proxyFor(request.origin);
    if (proxy.type() == QNetworkProxy::HttpProxy && !request.origin.isEncrypted && !proxy.user().isEmpty()) {
        // Qt withholds proxy credentials too where reuse of authentication is manual (no tunnel, so the header is ours).
        const QByteArray pair = proxy.user().toUtf8() + ':' + proxy.password().toUtf8();
        fields.append(QHttpHeaders::WellKnownHeader::ProxyAuthorization, QLatin1StringView(QByteArray("Basic " + pair.toBase64())));
    }
    qt.setHeaders(std::move(fields));
    qt.setAttribute(QNetworkRequest::RedirectPolicyAttribute, QNetworkRequest::ManualRedirectPolicy);
    qt.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    qt.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    qt.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    qt.setAttribute(QNetworkRequest::AuthenticationReuseAttribute, QNetworkRequest::Manual);
    qt.setAttribute(QNetworkRequest::ConnectionCacheExpiryTimeoutSecondsAttribute, kIdleConnectionSeconds);
    QHttp1Configuration http1;
    http1.setNumberOfConnectionsPerHost(m_settings.connectionsPerOrigin);
    qt.setHttp1Configuration(http1);
    return qt;
}

void QnamTransport::begin(QnamExchange *exchange)
{
    const HttpRequest &request = exchange->request();
    const auto url = exactUrl(request.origin, request.target);
    if (!url) {
        exchange->failLater(url.error());
        return;
    }
    QNetworkRequest qt = qtRequest(request, *url);
    if (request.origin.isEncrypted) {
        if (!m_tls)
            m_tls = trustedTls(m_settings.caBundlePath);
        if (!*m_tls) {
            exchange->failLater(m_tls->error());
            return;
        }
        qt.setSslConfiguration(**m_tls);
    }
    Pool &pool = *m_pools.back();
    pool.users.append(exchange);
    exchange->start(pool.manager, qt, m_settings.proxy.proxyFor(request.origin));
}

void QnamTransport::startWaiting()
{
    const QList<QnamExchange *> exchanges = m_exchanges;
    for (QnamExchange *exchange : exchanges) {
        if (exchange->isWaiting() && hasRoom(exchange->origin()))
            begin(exchange);
    }
}

bool QnamTransport::hasRoom(const HttpOrigin &origin) const
{
    const auto busy = std::ranges::count_if(m_exchanges, [&](const QnamExchange *exchange) {
        return !exchange->isWaiting() && exchange->origin() == origin;
    });
    return busy < m_settings.connectionsPerOrigin;
}

void QnamTransport::forget(QnamExchange *exchange)
{
    m_exchanges.removeOne(exchange);
    for (const auto &pool : m_pools)
        pool->users.removeOne(exchange);
    closeSparePools();
    startWaiting();
}

void QnamTransport::closeSparePools()
{
    const auto isSpare = [this](const std::unique_ptr<Pool> &pool) { return pool != m_pools.back() && pool->users.isEmpty(); };
    if (std::ranges::none_of(m_pools, isSpare))
        return;
    // Later: the manager deletes its replies, and one of them may be the reason of this very call.
    m_poolSweep = m_scheduler.after(Milliseconds(0), [this, isSpare] { std::erase_if(m_pools, isSpare); });
}

}  // namespace packmule
