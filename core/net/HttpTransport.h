#pragma once

#include "core/base/ByteCount.h"
#include "core/base/CallHandle.h"
#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/http/HttpHeaders.h"

#include <QByteArray>
#include <QHashFunctions>
#include <QIODevice>

#include <functional>
#include <memory>
#include <optional>

namespace packmule {

/// Where a request goes: scheme, host and port. The host is lower-case ASCII (IDN already encoded), IPv6 without brackets.
struct HttpOrigin {
    bool isEncrypted = false;
    QByteArray host;
    quint16 port = 0;  ///< never 0 in a request; 80 or 443 by default
    bool operator==(const HttpOrigin &) const = default;
    /// Host header value: brackets for IPv6, the port only where it is not the scheme's own.
    QByteArray hostHeader() const;
};
inline size_t qHash(const HttpOrigin &origin, size_t seed = 0)
{
    return qHashMulti(seed, origin.isEncrypted, origin.host, origin.port);
}

/// Limits without progress, each its own ("no byte moved for so long"). Zero means none.
struct HttpLimits {
    Milliseconds connect{10'000};
    Milliseconds noProgress{30'000};    ///< while the body goes out or comes in; the transport adds a drain allowance
    Milliseconds answer{60'000};        ///< from the last body byte to the first answer byte, and between answer bytes
    ByteCount answerBody{4 * 1024 * 1024};  ///< larger buffered answers end with MalformedAnswer
};

struct HttpRequest {
    QByteArray method;
    HttpOrigin origin;
    QByteArray target;                  ///< path and query, percent-encoded, exactly as signed; begins with '/'
    HttpHeaders headers;                ///< no Host, no Content-Length: the transport writes both
    std::unique_ptr<QIODevice> body;    ///< seekable and open, or null for an empty body
    ByteCount bodySize;
    HttpLimits limits;
    /// The body may wait for the server's word (Expect: 100-continue), so that a refusal costs no body and is never lost.
    /// A wish: a transport without earlyAnswers ignores it.
    bool asksBeforeBody = false;
    /// Takes the body of a 2xx answer as it arrives instead of buffering it; null buffers.
    std::function<void(const QByteArray &)> sink;
};

struct HttpResponse {
    int status = 0;
    HttpHeaders headers;
    QByteArray body;  ///< empty where a sink took it
    /// How often the transport sent the request again on its own (finding 1): the server may have done it that often.
    int hiddenResends = 0;
};

/// Told with a failed exchange, because finding 2 makes it matter whether bytes had gone out.
struct HttpFailure {
    Error error;
    ByteCount bodySent;
};

/// What a transport can do beyond the least; where false, callers work around it.
struct HttpAbilities {
    bool exactTargets = false;      ///< every encoded target is sent byte for byte, '.' and '..' segments too
    bool earlyAnswers = false;      ///< an answer that comes while the body goes out is told (unless a reset destroys it)
    bool noHiddenResends = false;   ///< a request is sent once, or HttpResponse::hiddenResends says so and it was idempotent
    bool acknowledgedBytes = false; ///< progress counts what the peer has, not what the kernel has taken
};

/// One HTTP/1.1 exchange at a time and no policy: no redirect, no retry of ours, no cookies, no cache, no decoding of
/// content, no authentication. Any status is a success here. A failed exchange has a network kind, TlsUntrusted,
/// ProxyRefused, LocalIo (the body device failed), InvalidRequest (a header or target that cannot be sent) or MalformedAnswer.
/// Thread: the one that made it.
class HttpTransport
{
public:
    using Progress = std::function<void(ByteCount sent, ByteCount total)>;
    using DoneExchange = std::function<void(std::expected<HttpResponse, HttpFailure>)>;

    virtual ~HttpTransport() = default;
    [[nodiscard]] virtual CallHandle send(HttpRequest request, Progress progress, DoneExchange done) = 0;
    /// After sleep or a changed network: idle connections are not to be trusted.
    virtual void dropIdleConnections() = 0;
    /// Null if `target` can be sent byte for byte, else why not (QNetworkAccessManager: '.' and '..' segments).
    virtual std::optional<QString> refusalOfTarget(const QByteArray &target) const = 0;
    virtual HttpAbilities abilities() const = 0;
};

}  // namespace packmule
