#include "core/net/direct/ConnectionPool.h"

#include "core/net/direct/Connection.h"

#include <QPointer>

#include <algorithm>
#include <utility>

namespace packmule {

ConnectionPool::ConnectionPool(Scheduler &scheduler, int connectionsPerKey)
    : m_scheduler(scheduler), m_connectionsPerKey(connectionsPerKey)
{
}

ConnectionPool::~ConnectionPool()
{
    for (const auto &lane : std::as_const(m_lanes)) {
        for (Connection *connection : std::as_const(lane->connections))
            connection->disconnect(this);
    }
}

CallHandle ConnectionPool::acquire(const ConnectionKey &key, const QSslConfiguration &tls, bool isNew, Ready ready)
{
    auto &lane = m_lanes[key];
    if (!lane)
        lane = std::make_shared<Lane>();
    const quint64 number = m_nextNumber++;
    lane->waiting.push_back({number, tls, isNew, std::move(ready)});
    serveLater(key);
    return CallHandle([pool = QPointer(this), key, number] {
        if (pool && pool->m_lanes.contains(key))
            pool->m_lanes[key]->waiting.remove_if([number](const Waiting &one) { return one.number == number; });
    });
}

void ConnectionPool::dropIdle()
{
    for (const auto &lane : m_lanes.values()) {
        for (Connection *connection : QList<Connection *>(lane->connections)) {
            if (connection->state() == Connection::State::Idle)
                connection->close();
            else
                connection->closeAfterExchange();
        }
    }
}

void ConnectionPool::serveLater(const ConnectionKey &key)
{
    QMetaObject::invokeMethod(this, [this, key] { serve(key); }, Qt::QueuedConnection);
}

void ConnectionPool::serve(const ConnectionKey &key)
{
    const auto lane = m_lanes.value(key);
    if (!lane)
        return;
    while (!lane->waiting.empty()) {
        Connection *connection = connectionFor(key, *lane, lane->waiting.front());
        if (!connection)
            return;
        const Ready ready = std::move(lane->waiting.front().ready);
        lane->waiting.pop_front();
        ready(*connection);
    }
    if (lane->connections.isEmpty() && lane->sessionTicket.isEmpty() && lane->waiting.empty())
        m_lanes.remove(key);
}

Connection *ConnectionPool::connectionFor(const ConnectionKey &key, Lane &lane, const Waiting &waiting)
{
    // The last used one first: it is the least likely to have been closed meanwhile.
    for (Connection *connection : QList<Connection *>(lane.connections.rbegin(), lane.connections.rend())) {
        if (connection->state() != Connection::State::Idle)
            continue;
        if (waiting.isNew || connection->isStale()) {
            connection->close();
            continue;
        }
        if (connection->tls() != waiting.tls)
            continue;
        lane.idleLimits.erase(connection);
        lane.connections.removeOne(connection);
        lane.connections.append(connection);
        return connection;
    }
    if (lane.connections.size() < m_connectionsPerKey)
        return open(key, lane, waiting.tls);
    // Only an idle one of another TLS configuration can be in the way.
    const auto idle = std::ranges::find(lane.connections, Connection::State::Idle, &Connection::state);
    if (idle == lane.connections.end())
        return nullptr;
    (*idle)->close();
    return open(key, lane, waiting.tls);
}

Connection *ConnectionPool::open(const ConnectionKey &key, Lane &lane, QSslConfiguration tls)
{
    const QByteArray ticket = lane.ticketTls == tls ? lane.sessionTicket : QByteArray();
    auto *connection = new Connection(key, tls, ticket, m_scheduler, this);
    lane.connections.append(connection);
    connect(connection, &Connection::becameIdle, this, [this, connection] { onIdle(connection); });
    connect(connection, &Connection::closed, this, [this, connection] { onClosed(connection); });
    connect(connection, &Connection::ticketArrived, this, [this, key, tls](const QByteArray &newer) {
        if (const auto known = m_lanes.value(key)) {
            known->sessionTicket = newer;
            known->ticketTls = tls;
        }
    });
    connection->open();
    return connection;
}

void ConnectionPool::onIdle(Connection *connection)
{
    const auto lane = m_lanes.value(connection->key());
    if (!lane)
        return;
    lane->idleLimits[connection] = m_scheduler.after(kIdleLimit, [connection] { connection->close(); });
    serveLater(connection->key());
}

void ConnectionPool::onClosed(Connection *connection)
{
    connection->deleteLater();  // it may be on the stack
    const auto lane = m_lanes.value(connection->key());
    if (!lane)
        return;
    lane->idleLimits.erase(connection);
    lane->connections.removeOne(connection);
    serveLater(connection->key());
}

}  // namespace packmule
