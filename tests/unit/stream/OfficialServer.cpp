#include "tests/unit/stream/OfficialServer.h"

#include "core/stream/WebSocketHandshake.h"

namespace packmule {

namespace {

constexpr qsizetype kBuffer = 10240;

QByteArray field(const QByteArray &head, const QByteArray &name)
{
    const QByteArray key = "\r\n" + name.toLower() + ": ";
    const qsizetype at = head.toLower().indexOf(key);
    return at < 0 ? QByteArray() : head.mid(at + key.size(), head.indexOf("\r\n", at + 2) - at - key.size());
}

QByteArray frame(bool isLast, int opcode, const QByteArray &payload)
{
    QByteArray bytes(1, static_cast<char>((isLast ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
        bytes += static_cast<char>(payload.size());
    } else if (payload.size() < 65536) {
        bytes += static_cast<char>(126);
        bytes += static_cast<char>(payload.size() >> 8);
        bytes += static_cast<char>(payload.size() & 0xff);
    } else {
        bytes += static_cast<char>(127);
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += static_cast<char>((static_cast<quint64>(payload.size()) >> shift) & 0xff);
    }
    return bytes + payload;
}

/// One message as its write buffer makes it: in pieces of 10240; above 20508 one big frame and an empty last one.
QByteArray liveMessage(const QByteArray &payload)
{
    constexpr qsizetype kBig = 20508;
    if (payload.size() > kBig)
        return frame(false, 1, payload) + frame(true, 0, {});
    if (payload.size() <= kBuffer)
        return frame(true, 1, payload);
    return frame(false, 1, payload.left(kBuffer)) + frame(true, 0, payload.mid(kBuffer));
}

/// The snapshot: one message, every frame but the last of 10240 bytes; then the empty message.
QByteArray snapshot(const QByteArray &content)
{
    QByteArray bytes;
    for (qsizetype at = 0; at < content.size(); at += kBuffer)
        bytes += frame(at + kBuffer >= content.size(), at == 0 ? 1 : 0, content.mid(at, kBuffer));
    return bytes + frame(true, 1, {});
}

}  // namespace

OfficialServer::OfficialServer(Defects defects) : m_defects(defects)
{
    QObject::connect(&m_server, &QTcpServer::pendingConnectionAvailable, &m_server, [this] { onConnection(); });
    m_server.listen(QHostAddress::LocalHost);
}

OfficialServer::~OfficialServer()
{
    for (const auto &line : std::as_const(m_lines))
        line->socket->disconnect(&m_server);
}

QByteArray OfficialServer::url(const QByteArray &path) const
{
    return "http://127.0.0.1:" + QByteArray::number(m_server.serverPort()) + path;
}

void OfficialServer::onConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        const auto line = std::make_shared<Line>();
        line->socket = socket;
        m_lines.append(line);
        QObject::connect(socket, &QTcpSocket::readyRead, &m_server, [this, line] { onBytes(line); });
        QObject::connect(socket, &QTcpSocket::disconnected, &m_server, [this, line] { onGone(line); });
    }
}

void OfficialServer::onBytes(const std::shared_ptr<Line> &line)
{
    if (m_followers.contains(line)) {
        line->socket->readAll();  // never looked at
        return;
    }
    line->received += line->socket->readAll();
    if (line->codec) {
        if (!line->codec->feed(std::exchange(line->received, {}))) {
            line->socket->write(frame(true, 8, QByteArray("\x03\xea" "incorrect mask flag")));
            line->socket->disconnectFromHost();
        }
        return;
    }
    const qsizetype end = line->received.indexOf("\r\n\r\n");
    if (end < 0)
        return;
    const QByteArray head = line->received.left(end + 2);
    line->received.remove(0, end + 4);
    requests.append(head);
    answer(line, head);
}

void OfficialServer::answer(const std::shared_ptr<Line> &line, const QByteArray &head)
{
    const QByteArray target = head.split(' ').value(1);
    line->path = target.split('?').first();
    if (!head.startsWith("GET ")) {
        reply(line, "405 Method Not Allowed", {}, "method not supported\n");
        return;
    }
    QByteArray verb = field(head, "X-Verb");
    if (verb.isEmpty() && target.contains("verb=APPEND"))
        verb = "APPEND";
    const bool isUpgrade = field(head, "Upgrade").toLower() == "websocket" && field(head, "Sec-WebSocket-Version") == "13";
    const QByteArray key = field(head, "Sec-WebSocket-Key");
    if (verb == "APPEND" && m_appenders.contains(line->path))
        reply(line, "403 Forbidden", {}, "addWriter: path already has an active writer\n");
    else if (verb == "APPEND" && isUpgrade)
        append(line, key);
    else if (verb == "APPEND")
        reply(line, "200 OK", {}, (files[line->path], QByteArray()));
    else if (m_appenders.contains(line->path) && isUpgrade)
        follow(line, key);
    else
        answerFile(line, head);
}

void OfficialServer::answerFile(const std::shared_ptr<Line> &line, const QByteArray &head)
{
    if (!files.contains(line->path)) {
        reply(line, "404 Not Found", "X-Content-Type-Options: nosniff\r\n", "404 page not found\n");
        return;
    }
    const QByteArray content = files.value(line->path);
    const QByteArray range = field(head, "Range").mid(6);
    const qint64 first = range.left(range.indexOf('-')).toLongLong();
    const QByteArray total = QByteArray::number(content.size());
    if (range.isEmpty() || content.isEmpty()) {
        reply(line, "200 OK", "Accept-Ranges: bytes\r\n", content);
    } else if (first >= content.size()) {
        reply(line, "416 Requested Range Not Satisfiable", "Content-Range: bytes */" + total + "\r\n", "invalid range: failed to overlap\n");
    } else {
        const QByteArray lastText = range.mid(range.indexOf('-') + 1);
        const qint64 last = lastText.isEmpty() ? content.size() - 1 : std::min<qint64>(lastText.toLongLong(), content.size() - 1);
        reply(line, "206 Partial Content", "Content-Range: bytes " + QByteArray::number(first) + '-' + QByteArray::number(last) + '/' + total + "\r\n",
              content.mid(first, last - first + 1));
    }
}

void OfficialServer::reply(const std::shared_ptr<Line> &line, const QByteArray &status, const QByteArray &fields, const QByteArray &body)
{
    line->socket->write("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
}

void OfficialServer::follow(const std::shared_ptr<Line> &line, const QByteArray &key)
{
    m_followers.insert(line);
    const QByteArray content = files.value(line->path);
    sendTo(line, upgradeAnswer(key, {}) + snapshot(content) + frame(true, 9, {}));
    if (m_defects.repeatsAtTheSeam && !content.isEmpty())
        sendTo(line, liveMessage(content.right(3)));
}

void OfficialServer::sendTo(const std::shared_ptr<Line> &line, const QByteArray &bytes)
{
    if (cutFollowersAfter < 0) {
        line->socket->write(bytes);
        return;
    }
    const qint64 sent = std::min<qint64>(bytes.size(), cutFollowersAfter);
    cutFollowersAfter -= sent;
    line->socket->write(bytes.left(sent));
    if (cutFollowersAfter == 0) {
        cutFollowersAfter = -1;
        line->socket->disconnectFromHost();
    }
}

void OfficialServer::append(const std::shared_ptr<Line> &line, const QByteArray &key)
{
    m_appenders.insert(line->path, line);
    files[line->path];
    line->socket->write(upgradeAnswer(key, {}));
    Line *raw = line.get();
    const auto extend = [this, raw] {
        if (m_defects.readDeadline.count() > 0)
            raw->deadline.start(m_defects.readDeadline);
    };
    raw->deadline.setSingleShot(true);
    QObject::connect(&raw->deadline, &QTimer::timeout, &m_server, [raw] { raw->socket->disconnectFromHost(); });
    extend();
    const std::weak_ptr<Line> weak = line;
    line->codec = std::make_unique<FrameCodec>(FrameCodec::Side::Server, FrameLimits::none(),
                                               FrameCodec::Callbacks{.onPayload = [raw](FrameCodec::Kind, QByteArrayView piece) { raw->message.append(piece); },
                                                                     .onMessageEnd =
                                                                         [this, weak, extend](FrameCodec::Kind kind) {
                                                                             const auto still = weak.lock();
                                                                             const QByteArray message = std::exchange(still->message, {});
                                                                             if (kind == FrameCodec::Kind::Binary)
                                                                                 return;  // read and silently discarded
                                                                             extend();
                                                                             take(still, message);
                                                                         },
                                                                     .onPing = [raw](const QByteArray &payload) { raw->socket->write(frame(true, 10, payload)); },
                                                                     .onPong =
                                                                         [this, extend](const QByteArray &) {
                                                                             ++pongs;
                                                                             extend();
                                                                         },
                                                                     .onClose =
                                                                         [raw](CloseCode, const QByteArray &) {
                                                                             raw->socket->write(frame(true, 8, {}));
                                                                             raw->socket->disconnectFromHost();
                                                                         }});
    onBytes(line);
}

void OfficialServer::take(const std::shared_ptr<Line> &line, const QByteArray &message)
{
    QByteArray &content = files[line->path];
    const bool isLost = m_defects.losesBehind >= 0 && content.size() + message.size() > m_defects.losesBehind;
    if (!isLost)
        content += message;
    const auto followers = m_followers;
    for (const auto &follower : followers) {
        if (follower->path == line->path && !isLost)
            sendTo(follower, liveMessage(message));
    }
}

void OfficialServer::onGone(const std::shared_ptr<Line> &line)
{
    line->deadline.stop();
    m_followers.remove(line);
    if (m_appenders.value(line->path) == line) {
        m_appenders.remove(line->path);
        const auto followers = m_followers;
        for (const auto &follower : followers) {
            if (follower->path != line->path)
                continue;
            follower->socket->write(frame(true, 8, "\x03\xe8"));
            follower->socket->disconnectFromHost();  // without waiting for the echo
        }
    }
}

void OfficialServer::cutAll()
{
    const auto lines = m_lines;
    m_followers.clear();
    m_appenders.clear();
    for (const auto &line : lines)
        line->socket->abort();
}

}  // namespace packmule
