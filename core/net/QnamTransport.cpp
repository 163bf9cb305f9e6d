#include "core/net/QnamTransport.h"

#include "core/net/QnamExchange.h"
#include "core/net/RequestTarget.h"

#include <QFile>
#include <QHttp1Configuration>
#include <QHttpHeaders>
#include <QNetworkProxyFactory>
#include <QNetworkRequest>
#include <QPointer>
#include <QSslCertificate>

#include <algorithm>

namespace packmule {

namespace {

/// Below the idle limits of common servers and balancers (5 s and up), so that we rarely meet a closing connection.
constexpr int kIdleConnectionSeconds = 4;

class RulesFactory final : public QNetworkProxyFactory
{
public:
    explicit RulesFactory(ProxyRules rules) : m_rules(std::move(rules)) {}
    QList<QNetworkProxy> queryProxy(const QNetworkProxyQuery &query) override
    {
        return {m_rules.proxyFor({.isEncrypted = query.protocolTag() == QLatin1String("https"),
                                  .host = query.peerHostName().toLatin1().toLower(),
                                  .port = static_cast<quint16>(std::max(0, query.peerPort()))})};
    }

private:
    ProxyRules m_rules;
};

Error invalid(const QString &detail)
{
    return Error::make(ErrorKind::InvalidRequest, detail);
}

/// Fields that the transport or Qt writes itself; a second copy would contradict what goes out.
bool isTransportField(const QByteArray &name)
{
    static constexpr const char *kNames[] = {"host", "content-length", "transfer-encoding", "connection", "expect",
                                             "proxy-connection", "proxy-authorization", "upgrade", "te", "trailer"};
    return std::ranges::any_of(kNames, [&](const char *own) { return name.compare(own, Qt::CaseInsensitive) == 0; });
}

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
    const auto objection = objectionTo(request);
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
    pool->manager.setProxyFactory(new RulesFactory(m_settings.proxy));
    m_pools.push_back(std::move(pool));
    closeSparePools();
}

std::optional<QString> QnamTransport::refusalOfTarget(const QByteArray &target) const
{
    return refusalByQnam(target);
}

std::optional<Error> QnamTransport::objectionTo(const HttpRequest &request) const
{
    if (!isHeaderName(request.method))
        return invalid(QStringLiteral("The request's method is not a token"));
    for (const auto &[name, value] : request.headers.fields()) {
        const QString shown = QString::fromLatin1(name);
        if (!isHeaderName(name))
            return invalid(QStringLiteral("A header's name cannot be sent"));
        if (!isHeaderValue(value))
            return invalid(QStringLiteral("The value of header %1 has a line break or control character").arg(shown));
        if (isTransportField(name))
            return invalid(QStringLiteral("Header %1 is written by the transport").arg(shown));
    }
    if (request.bodySize < ByteCount(0) || (!request.body && request.bodySize > ByteCount(0)))
        return invalid(QStringLiteral("The request states a body and has none"));
    if (request.body && (!request.body->isReadable() || request.body->isSequential()))
        return invalid(QStringLiteral("The request's body cannot be read again from its start"));
    return std::nullopt;
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
        const auto tls = tlsConfiguration();
        if (!tls) {
            exchange->failLater(tls.error());
            return;
        }
        qt.setSslConfiguration(*tls);
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

Result<QSslConfiguration> QnamTransport::tlsConfiguration()
{
    if (m_tls)
        return *m_tls;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyPeer);
    // Explicit, which also switches Qt's on-demand loading off (facts E2.2).
    QList<QSslCertificate> authorities = QSslConfiguration::systemCaCertificates();
    if (!m_settings.caBundlePath.isEmpty()) {
        QFile bundle(m_settings.caBundlePath);
        authorities = bundle.open(QIODevice::ReadOnly) ? QSslCertificate::fromDevice(&bundle, QSsl::Pem) : QList<QSslCertificate>();
        if (authorities.isEmpty()) {
            m_tls = failure(ErrorKind::InvalidRequest, QStringLiteral("The CA bundle %1 has no readable certificate")
                                                           .arg(m_settings.caBundlePath));
            return *m_tls;
        }
    }
    tls.setCaCertificates(authorities);
    m_tls = tls;
    return *m_tls;
}

}  // namespace packmule
