#include "tests/support/chaosproxy/ChaosProxy.h"

#include <QNetworkProxy>

namespace packmule {

ChaosProxy::ChaosProxy(const QString &targetHost, quint16 targetPort, quint64 seed, QObject *parent)
    : QObject(parent), m_targetHost(targetHost), m_targetPort(targetPort), m_seed(seed)
{
    m_server.setProxy(QNetworkProxy::NoProxy);
    connect(&m_server, &QTcpServer::newConnection, this, &ChaosProxy::onConnection);
}

ChaosProxy::~ChaosProxy()
{
    qDeleteAll(std::exchange(m_links, {}));
}

bool ChaosProxy::listen(quint16 port, const QHostAddress &address)
{
    m_address = address;
    const bool isListening = m_server.listen(m_address, port);
    m_port = m_server.serverPort();
    return isListening;
}

void ChaosProxy::setToxics(const QList<Toxic> &toxics)
{
    m_toxics = toxics;
    const QList<ChaosLink *> links = m_links;
    for (ChaosLink *link : links)
        link->setToxics(toxics);
}

void ChaosProxy::setAccepting(bool isAccepting)
{
    if (!isAccepting)
        m_server.close();
    else if (!m_server.isListening())
        m_server.listen(m_address, m_port);
}

void ChaosProxy::resetConnections()
{
    const QList<ChaosLink *> links = m_links;
    for (ChaosLink *link : links)
        link->reset();
}

void ChaosProxy::clearCounters()
{
    m_counts = {};
    m_connectionCount = 0;
    m_upstreamBytes = 0;
    m_downstreamBytes = 0;
}

QJsonObject ChaosProxy::countersJson() const
{
    QJsonObject json = m_counts.toJson();
    json.insert(QStringLiteral("connections"), m_connectionCount);
    json.insert(QStringLiteral("openConnections"), m_links.size());
    json.insert(QStringLiteral("upstreamBytes"), m_upstreamBytes);
    json.insert(QStringLiteral("downstreamBytes"), m_downstreamBytes);
    return json;
}

void ChaosProxy::onConnection()
{
    while (QTcpSocket *client = m_server.nextPendingConnection()) {
        const quint64 seed = m_seed * 1'000'003 + static_cast<quint64>(m_connectionCount++);
        auto *link = new ChaosLink(client, m_targetHost, m_targetPort, seed, m_counts);
        m_links.append(link);
        connect(link, &ChaosLink::passedUpstream, this, [this](qint64 count) { m_upstreamBytes += count; });
        connect(link, &ChaosLink::passedDownstream, this, [this](qint64 count) { m_downstreamBytes += count; });
        connect(link, &ChaosLink::closed, this, [this, link] {
            if (m_links.removeOne(link))
                link->deleteLater();
        });
        link->setToxics(m_toxics);
    }
}

}  // namespace packmule
