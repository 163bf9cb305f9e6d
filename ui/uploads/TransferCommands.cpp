#include "ui/uploads/TransferCommands.h"

#include "ui/common/ErrorText.h"

#include <QPointer>

namespace packmule {

namespace {

/// More than these are carried on by the engine's "everything", which is one call.
constexpr qsizetype kMostSingleResumes = 256;

}  // namespace

TransferCommands::TransferCommands(EngineClient &engine, TransferListClient &list, UserPrompts &prompts, Scheduler &scheduler, QObject *parent)
    : QObject(parent), m_engine(engine), m_list(list), m_prompts(prompts), m_scheduler(scheduler)
{
}

void TransferCommands::pause(const TransferSelection &selection, const ListQuery &query)
{
    gather(selection, query, [this](const QList<TransferId> &transfers) { change(QueueVerb::Pause, transfers); });
}

void TransferCommands::start(const TransferSelection &selection, const ListQuery &query)
{
    gather(selection, query, [this](const QList<TransferId> &transfers) {
        change(QueueVerb::Resume, transfers, [this, transfers] { carryOn(transfers); });
    });
}

void TransferCommands::move(QueueMove where, const TransferSelection &selection, const ListQuery &query)
{
    gather(selection, query, [this, where](const QList<TransferId> &transfers) {
        hold([&](std::function<void()> forget) {
            return m_engine.move(where, transfers, [this, forget = std::move(forget)](const Result<int> &moved) {
                forget();
                if (!moved)
                    fail(moved.error());
                Q_EMIT changed();
            });
        });
    });
}

void TransferCommands::startAll()
{
    gatherAll(ListFilter::Paused, [this](const QList<TransferId> &transfers) {
        change(QueueVerb::Resume, transfers, [this] { carryOn({}); });
    });
}

void TransferCommands::pauseAll()
{
    hold([this](std::function<void()> forget) {
        return m_engine.change(QueueVerb::Pause, {}, [this, forget = std::move(forget)](const Result<int> &changed) {
            forget();
            if (!changed)
                fail(changed.error());
            Q_EMIT this->changed();
        });
    });
}

void TransferCommands::retryAll()
{
    gatherAll(ListFilter::NeedsAttention, [this](const QList<TransferId> &transfers) {
        change(QueueVerb::Retry, transfers, [this, transfers] { carryOn(transfers); });
    });
}

void TransferCommands::clearFinished()
{
    gatherAll(ListFilter::Done, [this](const QList<TransferId> &transfers) { change(QueueVerb::Remove, transfers); });
}

void TransferCommands::remove(const TransferSelection &selection, const ListQuery &query)
{
    gather(selection, query, [this](const QList<TransferId> &transfers) { askRemoval(transfers); });
}

void TransferCommands::askRemoval(const QList<TransferId> &transfers)
{
    const int count = static_cast<int>(transfers.size());
    UserQuestion question;
    question.title = tr("Remove from the list");
    question.text = tr("%n transfer(s) are taken off the list. Your files are not touched. Parts that are on the server already can stay "
                       "there, so that the upload can be carried on from Unfinished uploads, or be deleted for good.", nullptr, count);
    question.choices = {tr("Cancel"), tr("Remove, keep the parts"), tr("Remove and delete the parts")};
    m_prompts.ask(question, [self = QPointer(this), transfers](const UserAnswer &answer) {
        if (!self || answer.choice == 0)
            return;
        if (answer.choice == 1)
            self->postponeRemoval(transfers);
        else
            self->change(QueueVerb::Remove, transfers);
    });
}

void TransferCommands::postponeRemoval(const QList<TransferId> &transfers)
{
    finishRemoval();  // one at a time can be undone
    m_removed = QSet<TransferId>(transfers.begin(), transfers.end());
    m_undoEnd = m_scheduler.after(kUndoTime, [this] { finishRemoval(); });
    Q_EMIT hiddenChanged(m_removed);
    Q_EMIT undoOffered(static_cast<int>(transfers.size()));
}

void TransferCommands::undoRemoval()
{
    if (m_removed.isEmpty())
        return;
    m_undoEnd.cancel();
    m_removed.clear();
    Q_EMIT hiddenChanged({});
    Q_EMIT undoOffered(0);
}

void TransferCommands::finishRemoval()
{
    if (m_removed.isEmpty())
        return;
    m_undoEnd.cancel();
    QList<TransferId> transfers(m_removed.begin(), m_removed.end());
    std::ranges::sort(transfers);
    Q_EMIT undoOffered(0);
    // The rows stay hidden until the engine has said that they are gone.
    change(QueueVerb::RemoveKeepingUpload, transfers, [this, transfers] {
        for (const TransferId transfer : transfers)
            m_removed.remove(transfer);
        Q_EMIT hiddenChanged(m_removed);
    });
}

void TransferCommands::gather(const TransferSelection &selection, const ListQuery &query, Gathered gathered)
{
    gatherNext(selection.runs, query, selection.transfers, std::move(gathered));
}

void TransferCommands::gatherNext(QList<RunId> runs, const ListQuery &query, QList<TransferId> transfers, Gathered gathered)
{
    if (runs.isEmpty()) {
        if (!transfers.isEmpty())
            gathered(transfers);
        return;
    }
    const RunId run = runs.takeFirst();
    hold([&](std::function<void()> forget) {
        return m_list.children(run, query, [this, forget = std::move(forget), runs, query, transfers, gathered](const Result<QList<TransferId>> &children) {
            forget();
            if (!children)
                fail(children.error());
            gatherNext(runs, query, children ? transfers + *children : transfers, gathered);
        });
    });
}

void TransferCommands::gatherAll(ListFilter filter, Gathered gathered)
{
    ListQuery query;
    query.filter = filter;
    hold([&](std::function<void()> forget) {
        return m_list.order(query, [this, forget = std::move(forget), query, gathered = std::move(gathered)](const Result<ListOrder> &order) {
            forget();
            if (!order) {
                fail(order.error());
                return;
            }
            TransferSelection selection;
            for (const ListEntry &entry : order->entries) {
                if (entry.count > 1)
                    selection.runs.append(entry.run);
                else
                    selection.transfers.append(entry.first);
            }
            gather(selection, query, gathered);
        });
    });
}

void TransferCommands::change(QueueVerb verb, const QList<TransferId> &transfers, std::function<void()> then)
{
    if (transfers.isEmpty())
        return;  // to the engine an empty list would mean all
    hold([&](std::function<void()> forget) {
        return m_engine.change(verb, transfers, [this, forget = std::move(forget), then = std::move(then)](const Result<int> &changed) {
            forget();
            if (!changed)
                fail(changed.error());
            if (then)
                then();
            Q_EMIT this->changed();
        });
    });
}

void TransferCommands::carryOn(QList<TransferId> transfers)
{
    const bool isEverything = transfers.isEmpty() || transfers.size() > kMostSingleResumes;
    const TransferId next = isEverything ? 0 : transfers.takeFirst();
    if (isEverything)
        transfers.clear();
    hold([&](std::function<void()> forget) {
        return m_engine.resume(next, [this, forget = std::move(forget), transfers](const Result<ResumeAnswer> &answer) {
            forget();
            if (!answer && answer.error().kind != ErrorKind::NoSuchKey)  // that one ended meanwhile
                fail(answer.error());
            if (!transfers.isEmpty())
                carryOn(transfers);
        });
    });
}

void TransferCommands::fail(const Error &error)
{
    const QString cause = ErrorText::cause(error), advice = ErrorText::advice(error);
    Q_EMIT said(advice.isEmpty() ? cause : tr("%1 %2", "two sentences").arg(cause, advice));
}

void TransferCommands::hold(const std::function<CallHandle(std::function<void()> forget)> &begin)
{
    const int call = m_nextCall++;
    m_calls[call] = begin([this, call] { m_calls.erase(call); });
}

}  // namespace packmule
