#include "tests/support/chaosproxy/ChaosAdmin.h"

#include <QJsonDocument>
#include <QNetworkProxy>

namespace packmule {

struct ChaosAdmin::Conversation {
    HttpHead head;
    QByteArray body;
    std::unique_ptr<HttpReader> reader;
};

ChaosAdmin::ChaosAdmin(ChaosProxy &proxy, QObject *parent) : QObject(parent), m_proxy(proxy)
{
    m_server.setProxy(QNetworkProxy::NoProxy);
    connect(&m_server, &QTcpServer::newConnection, this, &ChaosAdmin::onConnection);
}

bool ChaosAdmin::listen(quint16 port)
{
    return m_server.listen(QHostAddress::LocalHost, port);
}

void ChaosAdmin::onConnection()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        auto talk = std::make_shared<Conversation>();
        const auto answer = [this, socket, state = talk.get()] {
            const auto [status, json] = answerTo(state->head.method, state->head.target, state->body);
            const QByteArray text = QJsonDocument(json).toJson(QJsonDocument::Compact);
            socket->write("HTTP/1.1 " + QByteArray::number(status) + (status == 200 ? " OK" : " Refused")
                          + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: " + QByteArray::number(text.size())
                          + "\r\n\r\n" + text);
            socket->disconnectFromHost();
        };
        talk->reader = std::make_unique<HttpReader>(
            HttpReader::Side::Requests, HttpHeadLimits(),
            HttpReader::Callbacks{.onHead = [state = talk.get()](HttpHead head) { state->head = std::move(head); },
                                  .onBody = [state = talk.get()](const QByteArray &bytes) { state->body += bytes; },
                                  .onMessageEnd = answer});
        connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        connect(socket, &QTcpSocket::readyRead, this, [socket, talk] {
            if (!talk->reader->feed(socket->readAll()))
                socket->abort();
        });
    }
}

std::pair<int, QJsonObject> ChaosAdmin::answerTo(const QByteArray &method, const QByteArray &target, const QByteArray &body)
{
    if (method == "GET" && target == "/counters")
        return {200, m_proxy.countersJson()};
    if (method == "POST" && target == "/toxics") {
        const auto toxics = Toxic::listFromJson(body);
        if (!toxics)
            return {400, {{QStringLiteral("error"), toxics.error().detail}}};
        m_proxy.setToxics(*toxics);
        return {200, {{QStringLiteral("toxics"), toxics->size()}}};
    }
    if (method == "POST" && target == "/accepting") {
        m_proxy.setAccepting(QJsonDocument::fromJson(body).object().value(QLatin1String("accepting")).toBool(true));
        return {200, {}};
    }
    if (method == "POST" && target == "/connections/reset") {
        m_proxy.resetConnections();
        return {200, {}};
    }
    if (method == "POST" && target == "/reset") {
        m_proxy.clearCounters();
        return {200, {}};
    }
    return {404, {{QStringLiteral("error"), QStringLiteral("known are GET /counters and POST /toxics, /reset, /accepting, /connections/reset")}}};
}

}  // namespace packmule
