#include "core/stream/WebSocketHandshake.h"

#include "core/integrity/Digest.h"

namespace packmule {

namespace {

/// RFC 6455, 1.3.
constexpr char kProtocolId[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr int kKeyBytes = 16;

void appendFields(QByteArray &head, const HttpHeaders &fields)
{
    for (const auto &[name, value] : fields.fields())
        head += name + ": " + value + "\r\n";
    head += "\r\n";
}

}  // namespace

QByteArray webSocketAccept(const QByteArray &key)
{
    const auto digest = makeDigest(ChecksumAlgorithm::Sha1);
    digest->add(QByteArray(key + kProtocolId));
    return digest->result().toBase64();
}

QByteArray newWebSocketKey()
{
    return randomBytes(kKeyBytes).toBase64();
}

bool hasToken(const HttpHeaders &headers, const QByteArray &name, const QByteArray &token)
{
    for (const auto &[fieldName, value] : headers.fields()) {
        if (fieldName.compare(name, Qt::CaseInsensitive) != 0)
            continue;
        for (const QByteArray &listed : value.split(',')) {
            if (listed.trimmed().compare(token, Qt::CaseInsensitive) == 0)
                return true;
        }
    }
    return false;
}

std::optional<QByteArray> webSocketKey(const HttpHead &request)
{
    const QByteArray key = request.headers.value("Sec-WebSocket-Key");
    const bool isHandshake = request.method == "GET" && !request.isHttp10 && hasToken(request.headers, "Connection", "upgrade")
        && hasToken(request.headers, "Upgrade", "websocket") && request.headers.value("Sec-WebSocket-Version") == "13";
    if (!isHandshake || key.isEmpty())
        return std::nullopt;
    return key;
}

QByteArray upgradeRequest(const QByteArray &target, const QByteArray &host, const QByteArray &key, const HttpHeaders &fields)
{
    QByteArray head = "GET " + target + " HTTP/1.1\r\nHost: " + host + "\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
        + key + "\r\n";
    appendFields(head, fields);
    return head;
}

QByteArray upgradeAnswer(const QByteArray &key, const HttpHeaders &fields)
{
    QByteArray head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + webSocketAccept(key) + "\r\n";
    appendFields(head, fields);
    return head;
}

Result<void> judgeUpgradeAnswer(const HttpHead &answer, const QByteArray &key)
{
    const auto refused = [](const char *sentence) {
        return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer to the WebSocket handshake is wrong: ") + QLatin1String(sentence));
    };
    if (answer.status != 101)
        return refused("the status is not 101");
    if (!hasToken(answer.headers, "Upgrade", "websocket") || !hasToken(answer.headers, "Connection", "upgrade"))
        return refused("it upgrades to something else");
    if (answer.headers.value("Sec-WebSocket-Accept") != webSocketAccept(key))
        return refused("the key was not accepted");
    if (answer.headers.contains("Sec-WebSocket-Extensions") || answer.headers.contains("Sec-WebSocket-Protocol"))
        return refused("it chose what was not offered");
    return {};
}

}  // namespace packmule
