#pragma once

#include "app/handover/MessageChannel.h"
#include "core/base/Scheduler.h"
#include "core/signing/Credentials.h"
#include "core/transfer/EngineClient.h"

#include <QJsonArray>
#include <QLocalSocket>

#include <functional>
#include <map>
#include <memory>

namespace packmule {

/// The engine of the process that owns the journal, reached over its local socket.
///
/// | state    | on                                | then |
/// |----------|-----------------------------------|------|
/// | Idle     | open()                            | Trying |
/// | Trying   | nobody listens (yet)              | Trying again in 100 ms while somebody holds the journal |
/// | Trying   | connected, and it is our user     | Greeting |
/// | Greeting | welcome                           | Open |
/// | Trying, Greeting | 5 s, another version, hung up | Closed, open() answers with an Error |
/// | Open     | the line closes                   | Closed, ownerLost() |
/// | Open     | shutdown()                        | Closed: detached, the owner carries on |
///
/// Thread: the one that made it.
class RemoteEngine final : public EngineClient
{
    Q_OBJECT

public:
    static constexpr Milliseconds kPatience{5'000};
    static constexpr Milliseconds kRetry{100};

    /// Which events and ends are wanted. OwnRuns: all until a run was asked for, then its own.
    enum class Watch { OwnRuns, Everything };

    RemoteEngine(QString journalPath, Scheduler &scheduler, Watch watch = Watch::OwnRuns);
    ~RemoteEngine() override;

    /// Finds the owner. Errors: JournalUnavailable that names its pid; osError ENOENT = nobody holds the journal any more,
    /// so it can be opened here; ETIMEDOUT = it does not answer; EPROTO = it speaks another version; EACCES = a stranger.
    [[nodiscard]] CallHandle open(std::function<void(Result<void>)> done);
    qint64 ownerPid() const { return m_ownerPid; }
    /// Before put(), resume() or change(): the owner has no access to the caller's environment and files.
    void lendCredentials(const QByteArray &connectionId, const Credentials &credentials);

    [[nodiscard]] CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) override;
    [[nodiscard]] CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) override;
    [[nodiscard]] CallHandle connections(const QList<TransferId> &transfers,
                                         std::function<void(Result<QList<ConnectionRecord>>)> done) override;
    [[nodiscard]] CallHandle change(QueueVerb verb, const QList<TransferId> &transfers,
                                    std::function<void(Result<int>)> done) override;
    [[nodiscard]] CallHandle list(int offset, int limit,
                                  std::function<void(Result<QList<TransferSnapshot>>)> done) override;
    /// Only leaves: what was handed over goes on in the owner.
    void shutdown(std::function<void()> done) override;

Q_SIGNALS:
    /// The owner has ended, or fell silent for good: calls without an answer get none. The journal may be free now.
    void ownerLost();

private:
    enum class State { Idle, Trying, Greeting, Open, Closed };
    struct Call {
        std::function<void(const Result<qint64> &value, const QJsonObject &answer, const QJsonArray &rows)> answered;
        QJsonArray rows;
    };

    void tryOnce();
    void greet();
    void take(const QJsonObject &message);
    void takeWelcome(const QJsonObject &message);
    void takeAnswer(const QJsonObject &message);
    void takeEvent(const QJsonObject &message);
    void takeClosing();
    void fail(int osError, const QString &why);
    void finishOpening(const Result<void> &result);
    CallHandle call(decltype(Call::answered) answered, const QString &type, QJsonObject fields, const QJsonArray &items);

    QString m_journalPath;
    const Watch m_watch;
    Scheduler &m_scheduler;
    State m_state = State::Idle;
    std::unique_ptr<QLocalSocket> m_socket;     ///< while connecting
    std::unique_ptr<MessageChannel> m_channel;  ///< afterwards
    std::function<void(Result<void>)> m_opened;
    CallHandle m_retry, m_deadline;
    std::map<qint64, Call> m_calls;
    qint64 m_lastCall = 0;
    qint64 m_ownerPid = 0;
};

}  // namespace packmule
