#pragma once

#include "core/journal/Records.h"

#include <array>

namespace packmule {

/// The window's filters. Waiting: in line, or running and waiting for something. Done: done and skipped. Cancelled
/// transfers are in no list.
enum class ListFilter { All, Uploading, Waiting, Paused, Verifying, Done, NeedsAttention };
constexpr int kListFilters = 7;

enum class ListColumn { Added, Name, Destination, Size, Progress, State, Ended };

/// Which transfers, in which order.
struct ListQuery {
    ListFilter filter = ListFilter::All;
    QByteArray connectionId;      ///< empty: of every connection
    QString search;               ///< part of the source path or of the object key, whatever its case; empty: all
    ListColumn sortBy = ListColumn::Added;
    bool isDescending = true;
    // What the journal does not know; the engine's side fills it in.
    QList<TransferId> waiting;    ///< begun, and in line again or waiting for something just now
    QList<TransferId> uploading;  ///< small files on their way, whose row still says Queued
};

/// One line of the top level: a transfer alone, or (count above 1) the transfers of one run together.
struct ListEntry {
    RunId run = 0;
    TransferId first = 0;   ///< the smallest id of those that match
    int count = 1;          ///< of those that match

    bool operator==(const ListEntry &) const = default;
};

struct ListOrder {
    QList<ListEntry> entries;
    qint64 transfers = 0;   ///< sum of the counts
};

/// One run of several transfers, summed up for its row.
struct RunSummary {
    RunId run = 0;
    QByteArray commonPath;          ///< the longest folder that all sources share, raw, without a trailing '/'
    ObjectAddress commonPlace;      ///< bucket, and the longest prefix that all keys share, up to a '/'
    QByteArray connectionId;
    ByteCount size, confirmed;
    int transfers = 0, done = 0, running = 0, waiting = 0, paused = 0, needingAttention = 0;
    WallTime begun{};
    std::optional<WallTime> ended;
};

/// The transfers of one run that are done or skipped, summed up. Those that are not finished the engine has in memory.
struct FinishedSums {
    RunId run = 0;
    int done = 0;
    ByteCount size;
    QByteArray commonPath, bucket, commonKey;   ///< what all paths, and all keys, begin with, byte by byte
    QByteArray connectionId;
    WallTime begun{};                           ///< of the run
    std::optional<WallTime> ended;
};

struct ListCounts {
    std::array<qint64, kListFilters> byFilter{};   ///< by ListFilter, transfers
};

}  // namespace packmule
