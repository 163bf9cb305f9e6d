#pragma once

#include "core/base/Scheduler.h"

#include <QAbstractSocket>
#include <QHostAddress>
#include <QList>
#include <QObject>

#include <functional>
#include <memory>
#include <vector>

class QHostInfo;

namespace packmule {

class TcpAttempt;

/// Connects to a host by whichever of its addresses answers first (RFC 8305, "happy eyeballs"): one attempt after the
/// other, families in turn, each new one 250 ms after the last or as soon as that has failed; the first to stand wins.
/// onConnected or onLost runs once, later; either may destroy the race. Thread: the one that made it.
class AddressRace final : public QObject
{
    Q_OBJECT

public:
    struct Callbacks {
        std::function<void()> onMoved;                             ///< a step was made: names found, an attempt begun
        std::function<void(qintptr descriptor)> onConnected;       ///< the receiver's from now on
        std::function<void(QAbstractSocket::SocketError)> onLost;  ///< of the last attempt
    };
    /// RFC 8305, 8: "Connection Attempt Delay".
    static constexpr Milliseconds kAttemptDelay{250};

    AddressRace(Scheduler &scheduler, Callbacks callbacks);
    ~AddressRace() override;

    /// @param host a name or a literal address.
    void run(const QString &host, quint16 port);
    /// The same with its addresses already known.
    void runOver(const QList<QHostAddress> &addresses, quint16 port);

private:
    void onLookedUp(const QHostInfo &found);
    void attemptNext();
    void onConnected(qintptr descriptor);
    void onFailed(TcpAttempt *loser, QAbstractSocket::SocketError error);
    void lose(QAbstractSocket::SocketError error);
    void giveUpAttempts();

    Scheduler &m_scheduler;
    Callbacks m_callbacks;
    quint16 m_port = 0;
    QList<QHostAddress> m_untried;
    std::vector<std::unique_ptr<TcpAttempt>> m_attempts;
    CallHandle m_nextAttempt;
    bool m_isOver = false;
};

/// RFC 8305, 4: the resolver's order, but families in turn, beginning with the first address's. Pure.
QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses);

}  // namespace packmule
