#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/journal/Records.h"
#include "core/transfer/PutCommand.h"
#include "core/transfer/TransferEvent.h"

#include <QObject>

#include <functional>

namespace packmule {

/// How a run ended, for exit codes and the last line.
struct RunOutcome {
    SummaryEvent summary;
    bool isInterrupted = false;                 ///< shutdown() came first; everything is resumable
    bool everythingRefusedByService = false;    ///< exit status 254
    std::optional<ErrorKind> configurationError;///< exit status 253: credentials missing or unusable on this side
    bool isNeverReachable = false;              ///< exit status 255: host never resolved or accepted within 30 s
    bool onlySourceUnreadable = false;          ///< exit status 1, the one file could not be read
};

/// A row for `queue ls` and the window.
struct TransferSnapshot {
    TransferRecord record;
    ByteCount sent, confirmed;
    double rate = 0;
    int confirmedParts = 0, parts = 1;
    std::optional<WaitingEvent> waiting;
};

/// A `resume` that was accepted.
struct ResumeAnswer {
    RunId run = 0;  ///< below 0: no run of the journal, but the name that its runEnded will have
    int count = 0;  ///< transfers that it carries on
    int walks = 0;  ///< commands whose folders it goes through again, because that was interrupted
};

enum class QueueVerb { Pause, Resume, Retry, Remove, RemoveKeepingUpload };

/// Within the line of those whose turn has not come.
enum class QueueMove { Top, Up, Down, Bottom };

/// What a window sets for all transfers together. From then on the --concurrency and --bwlimit of single commands do not
/// count: it is one queue.
struct EngineLimits {
    int slots = 4;
    BandwidthSchedule bandwidth;
};

/// The engine as the command line, the window and other processes see it: commands in, events out. Implemented by
/// TransferEngine (in this process) and by RemoteEngine (in the journal's owner, over the local socket).
/// Thread: the one that made it. Events arrive in order for each transfer.
class EngineClient : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Starts, continues or repeats a put (cli.md, "Repeating a command"). `accepted` gives the run; then runEnded follows once.
    [[nodiscard]] virtual CallHandle put(const PutCommand &command, std::function<void(Result<RunId>)> accepted) = 0;
    /// Carries on one transfer or everything unfinished. 0 = all. One runEnded of its own follows `accepted`.
    [[nodiscard]] virtual CallHandle resume(TransferId transfer, std::function<void(Result<ResumeAnswer>)> accepted) = 0;
    /// Where these unfinished transfers go, each connection once. Empty list = all that nothing is being done for.
    [[nodiscard]] virtual CallHandle connections(const QList<TransferId> &transfers,
                                                 std::function<void(Result<QList<ConnectionRecord>>)> done) = 0;
    /// Empty list = all. @return NoSuchKey for an id that does not exist.
    [[nodiscard]] virtual CallHandle change(QueueVerb verb, const QList<TransferId> &transfers,
                                            std::function<void(Result<int>)> done) = 0;
    [[nodiscard]] virtual CallHandle list(int offset, int limit,
                                          std::function<void(Result<QList<TransferSnapshot>>)> done) = 0;
    /// Holds at once, for what runs too, until it is set again. @return InvalidRequest: another process's engine sets its own.
    [[nodiscard]] virtual CallHandle setLimits(const EngineLimits &limits, std::function<void(Result<void>)> done);
    /// What runs is not disturbed, and what is not in line is left out; the place outlives a restart.
    /// @return how many were moved; InvalidRequest as above.
    [[nodiscard]] virtual CallHandle move(QueueMove move, const QList<TransferId> &transfers, std::function<void(Result<int>)> done);
    /// Drops what is in flight, commits the journal, then `done`: within 2 s (a Complete on its way is not awaited, K9 finds it).
    virtual void shutdown(std::function<void()> done) = 0;

Q_SIGNALS:
    void eventOccurred(const packmule::TransferEvent &event);
    void runEnded(packmule::RunId run, const packmule::RunOutcome &outcome);
};

}  // namespace packmule
