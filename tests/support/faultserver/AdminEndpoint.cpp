#include "tests/support/faultserver/AdminEndpoint.h"

#include <QTcpSocket>

#include <memory>

namespace packmule {

AdminEndpoint::AdminEndpoint(Answering answering, QObject *parent)
    : QObject(parent), m_answering(std::move(answering))
{
    connect(&m_server, &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_server.nextPendingConnection())
            serve(socket);
    });
}

bool AdminEndpoint::listen(quint16 port)
{
    return m_server.listen(QHostAddress::LocalHost, port);
}

void AdminEndpoint::serve(QTcpSocket *socket)
{
    struct Exchange {
        HttpHead head;
        QByteArray body;
        bool isWhole = false;
    };
    const auto exchange = std::make_shared<Exchange>();
    const auto reader = std::make_shared<HttpReader>(HttpReader::Side::Requests, HttpHeadLimits(),
                                                     HttpReader::Callbacks{.onHead = [exchange](HttpHead head) { exchange->head = std::move(head); },
                                                                           .onBody = [exchange](const QByteArray &piece) { exchange->body += piece; },
                                                                           .onMessageEnd = [exchange] { exchange->isWhole = true; }});
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    const auto readOn = [this, socket, exchange, reader] {
        if (exchange->isWhole)
            return;
        const QByteArray bytes = socket->readAll();
        if (!reader->feed(bytes)) {
            socket->abort();
            return;
        }
        if (!exchange->isWhole)
            return;
        const Answer answer = m_answering(exchange->head.method, exchange->head.target, exchange->body);
        socket->write("HTTP/1.1 " + QByteArray::number(answer.status) + " Answer\r\nContent-Type: application/json\r\nConnection: close\r\n"
                      + "Content-Length: " + QByteArray::number(answer.json.size()) + "\r\n\r\n" + answer.json);
        socket->disconnectFromHost();
    };
    connect(socket, &QTcpSocket::readyRead, this, readOn);
    readOn();
}

}  // namespace packmule
