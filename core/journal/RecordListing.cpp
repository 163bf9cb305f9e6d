#include "core/journal/RecordListing.h"

#include "core/journal/ListFold.h"

#include <algorithm>

namespace packmule {

namespace {

/// The search as the database does it: bytes, A to Z as a to z, other letters also in both cases of their own.
bool isFound(const TransferRecord &record, const QString &search)
{
    if (search.isEmpty())
        return true;
    const QByteArray path = record.sourcePath.toLower(), key = record.object.key.toLower();
    for (const QString &variant : {search, search.toLower(), search.toUpper()}) {
        const QByteArray needle = variant.toUtf8().toLower();
        if (path.contains(needle) || key.contains(needle))
            return true;
    }
    return false;
}

ListFold foldOf(const TransferMap &transfers, const ListQuery &query, const ConfirmedOf &confirmed, ListFold::Shape shape, RunId run)
{
    ListFold fold(query, shape);
    for (const auto &[id, record] : transfers) {
        const bool isMeant = (shape == ListFold::Shape::RunsFolded || record.run == run)
            && (query.connectionId.isEmpty() || record.connectionId == query.connectionId);
        if (!isMeant || !isFound(record, query.search))
            continue;
        QByteArrayView text;
        if (query.sortBy == ListColumn::Name)
            text = fold.keep(record.sourcePath);
        else if (query.sortBy == ListColumn::Destination)
            text = fold.keep(record.object.bucket + QByteArrayLiteral("/") + record.object.key);
        fold.add({.id = id, .run = record.run, .state = record.state, .isPaused = record.isPaused,
                  .number = numberOf(record, query.sortBy, confirmed(id)), .text = text});
    }
    while (!fold.sortFurther()) {}
    return fold;
}

void shorten(QByteArray &beginning, const QByteArray &other)
{
    const auto end = std::mismatch(beginning.cbegin(), beginning.cend(), other.cbegin(), other.cend()).first;
    beginning.truncate(end - beginning.cbegin());
}

}  // namespace

bool isDoneOrSkipped(TransferState state)
{
    return state == TransferState::Done || state == TransferState::Skipped;
}

ListOrder orderOf(const TransferMap &transfers, const ListQuery &query, const ConfirmedOf &confirmed)
{
    return foldOf(transfers, query, confirmed, ListFold::Shape::RunsFolded, 0).order();
}

QList<TransferId> childrenOf(RunId run, const TransferMap &transfers, const ListQuery &query, const ConfirmedOf &confirmed)
{
    return foldOf(transfers, query, confirmed, ListFold::Shape::EachTransfer, run).ids();
}

void addTo(FinishedSums &sums, ByteCount size, const QByteArray &path, const QByteArray &bucket, const QByteArray &key,
           const QByteArray &connectionId)
{
    if (sums.done == 0) {
        sums.commonPath = path;
        sums.bucket = bucket;
        sums.commonKey = key;
        sums.connectionId = connectionId;
    } else {
        shorten(sums.commonPath, path);
        shorten(sums.commonKey, key);
    }
    ++sums.done;
    sums.size += size;
}

FinishedSums finishedSumsOf(RunId run, const TransferMap &transfers, const RunRecord *record)
{
    FinishedSums sums{.run = run, .size = {}, .commonPath = {}, .bucket = {}, .commonKey = {}, .connectionId = {}, .ended = {}};
    for (const auto &[id, transfer] : transfers) {
        if (transfer.run == run && isDoneOrSkipped(transfer.state))
            addTo(sums, transfer.source.size, transfer.sourcePath, transfer.object.bucket, transfer.object.key, transfer.connectionId);
    }
    if (record) {
        sums.begun = record->begun;
        sums.ended = record->ended;
    }
    return sums;
}

qint64 finishedCountOf(const TransferMap &transfers)
{
    return std::ranges::count_if(transfers, [](const auto &entry) { return isDoneOrSkipped(entry.second.state); });
}

}  // namespace packmule
