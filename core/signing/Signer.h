#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/net/HttpTransport.h"

#include <functional>

namespace packmule {

/// One request as it will be sent, ready to be signed (facts A1). Target: path and query, percent-encoded.
struct SigningRequest {
    QByteArray method;
    QByteArray hostHeader;
    QByteArray target;
    HttpHeaders headers;       ///< all that are to be signed, without Host, x-amz-date and x-amz-security-token
    QByteArray payloadHash;    ///< hex SHA-256, or UNSIGNED-PAYLOAD
    QByteArray region;
    WallTime time{};           ///< server-corrected; becomes x-amz-date
};

/// Adds authority to a request. Thread: the one that made it.
class Signer
{
public:
    virtual ~Signer() = default;
    /// @return (to `done`) the headers to send beside the request's own: x-amz-date, x-amz-content-sha256,
    /// x-amz-security-token where there is one, Authorization. None of them for an anonymous signer.
    /// Errors: CredentialsMissing, CredentialsExpired, and network kinds of a backend or credential source.
    [[nodiscard]] virtual CallHandle sign(const SigningRequest &request, std::function<void(Result<HttpHeaders>)> done) = 0;
    /// The service refused as expired what this authority of ours was made with: read it anew before the next signature.
    virtual void forgetCredentials(const HttpHeaders &refused) = 0;
};

}  // namespace packmule
