#include "tests/support/chaosproxy/ChaosLink.h"

#include <QNetworkProxy>

#include <sys/socket.h>

namespace packmule {

namespace {

void resetSocket(QTcpSocket &socket)
{
    if (socket.socketDescriptor() >= 0) {
        const linger hard{.l_onoff = 1, .l_linger = 0};
        ::setsockopt(static_cast<int>(socket.socketDescriptor()), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    }
    socket.abort();
}

}  // namespace

ChaosLink::ChaosLink(QTcpSocket *client, const QString &targetHost, quint16 targetPort, quint64 seed, RequestCounts &counts)
    : m_random(seed), m_client(client), m_target(std::make_unique<QTcpSocket>()), m_counter(counts)
{
    m_client->setParent(nullptr);
    m_upstream = std::make_unique<ChaosPipe>(*m_client, *m_target, m_random, [this](const QByteArray &bytes) { m_counter.feed(bytes); });
    m_downstream = std::make_unique<ChaosPipe>(*m_target, *m_client, m_random, [](const QByteArray &) {});
    connect(m_upstream.get(), &ChaosPipe::forwardedBytes, this, &ChaosLink::passedUpstream);
    connect(m_downstream.get(), &ChaosPipe::forwardedBytes, this, &ChaosLink::passedDownstream);
    connect(m_upstream.get(), &ChaosPipe::ended, this, &ChaosLink::end);
    connect(m_downstream.get(), &ChaosPipe::ended, this, &ChaosLink::end);
    connect(m_target.get(), &QTcpSocket::connected, m_upstream.get(), &ChaosPipe::pump);
    connect(m_client.get(), &QTcpSocket::errorOccurred, this, [this] { onSourceEnded(*m_upstream, *m_client); });
    connect(m_target.get(), &QTcpSocket::errorOccurred, this, [this] { onSourceEnded(*m_downstream, *m_target); });
    m_target->setProxy(QNetworkProxy::NoProxy);
    m_client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_target->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    m_target->connectToHost(targetHost, targetPort);
}

void ChaosLink::setToxics(const QList<Toxic> &toxics)
{
    QList<Toxic> up;
    QList<Toxic> down;
    for (const Toxic &toxic : toxics) {
        if (std::uniform_real_distribution<double>(0, 1)(m_random) >= toxic.probability)
            continue;
        if (toxic.concerns(Direction::Upstream))
            up.append(toxic);
        if (toxic.concerns(Direction::Downstream))
            down.append(toxic);
    }
    m_upstream->setToxics(up);
    m_downstream->setToxics(down);
}

void ChaosLink::reset()
{
    end(ChaosPipe::Ending::ByReset);
}

void ChaosLink::onSourceEnded(ChaosPipe &pipe, QTcpSocket &source)
{
    // A FIN is passed on as FIN, anything else (RST, refused) as RST.
    const bool isPolite = source.error() == QAbstractSocket::RemoteHostClosedError;
    pipe.finish(isPolite ? ChaosPipe::Ending::Politely : ChaosPipe::Ending::ByReset);
}

void ChaosLink::end(ChaosPipe::Ending ending)
{
    if (std::exchange(m_isClosed, true))
        return;
    for (QTcpSocket *socket : {m_client.get(), m_target.get()}) {
        socket->disconnect(this);
        if (ending == ChaosPipe::Ending::ByReset)
            resetSocket(*socket);
        else
            socket->disconnectFromHost();
    }
    // What is written still has to leave: the owner drops this link only when both sockets are through.
    const auto tellIfThrough = [this] {
        if (m_client->state() == QAbstractSocket::UnconnectedState && m_target->state() == QAbstractSocket::UnconnectedState)
            Q_EMIT closed();
    };
    connect(m_client.get(), &QTcpSocket::disconnected, this, tellIfThrough);
    connect(m_target.get(), &QTcpSocket::disconnected, this, tellIfThrough);
    tellIfThrough();
}

}  // namespace packmule
