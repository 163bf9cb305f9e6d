#include "core/transfer/JournalTransferList.h"

#include "core/journal/ListFold.h"
#include "core/journal/RecordListing.h"
#include "core/transfer/TransferSnapshots.h"

#include <QHash>

#include <algorithm>
#include <memory>

namespace packmule {

using Phase = QueuedTransfer::Phase;

namespace {

TransferState stateOf(const QueuedTransfer &transfer)
{
    if (transfer.needsAttention)
        return TransferState::NeedsAttention;
    return transfer.begun ? transfer.begun->state : TransferState::Queued;
}

QByteArray folderOf(const QByteArray &path)
{
    return path.left(std::max<qsizetype>(path.lastIndexOf('/'), 0));
}

PartMap mapOf(const TransferRecord &record, const QList<PartRecord> &confirmed)
{
    const bool isDone = record.state == TransferState::Done;
    const PartStanding known = isDone && record.isVerified ? PartStanding::Verified : PartStanding::Confirmed;
    PartMap map{.size = record.source.size, .partSize = record.partSize, .parts = {}};
    map.parts.fill(isDone ? known : PartStanding::Queued, partCountOf(record));
    for (const PartRecord &part : confirmed) {
        if (part.partNumber.index() < map.parts.size())
            map.parts[part.partNumber.index()] = known;
    }
    return map;
}

}  // namespace

JournalTransferList::JournalTransferList(Journal &journal, TransferBook &book, const RunningUploads &running)
    : m_journal(journal), m_book(book), m_running(running)
{
}

/// Begun, but not on its way just now: in line again, or held up.
bool JournalTransferList::isWaiting(const QueuedTransfer &transfer) const
{
    if (transfer.phase == Phase::Running) {
        const auto view = m_running.view(transfer.id);
        return view && view->waiting->has_value();
    }
    const bool isInLine = transfer.phase != Phase::Resting;
    return transfer.needsAttention ? isInLine : transfer.begun != nullptr;
}

bool JournalTransferList::isUploading(const QueuedTransfer &transfer) const
{
    return transfer.phase == Phase::Running && !transfer.begun && !transfer.needsAttention;
}

ListFilter JournalTransferList::filterOf(const QueuedTransfer &transfer) const
{
    const auto view = transfer.phase == Phase::Running ? m_running.view(transfer.id) : std::nullopt;
    const TransferState state = view ? view->uploader->record().state : stateOf(transfer);
    return listFilterOf(state, transfer.isPaused, isWaiting(transfer), transfer.phase == Phase::Running);
}

ListQuery JournalTransferList::withLiveState(ListQuery query) const
{
    query.waiting.clear();
    query.uploading.clear();
    m_book.queue().forEach([&](const QueuedTransfer &transfer) {
        if (isWaiting(transfer))
            query.waiting.append(transfer.id);
        else if (isUploading(transfer))
            query.uploading.append(transfer.id);
    });
    return query;
}

CallHandle JournalTransferList::order(const ListQuery &query, std::function<void(Result<ListOrder>)> done)
{
    return m_journal.listOrder(withLiveState(query), std::move(done));
}

CallHandle JournalTransferList::children(RunId run, const ListQuery &query, std::function<void(Result<QList<TransferId>>)> done)
{
    return m_journal.listChildren(run, withLiveState(query), std::move(done));
}

CallHandle JournalTransferList::rows(const QList<TransferId> &transfers, std::function<void(Result<QList<TransferSnapshot>>)> done)
{
    return m_journal.listRows(transfers.first(std::min(kMostAtOnce, transfers.size())), [this, done = std::move(done)](const Result<QList<ListedTransfer>> &rows) {
        done(rows.transform([this](const QList<ListedTransfer> &listed) { return snapshotsOf(listed, m_running); }));
    });
}

CallHandle JournalTransferList::runs(const QList<RunId> &asked, std::function<void(Result<QList<RunSummary>>)> done)
{
    const QList<RunId> ids = asked.first(std::min(kMostAtOnce, asked.size()));
    // What interrupted uploads have stored is in the journal only; there are few of them.
    QList<TransferId> begun;
    const QSet<RunId> wanted(ids.begin(), ids.end());
    m_book.queue().forEach([&](const QueuedTransfer &transfer) {
        const bool hasParts = transfer.begun && !transfer.begun->uploadId.isEmpty() && transfer.phase != Phase::Running;
        if (hasParts && wanted.contains(transfer.run) && begun.size() < kMostAtOnce)
            begun.append(transfer.id);
    });
    const auto step = std::make_shared<CallHandle>();
    *step = m_journal.listRows(begun, [this, step, ids, done = std::move(done)](const Result<QList<ListedTransfer>> &rows) {
        if (!rows) {
            done(std::unexpected(rows.error()));
            return;
        }
        *step = m_journal.finishedSums(ids, [this, rows = *rows, done](const Result<QList<FinishedSums>> &sums) {
            done(sums.transform([&](const QList<FinishedSums> &finished) { return summariesOf(finished, rows); }));
        });
    });
    return CallHandle([step] { step->cancel(); });
}

QList<RunSummary> JournalTransferList::summariesOf(const QList<FinishedSums> &finished, const QList<ListedTransfer> &begun) const
{
    QHash<RunId, qsizetype> places;
    QList<FinishedSums> beginnings = finished;
    QList<RunSummary> summaries;
    for (const FinishedSums &sums : finished) {
        places.insert(sums.run, summaries.size());
        summaries.append({.run = sums.run, .commonPath = {}, .commonPlace = {}, .connectionId = sums.connectionId, .size = sums.size,
                          .confirmed = sums.size, .transfers = sums.done, .done = sums.done, .begun = sums.begun, .ended = sums.ended});
    }
    m_book.queue().forEach([&](const QueuedTransfer &transfer) {
        if (const auto place = places.constFind(transfer.run); place != places.cend())
            addLive(summaries[*place], beginnings[*place], transfer);
    });
    for (const ListedTransfer &listed : begun) {
        const auto place = places.constFind(listed.transfer.run);
        if (place != places.cend() && !isDoneOrSkipped(listed.transfer.state) && !m_running.view(listed.transfer.id))
            summaries[*place].confirmed += listed.confirmed;
    }
    for (qsizetype i = 0; i < summaries.size(); ++i) {
        summaries[i].commonPath = folderOf(beginnings[i].commonPath);
        const QByteArray key = beginnings[i].commonKey;
        summaries[i].commonPlace = {beginnings[i].bucket, key.left(key.lastIndexOf('/') + 1)};
    }
    return summaries;
}

void JournalTransferList::addLive(RunSummary &summary, FinishedSums &beginnings, const QueuedTransfer &transfer) const
{
    const OpenRun *run = m_book.findRun(transfer.run);
    const QByteArray bucket = run ? run->command.bucket : QByteArray();
    summary.connectionId = run ? run->command.connection.id : summary.connectionId;
    addTo(beginnings, transfer.source.size, transfer.sourcePath, bucket, transfer.key, summary.connectionId);
    ++summary.transfers;
    summary.size += transfer.source.size;
    if (const auto view = m_running.view(transfer.id))
        summary.confirmed += view->meter->confirmed();
    switch (filterOf(transfer)) {
    case ListFilter::Uploading:
    case ListFilter::Verifying: ++summary.running; return;
    case ListFilter::Waiting: ++summary.waiting; return;
    case ListFilter::Paused: ++summary.paused; return;
    case ListFilter::NeedsAttention: ++summary.needingAttention; return;
    case ListFilter::All:
    case ListFilter::Done: return;
    }
}

CallHandle JournalTransferList::counts(std::function<void(Result<ListCounts>)> done)
{
    return m_journal.countFinished([this, done = std::move(done)](const Result<qint64> &finished) {
        if (!finished) {
            done(std::unexpected(finished.error()));
            return;
        }
        ListCounts counts;
        const auto at = [&counts](ListFilter filter) -> qint64 & { return counts.byFilter[static_cast<size_t>(filter)]; };
        at(ListFilter::Done) = *finished;
        at(ListFilter::All) = *finished;
        m_book.queue().forEach([&](const QueuedTransfer &transfer) {
            ++at(ListFilter::All);
            if (const ListFilter filter = filterOf(transfer); filter != ListFilter::All)
                ++at(filter);
        });
        done(counts);
    });
}

CallHandle JournalTransferList::parts(TransferId transfer, std::function<void(Result<PartMap>)> done)
{
    const auto step = std::make_shared<CallHandle>();
    *step = m_journal.listRows({transfer}, [this, step, transfer, done = std::move(done)](const Result<QList<ListedTransfer>> &rows) {
        if (!rows || rows->isEmpty()) {
            done(rows ? failure(ErrorKind::NoSuchKey, QStringLiteral("there is no transfer with the number %1").arg(transfer))
                      : std::unexpected(rows.error()));
            return;
        }
        const auto view = m_running.view(transfer);
        const TransferRecord record = view ? view->uploader->record() : rows->first().transfer;
        const QList<PartStanding> live = view ? view->uploader->partStandings() : QList<PartStanding>();
        if (!live.isEmpty()) {
            done(PartMap{.size = record.source.size, .partSize = record.partSize, .parts = live});
            return;
        }
        *step = m_journal.loadParts(transfer, [record, done](const Result<QList<PartRecord>> &parts) {
            done(parts.transform([&record](const QList<PartRecord> &confirmed) { return mapOf(record, confirmed); }));
        });
    });
    return CallHandle([step] { step->cancel(); });
}

}  // namespace packmule
