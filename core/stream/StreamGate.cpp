#include "core/stream/StreamGate.h"

namespace packmule {

namespace {

/// The host of a `Host` field, without port and brackets.
QByteArray hostName(const QByteArray &field)
{
    if (field.startsWith('['))
        return field.mid(1, field.indexOf(']') - 1);
    return field.split(':').first();
}

bool isLoopbackName(const QByteArray &name)
{
    const QHostAddress address(QString::fromLatin1(name));
    return name.compare("localhost", Qt::CaseInsensitive) == 0 || address.isLoopback();
}

bool isLocal(const QHostAddress &peer, const HttpHeaders &headers)
{
    return peer.isLoopback() && !headers.contains("X-Forwarded-For") && !headers.contains("Forwarded") && !headers.contains("Via");
}

}  // namespace

std::optional<GateRefusal> gateRefusal(const GateOptions &options, const StreamRequest &request, const QHostAddress &peer, WallTime now)
{
    const HttpHeaders &headers = request.head.headers;
    const bool wantsAppend = request.verb == StreamRequest::Verb::Append;
    if (headers.contains("Origin") && !options.allowedOrigins.contains(headers.value("Origin")))
        return GateRefusal{403, "web pages of this origin are not allowed"};

    const QByteArray authorization = headers.value("Authorization");
    if (!authorization.isEmpty()) {
        const bool isBearer = authorization.left(7).compare("Bearer ", Qt::CaseInsensitive) == 0;
        switch (isBearer ? options.tokens.judge(authorization.mid(7).trimmed(), wantsAppend, request.path.path.text(), now) : StreamTokens::Verdict::Unknown) {
        case StreamTokens::Verdict::Granted: return std::nullopt;
        case StreamTokens::Verdict::Unknown: return GateRefusal{401, "the token is not known"};
        case StreamTokens::Verdict::Expired: return GateRefusal{401, "the token has expired"};
        case StreamTokens::Verdict::Forbidden: return GateRefusal{403, "the token does not allow this"};
        }
    }
    if (wantsAppend ? options.allowsAnonymousAppend : options.allowsAnonymousFollow)
        return std::nullopt;
    if (!isLocal(peer, headers))
        return GateRefusal{401, "a token is needed"};
    // A page whose own name was made to point at this machine (DNS rebinding) shows in Host.
    const QByteArray host = hostName(headers.value("Host"));
    if (!isLoopbackName(host) && !options.allowedHosts.contains(host))
        return GateRefusal{403, "this host name is not allowed"};
    return std::nullopt;
}

}  // namespace packmule
