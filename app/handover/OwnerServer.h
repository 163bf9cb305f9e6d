#pragma once

#include "app/handover/Guest.h"
#include "core/base/Result.h"
#include "core/signing/Credentials.h"
#include "core/transfer/EngineClient.h"

#include <QLocalServer>
#include <QObject>
#include <QPointer>
#include <QSet>

#include <functional>
#include <list>
#include <map>
#include <memory>

namespace packmule {

/// Serves this process's engine to other processes of the same user that find the journal in use (cli.md, "Repeating a
/// command, and two at once"). What a guest handed over goes on when the guest leaves.
/// Thread: the engine's. The engine outlives it; destroying it hangs up on every guest.
class OwnerServer final : public QObject
{
    Q_OBJECT

public:
    using AdoptCredentials = std::function<void(const QByteArray &connectionId, const Credentials &credentials)>;

    /// @param adoptCredentials takes a caller's own credentials, before its command arrives; to be kept in memory only.
    OwnerServer(EngineClient &engine, AdoptCredentials adoptCredentials);
    ~OwnerServer() override;

    /// The journal must be held: a socket left by a dead owner is removed. Errors: JournalUnavailable.
    Result<void> listen(const QString &journalPath);
    /// Work that guests handed over and that has not ended; a command line stays until there is none.
    bool hasWork() const { return m_unanswered > 0 || !m_runs.isEmpty(); }

Q_SIGNALS:
    /// hasWork() has become false.
    void workEnded();

private:
    void welcomeGuests();
    void take(Guest &guest, const Guest::Call &call);
    void put(Guest &guest, const Guest::Call &call);
    void resume(Guest &guest, const Guest::Call &call);
    void change(Guest &guest, const Guest::Call &call);
    void list(Guest &guest, const Guest::Call &call);
    void connections(Guest &guest, const Guest::Call &call);
    void keep(qint64 key, CallHandle handle);
    void finishCall(qint64 key);
    void refuse(Guest &guest, const Guest::Call &call, const QString &why);
    void forward(const TransferEvent &event);
    void takeRunEnd(RunId run, const RunOutcome &outcome);
    void tellIfIdle();

    EngineClient &m_engine;
    AdoptCredentials m_adoptCredentials;
    QLocalServer m_server;
    std::list<std::unique_ptr<Guest>> m_guests;
    /// Outlive their guests: dropping a handle would take the command back.
    std::map<qint64, CallHandle> m_calls;
    qint64 m_lastKey = 0;
    int m_unanswered = 0;                      ///< puts and resumes
    QSet<RunId> m_runs;                        ///< and resumes
    bool m_hadWork = false;
};

}  // namespace packmule
