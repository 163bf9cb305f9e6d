#pragma once

#include "core/base/Scheduler.h"
#include "core/net/direct/ConnectionKey.h"

#include <QByteArray>
#include <QHash>
#include <QList>
#include <QObject>
#include <QSslConfiguration>

#include <functional>
#include <list>
#include <map>
#include <memory>

namespace packmule {

class Connection;

/// Connections by key, at most `connectionsPerKey` of each; requests beyond that wait in line here.
/// Idle ones are kept for four seconds: common servers and balancers close theirs after five and more (Apache and Node
/// after 5 s, S3 after some 5 to 20 s, nginx after 75 s), and a connection that we close ourselves never fails a request.
/// Thread: the one that made it. Owns the connections; a user must leave before the pool is destroyed.
class ConnectionPool final : public QObject
{
    Q_OBJECT

public:
    static constexpr Milliseconds kIdleLimit{4'000};

    ConnectionPool(Scheduler &scheduler, int connectionsPerKey);
    ~ConnectionPool() override;

    using Ready = std::function<void(Connection &)>;
    /// Calls `ready` later, once, with a connection that is idle or connecting and has no user: begin() on it there and then.
    /// @param isNew no idle one will do, and those that are idle are closed (one of them has just turned out to be dead).
    [[nodiscard]] CallHandle acquire(const ConnectionKey &key, const QSslConfiguration &tls, bool isNew, Ready ready);
    /// Closes what is idle; what is busy closes after its exchange.
    void dropIdle();

private:
    struct Waiting {
        quint64 number;
        QSslConfiguration tls;
        bool isNew;
        Ready ready;
    };
    /// Connections and requests of one key.
    struct Lane {
        QList<Connection *> connections;        // the last used one last
        std::map<Connection *, CallHandle> idleLimits;
        std::list<Waiting> waiting;
        QByteArray sessionTicket;               // of the last handshake: the next one is shorter
        QSslConfiguration ticketTls;            // whom that handshake trusted: a resumed one asks for no certificate
    };

    void serveLater(const ConnectionKey &key);
    void serve(const ConnectionKey &key);
    Connection *connectionFor(const ConnectionKey &key, Lane &lane, const Waiting &waiting);
    Connection *open(const ConnectionKey &key, Lane &lane, QSslConfiguration tls);
    void onIdle(Connection *connection);
    void onClosed(Connection *connection);

    Scheduler &m_scheduler;
    const int m_connectionsPerKey;
    QHash<ConnectionKey, std::shared_ptr<Lane>> m_lanes;
    quint64 m_nextNumber = 0;
};

}  // namespace packmule
