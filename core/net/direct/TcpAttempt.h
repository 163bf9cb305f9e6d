#pragma once

#include <QAbstractSocket>
#include <QHostAddress>
#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace packmule {

/// One connect() to one address, and its outcome in the system's own words. Not QTcpSocket's, because that one tries each
/// address twice, and after a reset in the moment of connecting (Qt 6.8.2) connects again and again without end or signal.
/// Thread: the one that made it; signals come later, never from inside the constructor. Destroying it gives up.
class TcpAttempt final : public QObject
{
    Q_OBJECT

public:
    TcpAttempt(const QHostAddress &address, quint16 port);
    ~TcpAttempt() override;

    /// Nothing is told any more, and a connection that has just come about is closed.
    void giveUp();

Q_SIGNALS:
    /// @param descriptor non-blocking; the receiver's from now on.
    void connected(qintptr descriptor);
    void failed(QAbstractSocket::SocketError error);

private:
    int begin(const QHostAddress &address, quint16 port);
    void onWritable();
    void failLater(int osError);

    int m_descriptor = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace packmule
