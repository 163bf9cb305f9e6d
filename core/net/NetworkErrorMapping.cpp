#include "core/net/NetworkErrorMapping.h"

#include "core/net/TlsRefusal.h"

namespace packmule {

namespace {

QString originName(const HttpOrigin &origin)
{
    return QString::fromLatin1(origin.host.contains(':') ? '[' + origin.host + ']' : origin.host) % QLatin1Char(':')
        % QString::number(origin.port);
}

bool isProxied(const BrokenExchange &broken)
{
    return broken.proxy.type() != QNetworkProxy::NoProxy;
}

QString aboutProxy(const BrokenExchange &broken, const QString &what)
{
    const QString name = broken.proxy.hostName() % QLatin1Char(':') % QString::number(broken.proxy.port());
    return QLatin1String("The proxy ") % name % QLatin1Char(' ') % what;
}

/// It was there and said no: a person must act.
Error proxyRefusal(const BrokenExchange &broken, const QString &what)
{
    return Error::make(ErrorKind::ProxyRefused, aboutProxy(broken, what));
}

/// A proxy that is away is a network that is away, and comes back as one.
Error proxyIsAway(const BrokenExchange &broken, const QString &what)
{
    return Error::make(ErrorKind::NetworkUnreachable, aboutProxy(broken, what));
}

Error nameNotResolved(const BrokenExchange &broken)
{
    // Qt asks for the proxy's own name with the same error while nothing is connected.
    if (isProxied(broken))
        return proxyIsAway(broken, QLatin1String("or, through it, ") % originName(broken.origin)
                                       % QLatin1String(" could not be found by name"));
    return Error::make(ErrorKind::NameNotResolved, QLatin1String("The host name ") % QString::fromLatin1(broken.origin.host)
                                                       % QLatin1String(" could not be resolved"));
}

Error handshakeError(const BrokenExchange &broken)
{
    const auto reason = tlsRefusal(broken.tlsErrors, broken.qtText);
    if (reason)
        return Error::make(ErrorKind::TlsUntrusted,
                           QLatin1String("No trusted connection to ") % originName(broken.origin) % QLatin1String(": ") % *reason);
    return Error::make(ErrorKind::ConnectionLost,
                       QLatin1String("The TLS handshake with ") % originName(broken.origin) % QLatin1String(" was cut short"));
}

Error unnamedError(const BrokenExchange &broken)
{
    if (broken.hasSpoken)
        return Error::make(ErrorKind::ConnectionLost,
                           QLatin1String("The connection to ") % originName(broken.origin) % QLatin1String(" was reset"));
    if (isProxied(broken))
        return proxyRefusal(broken, QLatin1String("could not be reached, or refused to connect to ") % originName(broken.origin));
    return Error::make(ErrorKind::NetworkUnreachable, originName(broken.origin) % QLatin1String(" cannot be reached from here"));
}

}  // namespace

Error networkError(const BrokenExchange &broken)
{
    if (broken.hasFailedBody)
        return Error::make(ErrorKind::LocalIo, QLatin1String("The body could not be read: ") % broken.bodyReason);
    const QString name = originName(broken.origin);
    // An open set of Qt's with gaps by design, so this switch alone has a default.
    switch (broken.code) {
    case QNetworkReply::ConnectionRefusedError:
        return Error::make(ErrorKind::ConnectionRefused, name % QLatin1String(" refused the connection"));
    case QNetworkReply::HostNotFoundError:
        return nameNotResolved(broken);
    case QNetworkReply::RemoteHostClosedError:
        return Error::make(ErrorKind::ConnectionLost, name % QLatin1String(" closed the connection before a whole answer"));
    case QNetworkReply::TimeoutError:
        return Error::make(ErrorKind::Stalled, name % QLatin1String(" did not answer in time"));
    case QNetworkReply::SslHandshakeFailedError:
        return handshakeError(broken);
    case QNetworkReply::TemporaryNetworkFailureError:
    case QNetworkReply::NetworkSessionFailedError:
    case QNetworkReply::BackgroundRequestNotAllowedError:
        return Error::make(ErrorKind::NetworkUnreachable, QStringLiteral("There is no network at present"));
    case QNetworkReply::ProxyConnectionRefusedError:
        return proxyIsAway(broken, QStringLiteral("refused the connection"));
    case QNetworkReply::ProxyConnectionClosedError:
        return proxyIsAway(broken, QStringLiteral("closed the connection"));
    case QNetworkReply::ProxyNotFoundError:
        return proxyIsAway(broken, QStringLiteral("could not be found by name"));
    case QNetworkReply::ProxyTimeoutError:
        return proxyIsAway(broken, QStringLiteral("did not answer in time"));
    case QNetworkReply::ProxyAuthenticationRequiredError:
        return proxyRefusal(broken, QStringLiteral("wants a user name and password, or refused those it was given"));
    case QNetworkReply::UnknownProxyError:
        return proxyRefusal(broken, QStringLiteral("gave an answer that is not understood"));
    case QNetworkReply::ProtocolFailure:
    case QNetworkReply::ProtocolUnknownError:
    case QNetworkReply::TooManyRedirectsError:
    case QNetworkReply::InsecureRedirectError:
        return Error::make(ErrorKind::MalformedAnswer, name % QLatin1String(" sent an answer that is not HTTP"));
    case QNetworkReply::ContentReSendError:
        return Error::make(ErrorKind::ConnectionLost,
                           QLatin1String("The connection to ") % name % QLatin1String(" was lost and the body cannot be rewound"));
    case QNetworkReply::OperationCanceledError:
        return Error::make(ErrorKind::ConnectionLost, QLatin1String("The exchange with ") % name % QLatin1String(" was given up"));
    default:
        return unnamedError(broken);
    }
}

bool isOnlyAStatus(QNetworkReply::NetworkError code)
{
    if (code == QNetworkReply::NoError || code == QNetworkReply::ProtocolInvalidOperationError)
        return true;
    const bool isContent = code >= QNetworkReply::ContentAccessDenied && code <= QNetworkReply::UnknownContentError;
    const bool isServer = code >= QNetworkReply::InternalServerError && code <= QNetworkReply::UnknownServerError;
    return (isContent && code != QNetworkReply::ContentReSendError) || isServer;
}

}  // namespace packmule
