#pragma once

#include <QHostAddress>
#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>

#include <memory>

namespace packmule {

/// A proxy for tests that tunnels every name to 127.0.0.1: HTTP CONNECT, or SOCKS5 with user "me" and password "pa:ss".
/// Thread: the one that made it.
class TunnelServer
{
public:
    enum class Kind { Connect, Socks5 };

    explicit TunnelServer(Kind kind) : m_kind(kind)
    {
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this] {
            while (QTcpSocket *client = m_server.nextPendingConnection())
                serve(client);
        });
        if (!m_server.listen(QHostAddress::LocalHost))
            qFatal("The tunnel cannot listen");
    }

    quint16 port() const { return m_server.serverPort(); }
    QByteArrayList asked;  ///< "host:port" of each tunnel

private:
    struct Tunnel {
        QByteArray received;
        int step = 0;
        QTcpSocket *target = nullptr;
    };

    void serve(QTcpSocket *client)
    {
        auto tunnel = std::make_shared<Tunnel>();
        QObject::connect(client, &QTcpSocket::readyRead, client, [this, client, tunnel] {
            if (tunnel->target) {
                tunnel->target->write(client->readAll());
                return;
            }
            tunnel->received += client->readAll();
            m_kind == Kind::Connect ? connectHead(*client, *tunnel) : socksSteps(*client, *tunnel);
        });
        QObject::connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
    }

    void connectHead(QTcpSocket &client, Tunnel &tunnel)
    {
        if (!tunnel.received.contains("\r\n\r\n"))
            return;
        if (!tunnel.received.contains("Proxy-Authorization: Basic bWU6cGE6c3M=")) {
            tunnel.received.clear();
            client.write("HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n");
            return;
        }
        open(client, tunnel, tunnel.received.split(' ').value(1));
        client.write("HTTP/1.1 200 Connected\r\n\r\n");
    }

    /// RFC 1928 and 1929, with names only.
    void socksSteps(QTcpSocket &client, Tunnel &tunnel)
    {
        const QByteArray bytes = std::exchange(tunnel.received, {});
        if (tunnel.step == 0) {
            client.write(QByteArray("\x05\x02", 2));
        } else if (tunnel.step == 1) {
            client.write(bytes.endsWith("me\x05pa:ss") ? QByteArray("\x01\x00", 2) : QByteArray("\x01\x01", 2));
        } else {
            const qsizetype length = static_cast<unsigned char>(bytes.at(4));
            const int port = static_cast<unsigned char>(bytes.at(5 + length)) * 256 + static_cast<unsigned char>(bytes.at(6 + length));
            open(client, tunnel, bytes.mid(5, length) + ':' + QByteArray::number(port));
            client.write(QByteArray("\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00", 10));
        }
        ++tunnel.step;
    }

    void open(QTcpSocket &client, Tunnel &tunnel, const QByteArray &place)
    {
        asked.append(place);
        auto *target = new QTcpSocket(&client);
        tunnel.target = target;
        QObject::connect(target, &QTcpSocket::readyRead, &client, [&client, target] { client.write(target->readAll()); });
        QObject::connect(target, &QTcpSocket::disconnected, &client, [&client] { client.disconnectFromHost(); });
        target->connectToHost(QHostAddress(QHostAddress::LocalHost), place.mid(place.lastIndexOf(':') + 1).toUShort());
    }

    const Kind m_kind;
    QTcpServer m_server;
};

}  // namespace packmule
