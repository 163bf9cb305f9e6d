#include "tests/unit/net/ScriptedServer.h"

#include <sys/socket.h>

namespace packmule {

QByteArray ScriptedServer::Line::head() const
{
    const qsizetype end = received.indexOf("\r\n\r\n");
    return end < 0 ? QByteArray() : received.first(end);
}

qint64 ScriptedServer::Line::statedLength() const
{
    for (const QByteArray &field : head().split('\n')) {
        if (field.toLower().startsWith("content-length:"))
            return field.sliced(15).trimmed().toLongLong();
    }
    return 0;
}

bool ScriptedServer::Line::hasWholeRequest() const
{
    const qsizetype end = received.indexOf("\r\n\r\n");
    return end >= 0 && received.size() >= end + 4 + statedLength();
}

void ScriptedServer::Line::answer(int status, const QByteArray &body, const QByteArray &extraFields)
{
    reply("HTTP/1.1 " + QByteArray::number(status) + " Word\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"
          + extraFields + "\r\n" + body);
}

void ScriptedServer::Line::reset()
{
    const linger hard{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(static_cast<int>(socket->socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    socket->abort();
}

void ScriptedServer::Line::goDeaf()
{
    isDeaf = true;
    socket->setReadBufferSize(1);
}

ScriptedServer::ScriptedServer(Script onRequest, Script onBytes, const QSslConfiguration &tls)
    : m_onRequest(std::move(onRequest)), m_onBytes(std::move(onBytes))
{
    if (tls.isNull()) {
        m_server = std::make_unique<QTcpServer>();
    } else {
        auto server = std::make_unique<QSslServer>();
        server->setSslConfiguration(tls);
        m_server = std::move(server);
    }
    QObject::connect(m_server.get(), &QTcpServer::pendingConnectionAvailable, m_server.get(), [this] { onConnection(); });
    if (!m_server->listen(QHostAddress::LocalHost))
        qFatal("The scripted server cannot listen");
}

ScriptedServer::~ScriptedServer()
{
    for (const auto &line : lines)
        line->socket->disconnect(m_server.get());
}

QByteArray ScriptedServer::lastField(const QByteArray &name) const
{
    const QByteArray head = lastRequest().left(lastRequest().indexOf("\r\n\r\n"));
    for (const QByteArray &field : head.split('\n')) {
        if (field.toLower().startsWith(QByteArray(name.toLower() + ':')))
            return field.sliced(name.size() + 1).trimmed();
    }
    return {};
}

void ScriptedServer::onConnection()
{
    while (QTcpSocket *socket = m_server->nextPendingConnection()) {
        auto line = std::make_shared<Line>();
        line->socket = socket;
        line->number = static_cast<int>(lines.size());
        lines.append(line);
        QObject::connect(socket, &QTcpSocket::readyRead, m_server.get(), [this, line] { onBytesOf(*line); });
        onBytesOf(*line);
    }
}

void ScriptedServer::onBytesOf(Line &line)
{
    if (line.isDeaf)
        return;
    line.received += line.socket->readAll();
    if (m_onBytes)
        m_onBytes(line);
    while (!line.isDeaf && line.hasWholeRequest()) {
        const qsizetype length = line.received.indexOf("\r\n\r\n") + 4 + line.statedLength();
        const QByteArray request = line.received.first(length);
        line.received.remove(0, length);
        line.requests.append(request);
        requests.append(request);
        if (m_onRequest)
            m_onRequest(line);
    }
}

}  // namespace packmule
