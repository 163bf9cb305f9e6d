#pragma once

#include "core/base/Result.h"
#include "core/http/HttpHead.h"

namespace packmule {

// Both sides' opening handshake (RFC 6455, section 4) as functions from values to values.

/// What the server answers a key with: base64 of SHA-1 of the key and the protocol's own id. Needs a CryptoLibrary.
QByteArray webSocketAccept(const QByteArray &key);
/// 16 random bytes in base64.
QByteArray newWebSocketKey();
/// The key, if this request is a good handshake: GET, version exactly 13, the two upgrade headers; as httpfstream judges,
/// the key's length does not matter. Null otherwise.
std::optional<QByteArray> webSocketKey(const HttpHead &request);
/// The request's head. @param fields come after the handshake's own.
QByteArray upgradeRequest(const QByteArray &target, const QByteArray &host, const QByteArray &key, const HttpHeaders &fields);
/// The 101. `Connection` is exactly "Upgrade": httpfstream's clients refuse a list of tokens.
QByteArray upgradeAnswer(const QByteArray &key, const HttpHeaders &fields);
/// Errors: MalformedAnswer if this 101 does not accept `key`, or chose what we never offered.
Result<void> judgeUpgradeAnswer(const HttpHead &answer, const QByteArray &key);

/// True if a header that is a comma separated list holds `token`, without regard to case.
bool hasToken(const HttpHeaders &headers, const QByteArray &name, const QByteArray &token);

}  // namespace packmule
