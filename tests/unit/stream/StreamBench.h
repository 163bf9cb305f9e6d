#pragma once

#include "core/integrity/Digest.h"
#include "core/stream/FrameCodec.h"
#include "core/stream/StreamServer.h"

#include <QFile>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>

namespace packmule {

/// A server over a folder of its own, which outlives it.
struct ServerUnderTest {
    explicit ServerUnderTest(StreamServerOptions given = {}) : options(std::move(given))
    {
        options.root = QFile::encodeName(folder.path()) + "/root";
        options.log = [this](const StreamAccess &line) { log.append(line.verb + ' ' + line.path + ' ' + QByteArray::number(line.status) + ' ' + line.how); };
        begin();
    }
    void begin()
    {
        server = std::make_unique<StreamServer>(options);
        const auto listening = server->listen();
        if (!listening)
            qFatal("%s", qPrintable(listening.error().detail));
        options.port = server->port();
    }
    void end() { server.reset(); }
    QByteArray content(const QByteArray &path) const
    {
        QFile file(QFile::decodeName(QByteArray(options.root + path)));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(none)");
    }
    QByteArray url(const QByteArray &path) const { return "http://127.0.0.1:" + QByteArray::number(options.port) + path; }

    QTemporaryDir folder;
    StreamServerOptions options;
    QByteArrayList log;  // written to until the server is gone
    std::unique_ptr<StreamServer> server;
};

/// A peer that says exactly what the test gives it, and takes the answer apart.
class RawPeer
{
public:
    explicit RawPeer(const ServerUnderTest &under) { socket.connectToHost(QHostAddress::LocalHost, under.options.port); }

    /// The request of httpfstream's own client, in its order (facts/streams.md, 1.2).
    static QByteArray official(const QByteArray &verb, const QByteArray &target, const QByteArray &more = {})
    {
        return "GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (verb.isEmpty() ? QByteArray() : QByteArray("X-Verb: " + verb + "\r\n")) + more + "\r\n";
    }
    static QByteArray plain(const QByteArray &target, const QByteArray &more = {}, const QByteArray &method = "GET")
    {
        return method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + more + "\r\n";
    }
    RawPeer &send(const QByteArray &sent)
    {
        socket.write(sent);
        return *this;
    }
    /// True once a whole head is here; then `head` has it and `frames` what follows.
    bool hasHead()
    {
        received += socket.readAll();
        const qsizetype end = received.indexOf("\r\n\r\n");
        if (head.isEmpty() && end >= 0) {
            head = received.left(end + 2);
            received.remove(0, end + 4);
        }
        return !head.isEmpty();
    }
    QByteArray status() const { return head.mid(9, 3); }
    QByteArray field(const QByteArray &name) const
    {
        const QByteArray key = "\r\n" + name + ": ";
        const qsizetype at = head.toLower().indexOf(key.toLower());
        return at < 0 ? QByteArray() : head.mid(at + key.size(), head.indexOf("\r\n", at + 2) - at - key.size());
    }
    /// Everything behind the head; a body, if the answer was plain.
    QByteArray body()
    {
        if (hasHead())
            received += socket.readAll();
        return received;
    }
    bool hasBody() { return hasHead() && body().size() >= field("Content-Length").toLongLong(); }
    /// The payload of all messages so far; also counts them and remembers Close.
    QByteArray stream()
    {
        if (hasHead())
            static_cast<void>(codec.feed(QByteArray(std::exchange(received, {}) + socket.readAll())));
        return bytes;
    }
    bool isClosed()
    {
        stream();
        return close.has_value();
    }

    QTcpSocket socket;
    QByteArray received, head;
    QByteArray bytes;
    QList<QByteArray> messages;
    QByteArray message;
    int pings = 0;
    std::optional<QByteArray> close;
    FrameCodec codec{FrameCodec::Side::Client, FrameLimits::none(),
                     {.onPayload =
                          [this](FrameCodec::Kind, QByteArrayView piece) {
                              bytes.append(piece);
                              message.append(piece);
                          },
                      .onMessageEnd = [this](FrameCodec::Kind kind) { messages.append((kind == FrameCodec::Kind::Text ? "t" : "b") + std::exchange(message, {})); },
                      .onPing = [this](const QByteArray &) { ++pings; },
                      .onPong = {},
                      .onClose = [this](CloseCode code, const QByteArray &reason) { close = QByteArray::number(static_cast<int>(code)) + ' ' + reason; }}};
};

}  // namespace packmule
