#pragma once

#include "core/base/Clock.h"
#include "core/http/HttpHeaders.h"

#include <QByteArray>
#include <QTcpSocket>

#include <memory>

namespace packmule {

struct StoreReply {
    int status = 0;          ///< of the final answer; 0: there was none
    HttpHeaders headers;
    QByteArray body;
    bool isWhole = false;    ///< the answer's end has come
    bool wasClosed = false;  ///< the connection ended; whether by FIN or RST, QTcpSocket does not tell
    int interimCount = 0;    ///< 100 Continue and the like
    bool isMalformed = false;

    QByteArray element(const QByteArray &name) const;  ///< the text of the first such element of the body
    QByteArray code() const { return element("Code"); }
};

/// Speaks raw HTTP with a store in the same thread, over a real socket, and signs with SigV4.
class StoreClient
{
public:
    explicit StoreClient(quint16 port) : m_port(port) {}

    QByteArray accessKeyId = "AKIATEST", secretAccessKey = "secrettest", region = "us-east-1";
    WallTime time = SystemClock().wallNow();
    /// In place of the body's real hash.
    QByteArray payloadHash;

    /// Signed. The connection is kept for the next one if the store keeps it.
    StoreReply send(const QByteArray &method, const QByteArray &target, const QByteArray &body = {}, const HttpHeaders &more = {});
    /// The bytes of a signed request.
    QByteArray signedRequest(const QByteArray &method, const QByteArray &target, const QByteArray &body, const HttpHeaders &more = {}) const;
    QByteArray presignedTarget(const QByteArray &method, const QByteArray &target, int expiresSeconds) const;
    QByteArray host() const { return "127.0.0.1:" + QByteArray::number(m_port); }
    /// Exactly these bytes; waits for one final answer or the connection's end.
    StoreReply sendRaw(const QByteArray &bytes, bool isHead = false);
    /// Writes without waiting.
    void write(const QByteArray &bytes);
    StoreReply waitForReply(bool isHead = false, int timeoutMs = 10'000);
    void drop() { m_socket.reset(); }
    bool isConnected() const { return m_socket && m_socket->state() == QAbstractSocket::ConnectedState; }

private:
    void connectIfNeeded();

    quint16 m_port;
    std::unique_ptr<QTcpSocket> m_socket;
    QByteArray m_rest;  ///< read, but of a later answer
};

HttpHeaders headersOf(std::initializer_list<std::pair<QByteArray, QByteArray>> fields);

}  // namespace packmule
