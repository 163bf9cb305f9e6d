#pragma once

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <memory>

class QSocketNotifier;

namespace packmule {

/// Says whether this machine has a way out at all, and when that or its addresses changed.
/// Linux: the kernel's route tables, woken by rtnetlink (QNetworkInformation needs a plugin that is often not installed).
/// Elsewhere: always online, never changed. Thread: the one that made it.
class NetworkWatch : public QObject
{
    Q_OBJECT
public:
    explicit NetworkWatch(QObject *parent = nullptr);
    ~NetworkWatch() override;

    /// True if there is a default route (facts cli.md, "When a command ends": else the 30 s do not run).
    /// Virtual for tests of the engine.
    virtual bool isOnline() const;
    /// True if `host` (lower case, no brackets) is this machine: loopback, one of its addresses, or its own name.
    /// Looks nothing up.
    virtual bool isLocalHost(const QByteArray &host) const;
    /// True if a connection to `host` can come about at all.
    bool canReach(const QByteArray &host) const { return isLocalHost(host) || isOnline(); }

Q_SIGNALS:
    /// Routes or addresses changed: idle connections are not to be trusted, and waiting calls may try again.
    /// Bursts are told once.
    void changed(bool isOnline);

private:
    void listenToKernel();
    void onKernelNews();

    int m_socket = -1;
    std::unique_ptr<QSocketNotifier> m_notifier;
    QTimer m_settle;
};

}  // namespace packmule
