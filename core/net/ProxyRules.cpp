#include "core/net/ProxyRules.h"

#include <QHostAddress>
#include <QNetworkProxyFactory>
#include <QUrl>

#include <algorithm>

namespace packmule {

namespace {

constexpr quint16 kDefaultProxyPort = 1080;  // curl's, for every kind of proxy

/// The address without its user info, because the sentence ends up in logs.
Result<QNetworkProxy> parsedProxy(const QString &address, const QString &origin)
{
    const QString text = address.contains(QLatin1String("://")) ? address : QLatin1String("http://") + address;
    const QUrl url(text, QUrl::StrictMode);
    const QString scheme = url.scheme();
    const bool isSocks = scheme == QLatin1String("socks5") || scheme == QLatin1String("socks5h");
    if (!url.isValid() || url.host().isEmpty())
        return failure(ErrorKind::InvalidRequest, origin + QLatin1String(" is not the address of a proxy (host:port)"));
    if (!isSocks && scheme != QLatin1String("http"))
        return failure(ErrorKind::InvalidRequest,
                       origin + QLatin1String(" names a proxy of kind \"") + scheme
                           + QLatin1String("\"; known are http, socks5 and socks5h"));
    QNetworkProxy proxy(isSocks ? QNetworkProxy::Socks5Proxy : QNetworkProxy::HttpProxy, url.host(),
                        static_cast<quint16>(url.port(kDefaultProxyPort)), url.userName(QUrl::FullyDecoded),
                        url.password(QUrl::FullyDecoded));
    // "socks5" resolves here, "socks5h" at the proxy; Qt does the latter where the capability is present.
    if (scheme == QLatin1String("socks5"))
        proxy.setCapabilities(proxy.capabilities() & ~QNetworkProxy::Capabilities(QNetworkProxy::HostNameLookupCapability));
    return proxy;
}

QString firstValue(const QProcessEnvironment &environment, std::initializer_list<const char *> names, QString *usedName)
{
    for (const char *name : names) {
        const QString key = QLatin1String(name);
        const QString value = environment.value(key).trimmed();
        if (!value.isEmpty()) {
            *usedName = key;
            return value;
        }
    }
    return {};
}

bool isInNetwork(const QByteArray &host, const QByteArray &rule)
{
    const QHostAddress address(QString::fromLatin1(host));
    if (address.isNull())
        return false;
    if (!rule.contains('/'))
        return address == QHostAddress(QString::fromLatin1(rule));
    const auto subnet = QHostAddress::parseSubnet(QString::fromLatin1(rule));
    return subnet.second >= 0 && address.isInSubnet(subnet);
}

/// "example.com" and ".example.com" both mean the name itself and everything below it, as in curl.
bool isNameBelow(const QByteArray &host, const QByteArray &rule)
{
    const QByteArray suffix = rule.startsWith('.') ? rule.sliced(1) : rule;
    if (suffix.isEmpty() || !host.endsWith(suffix))
        return false;
    return host.size() == suffix.size() || host.at(host.size() - suffix.size() - 1) == '.';
}

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

}  // namespace

Result<ProxyRules> ProxyRules::fromEnvironment(const QProcessEnvironment &environment)
{
    ProxyRules rules;
    QString name;
    const QString http = firstValue(environment, {"http_proxy", "all_proxy", "ALL_PROXY"}, &name);
    if (!http.isEmpty()) {
        const auto proxy = parsedProxy(http, name);
        if (!proxy)
            return std::unexpected(proxy.error());
        rules.m_forHttp = *proxy;
    }
    const QString https = firstValue(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}, &name);
    if (!https.isEmpty()) {
        const auto proxy = parsedProxy(https, name);
        if (!proxy)
            return std::unexpected(proxy.error());
        rules.m_forHttps = *proxy;
    }
    QByteArray exempt = firstValue(environment, {"no_proxy", "NO_PROXY"}, &name).toLatin1().toLower();
    exempt.replace(',', ' ');
    for (const QByteArray &rule : exempt.simplified().split(' ')) {
        if (!rule.isEmpty())
            rules.m_exempt.append(rule);
    }
    return rules;
}

Result<ProxyRules> ProxyRules::explicitProxy(const QString &address)
{
    const auto proxy = parsedProxy(address, QStringLiteral("The proxy setting"));
    if (!proxy)
        return std::unexpected(proxy.error());
    ProxyRules rules;
    rules.m_forHttp = *proxy;
    rules.m_forHttps = *proxy;
    rules.m_isForLoopbackToo = true;
    return rules;
}

QNetworkProxy ProxyRules::proxyFor(const HttpOrigin &origin) const
{
    if (!m_isForLoopbackToo && isLoopbackHost(origin.host))
        return QNetworkProxy(QNetworkProxy::NoProxy);
    if (isExempt(origin.host))
        return QNetworkProxy(QNetworkProxy::NoProxy);
    return origin.isEncrypted ? m_forHttps : m_forHttp;
}

QNetworkProxyFactory *ProxyRules::newFactory() const
{
    return new RulesFactory(*this);
}

bool ProxyRules::isExempt(const QByteArray &host) const
{
    return std::ranges::any_of(m_exempt, [&](const QByteArray &rule) {
        return rule == "*" || isInNetwork(host, rule) || isNameBelow(host, rule);
    });
}

bool isLoopbackHost(const QByteArray &host)
{
    if (host == "localhost" || host.endsWith(".localhost"))
        return true;
    const QHostAddress address(QString::fromLatin1(host));
    return !address.isNull() && address.isLoopback();
}

}  // namespace packmule
