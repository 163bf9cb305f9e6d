#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"

#include <QByteArray>
#include <QList>
#include <QNetworkProxy>
#include <QProcessEnvironment>
#include <QString>

class QNetworkProxyFactory;

namespace packmule {

/// Which proxy an origin is reached through; a value. Follows curl's reading of the environment, because that is what
/// people have tested their variables with: http_proxy (lower case only: HTTP_PROXY is settable by a web request in CGI),
/// https_proxy/HTTPS_PROXY, all_proxy/ALL_PROXY, no_proxy/NO_PROXY (list of suffixes, addresses, networks, or "*").
/// Hosts of this machine by name or number (localhost, 127/8, ::1) go direct unless the proxy was given explicitly.
class ProxyRules
{
public:
    /// Everything direct.
    ProxyRules() = default;
    /// @return InvalidRequest, naming the variable, if a value is no http, socks5 or socks5h address.
    static Result<ProxyRules> fromEnvironment(const QProcessEnvironment &environment);
    /// One proxy for every origin, this machine included: the caller has asked for it.
    /// @param address "[scheme://][user:password@]host[:port]"; scheme http (default), socks5 or socks5h.
    static Result<ProxyRules> explicitProxy(const QString &address);

    QNetworkProxy proxyFor(const HttpOrigin &origin) const;
    bool isDirect(const HttpOrigin &origin) const { return proxyFor(origin).type() == QNetworkProxy::NoProxy; }

    /// The same rules for a QNetworkAccessManager, which takes it over.
    QNetworkProxyFactory *newFactory() const;

private:
    bool isExempt(const QByteArray &host) const;

    QNetworkProxy m_forHttp{QNetworkProxy::NoProxy};
    QNetworkProxy m_forHttps{QNetworkProxy::NoProxy};
    QList<QByteArray> m_exempt;
    bool m_isForLoopbackToo = false;
};

/// True for "localhost", names below it, 127/8 and ::1. No look-up.
bool isLoopbackHost(const QByteArray &host);

}  // namespace packmule
