#pragma once

#include "core/http/HttpHead.h"

#include <QByteArray>
#include <QObject>
#include <QTcpServer>

#include <functional>

class QTcpSocket;

namespace packmule {

/// A small HTTP server on loopback, through which test programs in other languages look into the fault server.
/// One request a connection. Thread: the one that made it.
class AdminEndpoint : public QObject
{
    Q_OBJECT

public:
    struct Answer {
        int status = 200;
        QByteArray json;
    };
    using Answering = std::function<Answer(const QByteArray &method, const QByteArray &target, const QByteArray &body)>;

    explicit AdminEndpoint(Answering answering, QObject *parent = nullptr);
    bool listen(quint16 port);
    quint16 port() const { return m_server.serverPort(); }

private:
    void serve(QTcpSocket *socket);

    Answering m_answering;
    QTcpServer m_server;
};

}  // namespace packmule
