#pragma once

#include "tests/support/chaosproxy/ChaosProxy.h"

#include <QTcpServer>

namespace packmule {

/// The proxy's remote control, on loopback: HTTP with JSON, one request a connection.
///   GET /counters   POST /toxics {"toxics": […]}   POST /reset (counters)   POST /accepting {"accepting": false}
///   POST /connections/reset
/// Thread: the one that made it.
class ChaosAdmin final : public QObject
{
    Q_OBJECT
public:
    explicit ChaosAdmin(ChaosProxy &proxy, QObject *parent = nullptr);
    bool listen(quint16 port = 0);
    quint16 port() const { return m_server.serverPort(); }

private:
    struct Conversation;
    void onConnection();
    /// @return status and JSON.
    std::pair<int, QJsonObject> answerTo(const QByteArray &method, const QByteArray &target, const QByteArray &body);

    ChaosProxy &m_proxy;
    QTcpServer m_server;
};

}  // namespace packmule
