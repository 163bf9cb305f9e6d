#pragma once

#include "app/gui/desktop/WindowCall.h"
#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/base/Scheduler.h"

#include <QLocalServer>
#include <QObject>

#include <functional>
#include <list>
#include <memory>

class QLocalSocket;

namespace packmule {

class MessageChannel;

/// One window for each journal. The first start holds a lock, which ends with its process, and listens on a socket beside
/// the journal (place and checks as app/handover); a later one hands its files over and ends.
/// Thread: GUI; the lock is taken before there is a window.
class SingleInstance final : public QObject
{
    Q_OBJECT

public:
    SingleInstance(const QString &journalPath, Scheduler &scheduler, QObject *parent = nullptr);
    ~SingleInstance() override;

    /// @return true: this is the first.   Errors: JournalUnavailable.   Needs no application yet.
    Result<bool> claim();
    /// The first: called() follows for every later start.
    void listen();
    /// Hands over to the first, waiting a few seconds for one that is just starting. Errors: JournalUnavailable.
    void callFirst(const WindowCall &call, std::function<void(Result<void>)> done);

Q_SIGNALS:
    void called(const packmule::WindowCall &call);

private:
    struct Caller;

    void welcomeCallers();
    void tryFirst();
    void conclude(Result<void> result);

    Scheduler &m_scheduler;
    const QString m_journalPath;
    QString m_socketPath;
    int m_lock = -1;
    QLocalServer m_server;
    std::list<std::unique_ptr<Caller>> m_callers;
    // of a later start
    WindowCall m_call;
    std::function<void(Result<void>)> m_done;
    std::unique_ptr<QLocalSocket> m_socket;
    std::unique_ptr<MessageChannel> m_channel;
    int m_triesLeft = 0;
    CallHandle m_next, m_patience;
};

}  // namespace packmule
