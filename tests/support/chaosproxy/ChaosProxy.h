#pragma once

#include "tests/support/chaosproxy/ChaosLink.h"

#include <QJsonObject>
#include <QHostAddress>
#include <QList>
#include <QObject>
#include <QTcpServer>

namespace packmule {

/// A TCP proxy on loopback that harms what passes, in the manner of toxiproxy, and counts it; requests too, where they
/// can be read (facts/faults.md, "Tools to build" 2). Seeded: the same seed and order of connections do the same harm.
/// Thread: the one that made it.
class ChaosProxy final : public QObject
{
    Q_OBJECT
public:
    ChaosProxy(const QString &targetHost, quint16 targetPort, quint64 seed = 1, QObject *parent = nullptr);
    ~ChaosProxy() override;

    /// @param port 0 for any free one. @return false if it cannot be had.
    bool listen(quint16 port = 0, const QHostAddress &address = QHostAddress(QHostAddress::LocalHost));
    quint16 port() const { return m_server.serverPort(); }
    /// From now on for every connection, the open ones included.
    void setToxics(const QList<Toxic> &toxics);
    /// No connection is accepted while closed (refused); open ones go on.
    void setAccepting(bool isAccepting);
    void resetConnections();
    void clearCounters();

    const RequestCounts &requestCounts() const { return m_counts; }
    int connectionCount() const { return m_connectionCount; }
    qsizetype openConnectionCount() const { return m_links.size(); }
    qint64 upstreamBytes() const { return m_upstreamBytes; }
    qint64 downstreamBytes() const { return m_downstreamBytes; }
    /// All of it, as GET /counters answers.
    QJsonObject countersJson() const;

private:
    void onConnection();

    const QString m_targetHost;
    const quint16 m_targetPort;
    const quint64 m_seed;
    QTcpServer m_server;
    QHostAddress m_address{QHostAddress::LocalHost};
    quint16 m_port = 0;
    QList<Toxic> m_toxics;
    RequestCounts m_counts;
    int m_connectionCount = 0;
    qint64 m_upstreamBytes = 0;
    qint64 m_downstreamBytes = 0;
    QList<ChaosLink *> m_links;  // owned
};

}  // namespace packmule
