#pragma once

#include "core/stream/StreamRequest.h"
#include "core/stream/StreamTokens.h"

#include <QByteArrayList>
#include <QHostAddress>

namespace packmule {

struct GateOptions {
    StreamTokens tokens;
    bool allowsAnonymousFollow = false;  ///< from other machines
    bool allowsAnonymousAppend = false;
    QByteArrayList allowedOrigins;       ///< "https://example.org"; browsers from anywhere else are refused
    QByteArrayList allowedHosts;         ///< names beside the loopback's by which this machine may be called
};

/// A refusal: an HTTP status and the line that goes with it.
struct GateRefusal {
    int status = 403;
    QByteArray text;
};

/// Who may follow or append (facts/security.md, E5.1 and E5.2): peers on this machine without more ado, as long as no web
/// page sent them; others with a token, or where anonymous access is allowed. A request that a proxy handed on is not
/// local. Null: let it in.
std::optional<GateRefusal> gateRefusal(const GateOptions &options, const StreamRequest &request, const QHostAddress &peer, WallTime now);

}  // namespace packmule
