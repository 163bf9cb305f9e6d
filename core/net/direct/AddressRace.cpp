#include "core/net/direct/AddressRace.h"

#include "core/net/direct/TcpAttempt.h"

#include <QHostInfo>

#include <algorithm>
#include <utility>

namespace packmule {

AddressRace::AddressRace(Scheduler &scheduler, Callbacks callbacks) : m_scheduler(scheduler), m_callbacks(std::move(callbacks)) {}

AddressRace::~AddressRace()
{
    giveUpAttempts();
}

void AddressRace::run(const QString &host, quint16 port)
{
    m_port = port;
    QHostAddress literal;
    if (literal.setAddress(host))
        runOver({literal}, port);
    else
        QHostInfo::lookupHost(host, this, [this](const QHostInfo &found) { onLookedUp(found); });
}

void AddressRace::runOver(const QList<QHostAddress> &addresses, quint16 port)
{
    m_port = port;
    m_untried = interleaved(addresses);
    attemptNext();
}

void AddressRace::onLookedUp(const QHostInfo &found)
{
    m_callbacks.onMoved();
    if (found.addresses().isEmpty())
        lose(QAbstractSocket::HostNotFoundError);
    else
        runOver(found.addresses(), m_port);
}

void AddressRace::attemptNext()
{
    m_nextAttempt.cancel();
    if (m_isOver || m_untried.isEmpty())
        return;
    const auto &attempt = m_attempts.emplace_back(std::make_unique<TcpAttempt>(m_untried.takeFirst(), m_port));
    TcpAttempt *one = attempt.get();
    connect(one, &TcpAttempt::connected, this, &AddressRace::onConnected);
    connect(one, &TcpAttempt::failed, this, [this, one](QAbstractSocket::SocketError error) { onFailed(one, error); });
    if (!m_untried.isEmpty())
        m_nextAttempt = m_scheduler.after(kAttemptDelay, [this] { attemptNext(); });
    m_callbacks.onMoved();
}

void AddressRace::onConnected(qintptr descriptor)
{
    m_isOver = true;
    m_nextAttempt.cancel();
    giveUpAttempts();
    const auto tell = m_callbacks.onConnected;
    tell(descriptor);
}

void AddressRace::onFailed(TcpAttempt *loser, QAbstractSocket::SocketError error)
{
    const auto place = std::ranges::find(m_attempts, loser, &std::unique_ptr<TcpAttempt>::get);
    place->release()->deleteLater();
    m_attempts.erase(place);
    if (!m_untried.isEmpty())
        attemptNext();
    else if (m_attempts.empty())
        lose(error);
}

void AddressRace::lose(QAbstractSocket::SocketError error)
{
    m_isOver = true;
    m_nextAttempt.cancel();
    const auto tell = m_callbacks.onLost;
    tell(error);
}

/// One of them may be the reason of this very call.
void AddressRace::giveUpAttempts()
{
    for (auto &attempt : m_attempts) {
        attempt->disconnect(this);
        attempt->giveUp();  // now: until it is deleted it might connect, and nobody would own the descriptor
        attempt.release()->deleteLater();
    }
    m_attempts.clear();
}

QList<QHostAddress> interleaved(const QList<QHostAddress> &addresses)
{
    QList<QHostAddress> first, second, mixed;
    for (const QHostAddress &address : addresses)
        (address.protocol() == addresses.first().protocol() ? first : second).append(address);
    for (qsizetype i = 0; i < std::max(first.size(), second.size()); ++i) {
        if (i < first.size())
            mixed.append(first.at(i));
        if (i < second.size())
            mixed.append(second.at(i));
    }
    return mixed;
}

}  // namespace packmule
