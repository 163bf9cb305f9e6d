#pragma once

#include "app/Composition.h"
#include "core/base/CallHandle.h"
#include "core/journal/Journal.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/TransferListClient.h"

#include <QObject>

#include <functional>
#include <memory>

namespace packmule {

/// The engine of one program: in this process when the journal is free, else the one of the journal's owner, which takes
/// commands over a local socket. When the owner ends first, the journal is taken over and the engine begins here.
/// Thread: the composition's. Ownership: it owns the journal and the engine.
class EngineSession : public QObject
{
    Q_OBJECT

public:
    EngineSession(Composition &composition, EngineUse use);
    ~EngineSession() override;

    /// `opened` runs later, again after every owner that was lost. Errors: JournalUnavailable (names file or pid), DiskFull;
    /// then it may be called again. @param journalPath absolute (JournalLocation.h); empty: a journal that survives nothing.
    void open(const QString &journalPath, std::function<void(Result<EngineClient *>)> opened);
    /// The list of the engine that was opened. Null while another process does the work: it is asked page by page then.
    TransferListClient *list() const;
    /// True while another process does the work.
    bool isRemote() const;
    qint64 ownerPid() const;
    /// Ends what is in flight, commits, closes the journal; `done` runs later, at most a few seconds. With another
    /// process's engine it only leaves: the work goes on there.
    void shutDown(std::function<void()> done);
    /// Before put() on another process's engine: it has neither our environment nor, perhaps, our files. Does nothing
    /// for an engine here. Errors: as the credentials' source.
    [[nodiscard]] CallHandle lendCredentials(const ConnectionRecord &connection, std::function<void(Result<void>)> done);
    /// Runs `done` when no handed-over work of other processes is left; `waiting` is called once if there is some.
    void awaitGuests(std::function<void()> waiting, std::function<void()> done);

Q_SIGNALS:
    /// The engine that was given is about to be destroyed, and another will follow: drop its handles.
    void engineGoing();

private:
    void openSoon();
    void tryHere();
    void tryOwner();
    void takeOver();
    void serveOthers();

    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
