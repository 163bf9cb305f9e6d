#include "core/stream/StreamServer.h"

#include "core/stream/ServerConnection.h"

#include <QSet>
#include <QSslServer>
#include <QTcpServer>
#include <QTimer>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace packmule {

namespace {

using namespace std::chrono_literals;
constexpr Milliseconds kSweepEvery = 5s;
constexpr int kBacklog = 512;

/// A peer that is gone without a word is noticed within a minute, however silent it was meant to be.
void keepAlive(const QTcpSocket &socket)
{
    const auto descriptor = static_cast<int>(socket.socketDescriptor());
    const auto set = [descriptor](int level, int option, int value) { ::setsockopt(descriptor, level, option, &value, sizeof value); };
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

}  // namespace

struct StreamServer::State {
    explicit State(StreamServerOptions given) : options(std::move(given)) {}

    const Clock &clock() const { return options.clock == nullptr ? systemClock : *options.clock; }
    Scheduler &scheduler() { return options.scheduler == nullptr ? qtScheduler : *options.scheduler; }
    Result<void> openPort();
    void sweepOn();

    const StreamServerOptions options;
    SystemClock systemClock;
    QtScheduler qtScheduler;
    std::unique_ptr<StreamRoot> root;
    std::unique_ptr<StreamHub> hub;
    std::unique_ptr<StreamService> service;
    std::unique_ptr<QTcpServer> listener;
    QSet<ServerConnection *> connections;
    QHash<QHostAddress, int> perAddress;
    CallHandle sweep;
};

Result<void> StreamServer::State::openPort()
{
    if (options.tls) {
        auto tls = std::make_unique<QSslServer>();
        tls->setSslConfiguration(*options.tls);
        tls->setHandshakeTimeout(static_cast<int>(options.headTimeout.count()));
        listener = std::move(tls);
    } else {
        listener = std::make_unique<QTcpServer>();
    }
    listener->setListenBacklogSize(kBacklog);
    listener->setMaxPendingConnections(kBacklog);
    if (!listener->listen(options.address, options.port))
        return failure(ErrorKind::LocalIo, QStringLiteral("Port %1 of %2 cannot be had: %3").arg(QString::number(options.port), options.address.toString(), listener->errorString()));
    return {};
}

void StreamServer::State::sweepOn()
{
    sweep = scheduler().after(kSweepEvery, [this] {
        const auto all = connections;  // sweeping may end some
        for (ServerConnection *connection : all) {
            if (connections.contains(connection))
                connection->sweep(clock().now());
        }
        sweepOn();
    });
}

StreamServer::StreamServer(StreamServerOptions options, QObject *parent) : QObject(parent), m_state(std::make_unique<State>(std::move(options)))
{
}

StreamServer::~StreamServer()
{
    if (m_state->listener)
        m_state->listener->close();
    const auto connections = std::exchange(m_state->connections, {});
    for (ServerConnection *connection : connections) {
        connection->disconnect(this);
        connection->shutDown();
    }
    qDeleteAll(connections);
}

Result<void> StreamServer::listen()
{
    State &state = *m_state;
    const QByteArray &prefix = state.options.prefix;
    if (!prefix.startsWith('/') || (prefix.size() > 1 && prefix.endsWith('/')))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("A prefix begins with / and does not end with it"));
    auto root = StreamRoot::open(state.options.root);
    if (!root)
        return std::unexpected(root.error());
    state.root = std::move(*root);
    state.hub = std::make_unique<StreamHub>(*state.root, state.options.hub, state.scheduler());
    state.service = std::make_unique<StreamService>(StreamService{.options = state.options, .clock = state.clock(), .scheduler = state.scheduler(),
                                                                  .root = *state.root, .hub = *state.hub});
    state.hub->restore();
    if (const auto opened = state.openPort(); !opened)
        return opened;
    connect(state.listener.get(), &QTcpServer::pendingConnectionAvailable, this, [this] {
        while (QTcpSocket *socket = m_state->listener->nextPendingConnection())
            accept(socket);
    });
    state.sweepOn();
    return {};
}

void StreamServer::accept(QTcpSocket *socket)
{
    State &state = *m_state;
    const QHostAddress peer = socket->peerAddress();
    const bool isCrowded = !peer.isLoopback() && state.perAddress.value(peer) >= state.options.mostPerAddress;
    if (isCrowded || state.connections.size() >= state.options.mostConnections) {
        socket->abort();
        socket->deleteLater();
        return;
    }
    keepAlive(*socket);
    auto *connection = new ServerConnection(socket, *state.service, this);
    state.connections.insert(connection);
    ++state.perAddress[peer];
    ++state.service->connectionCount;
    connect(connection, &ServerConnection::ended, this, [this, connection] {
        if (!m_state->connections.remove(connection))
            return;
        --m_state->service->connectionCount;
        if (--m_state->perAddress[connection->peer()] <= 0)
            m_state->perAddress.remove(connection->peer());
        connection->deleteLater();
    });
}

quint16 StreamServer::port() const
{
    return m_state->listener ? m_state->listener->serverPort() : quint16(0);
}

int StreamServer::connectionCount() const
{
    return static_cast<int>(m_state->connections.size());
}

}  // namespace packmule
