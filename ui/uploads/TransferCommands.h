#pragma once

#include "core/base/Scheduler.h"
#include "core/transfer/EngineClient.h"
#include "core/transfer/TransferListClient.h"
#include "ui/common/UserPrompts.h"

#include <QObject>
#include <QSet>

#include <map>

namespace packmule {

/// What the person has selected: transfers, and runs whose transfers are looked up when something is done to them.
struct TransferSelection {
    QList<TransferId> transfers;
    QList<RunId> runs;
    bool isEmpty() const { return transfers.isEmpty() && runs.isEmpty(); }
};

/// The list's verbs: looks up what is in the selected runs, tells the engine, and says what went wrong. A removal that keeps
/// the parts on the server is carried out 10 s later, so that it can be undone; until then its rows are hidden only.
/// Thread: GUI. Everything given outlives it; it outlives the prompts' answers by a guard.
class TransferCommands : public QObject
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds kUndoTime{10};

    TransferCommands(EngineClient &engine, TransferListClient &list, UserPrompts &prompts, Scheduler &scheduler, QObject *parent = nullptr);

    void pause(const TransferSelection &selection, const ListQuery &query);
    /// Start and Retry: what was paused or needed attention carries on.
    void start(const TransferSelection &selection, const ListQuery &query);
    /// Asks whether the parts on the server stay.
    void remove(const TransferSelection &selection, const ListQuery &query);
    /// Within the line of those whose turn has not come.
    void move(QueueMove where, const TransferSelection &selection, const ListQuery &query);
    void startAll();
    void pauseAll();
    void retryAll();
    void clearFinished();
    void undoRemoval();
    /// The window closes: what could still be undone is carried out now.
    void finishRemoval();
    const QSet<TransferId> &hidden() const { return m_removed; }

Q_SIGNALS:
    void said(const QString &sentence);
    /// Rows that are removed unless it is undone. Empty: shown again or gone for good.
    void hiddenChanged(const QSet<packmule::TransferId> &transfers);
    /// count 0: nothing to undo any more.
    void undoOffered(int count);
    void changed();

private:
    using Gathered = std::function<void(const QList<TransferId> &)>;

    void gather(const TransferSelection &selection, const ListQuery &query, Gathered gathered);
    void gatherNext(QList<RunId> runs, const ListQuery &query, QList<TransferId> transfers, Gathered gathered);
    /// All that match a filter, whatever the list shows now.
    void gatherAll(ListFilter filter, Gathered gathered);
    void change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void()> then = {});
    void carryOn(QList<TransferId> transfers);
    void askRemoval(const QList<TransferId> &transfers);
    void postponeRemoval(const QList<TransferId> &transfers);
    void fail(const Error &error);
    /// Keeps a call until it has answered.
    void hold(const std::function<CallHandle(std::function<void()> forget)> &begin);

    EngineClient &m_engine;
    TransferListClient &m_list;
    UserPrompts &m_prompts;
    Scheduler &m_scheduler;
    QSet<TransferId> m_removed;
    CallHandle m_undoEnd;
    std::map<int, CallHandle> m_calls;
    int m_nextCall = 0;
};

}  // namespace packmule
