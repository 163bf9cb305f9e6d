#include "core/journal/ListFold.h"

#include <algorithm>
#include <cstring>

namespace packmule {

namespace {

constexpr size_t kStretch = 16'384;     // sorted at once: a few ms
constexpr size_t kMergedAtOnce = 16'384;

int rankOf(ListFilter filter)
{
    switch (filter) {
    case ListFilter::Uploading: return 0;
    case ListFilter::Verifying: return 1;
    case ListFilter::Waiting: return 2;
    case ListFilter::Paused: return 3;
    case ListFilter::NeedsAttention: return 4;
    case ListFilter::All: return 5;
    case ListFilter::Done: return 6;
    }
    return 6;
}

QByteArrayView commonBeginning(QByteArrayView left, QByteArrayView right)
{
    const auto [end, other] = std::ranges::mismatch(left, right);
    return left.first(end - left.begin());
}

/// Of an empty view Qt's lastIndexOf() reads a byte (6.8).
qsizetype lastSlash(QByteArrayView path)
{
    return path.isEmpty() ? -1 : path.lastIndexOf('/');
}

/// "/photos/2026/x" → "x"; of a run, what stands before the last '/' of the beginning that all share.
QByteArrayView lastName(QByteArrayView path)
{
    return path.sliced(lastSlash(path) + 1);
}

QByteArrayView upToSlash(QByteArrayView path)
{
    const qsizetype slash = lastSlash(path);
    return slash < 0 ? QByteArrayView() : path.first(slash);
}

int compareBytes(QByteArrayView left, QByteArrayView right)
{
    const size_t shared = static_cast<size_t>(std::min(left.size(), right.size()));
    const int order = shared == 0 ? 0 : std::memcmp(left.data(), right.data(), shared);
    return order != 0 ? order : (left.size() < right.size() ? -1 : left.size() > right.size() ? 1 : 0);
}

}  // namespace

ListFilter listFilterOf(TransferState state, bool isPaused, bool isWaiting, bool isUploading)
{
    switch (state) {
    case TransferState::Done:
    case TransferState::Skipped: return ListFilter::Done;
    case TransferState::Cancelling:
    case TransferState::Cancelled: return ListFilter::All;
    case TransferState::Paused: return ListFilter::Paused;
    case TransferState::NeedsAttention:
        if (isPaused)
            return ListFilter::Paused;
        return isWaiting ? ListFilter::Waiting : ListFilter::NeedsAttention;
    case TransferState::Queued:
        if (isPaused)
            return ListFilter::Paused;
        return isUploading && !isWaiting ? ListFilter::Uploading : ListFilter::Waiting;
    case TransferState::Creating:
    case TransferState::Sending:
    case TransferState::Completing:
        if (isPaused)
            return ListFilter::Paused;
        if (isWaiting)
            return ListFilter::Waiting;
        return state == TransferState::Completing ? ListFilter::Verifying : ListFilter::Uploading;
    }
    return ListFilter::All;
}

qint64 numberOf(const TransferRecord &record, ListColumn column, ByteCount confirmed)
{
    const qint64 size = record.source.size.value();
    switch (column) {
    case ListColumn::Size: return size;
    case ListColumn::Progress:
        if (record.state == TransferState::Done || record.state == TransferState::Skipped)
            return kProgressScale;
        return size <= 0 ? 0 : static_cast<qint64>(double(confirmed.value()) * double(kProgressScale) / double(size));
    case ListColumn::Ended: return record.ended ? record.ended->time_since_epoch().count() : kNotEnded;
    case ListColumn::Added:
    case ListColumn::Name:
    case ListColumn::Destination:
    case ListColumn::State: return 0;
    }
    return 0;
}

ListFold::ListFold(const ListQuery &query, Shape shape)
    : m_column(query.sortBy), m_filter(query.filter), m_isDescending(query.isDescending), m_shape(shape),
      m_waiting(query.waiting.begin(), query.waiting.end()), m_uploading(query.uploading.begin(), query.uploading.end())
{
}

QByteArrayView ListFold::keep(QByteArray bytes)
{
    for (char &byte : bytes)
        byte = byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
    m_kept.push_back(std::move(bytes));
    return m_kept.back();
}

void ListFold::add(const ListRow &row)
{
    if (row.state == TransferState::Cancelled)
        return;
    const ListFilter filter = listFilterOf(row.state, row.isPaused, m_waiting.contains(row.id), m_uploading.contains(row.id));
    if (m_filter != ListFilter::All && filter != m_filter)
        return;
    ++m_transfers;
    const qint64 number = m_column == ListColumn::Added ? row.id : m_column == ListColumn::State ? rankOf(filter) : row.number;
    if (m_shape == Shape::RunsFolded) {
        const auto known = m_byRun.constFind(row.run);
        if (known != m_byRun.cend()) {
            combine(m_entries[static_cast<size_t>(*known)], row, number);
            return;
        }
        m_byRun.insert(row.run, static_cast<qsizetype>(m_entries.size()));
    }
    m_entries.push_back({.shown = {.run = row.run, .first = row.id, .count = 1}, .number = number, .text = row.text});
}

void ListFold::combine(Entry &entry, const ListRow &row, qint64 number) const
{
    entry.shown.first = std::min(entry.shown.first, row.id);
    ++entry.shown.count;
    switch (m_column) {
    case ListColumn::Added:
    case ListColumn::State: entry.number = std::min(entry.number, number); return;
    case ListColumn::Size:
    case ListColumn::Progress: entry.number += number; return;
    case ListColumn::Ended: entry.number = std::max(entry.number, number); return;
    case ListColumn::Name:
    case ListColumn::Destination: entry.text = commonBeginning(entry.text, row.text); return;
    }
}

/// From what was gathered to what is compared.
void ListFold::conclude(Entry &entry) const
{
    const bool isRun = entry.shown.count > 1;
    if (m_column == ListColumn::Progress)
        entry.number /= entry.shown.count;
    else if (m_column == ListColumn::Name)
        entry.text = lastName(isRun ? upToSlash(entry.text) : entry.text);
    else if (m_column == ListColumn::Destination && isRun)
        entry.text = upToSlash(entry.text);
}

bool ListFold::isBefore(const Entry &left, const Entry &right) const
{
    const Entry &first = m_isDescending ? right : left, &second = m_isDescending ? left : right;
    if (first.number != second.number)
        return first.number < second.number;
    if (const int order = compareBytes(first.text, second.text); order != 0)
        return order < 0;
    return first.shown.first < second.shown.first;
}

bool ListFold::sortFurther()
{
    if (m_sorted < m_entries.size()) {
        const size_t end = std::min(m_sorted + kStretch, m_entries.size());
        const auto begin = m_entries.begin() + static_cast<std::ptrdiff_t>(m_sorted);
        const auto stop = m_entries.begin() + static_cast<std::ptrdiff_t>(end);
        std::for_each(begin, stop, [this](Entry &entry) { conclude(entry); });
        std::sort(begin, stop, [this](const Entry &left, const Entry &right) { return isBefore(left, right); });
        m_fronts.push_back({m_sorted, end});
        m_sorted = end;
        return false;
    }
    if (m_merged.empty())
        m_byRun.clear();
    mergeSome();
    return m_merged.size() == m_entries.size();
}

void ListFold::mergeSome()
{
    const auto isLater = [this](const Front &left, const Front &right) { return isBefore(m_entries[right.next], m_entries[left.next]); };
    if (m_merged.empty()) {
        m_merged.reserve(m_entries.size());
        std::make_heap(m_fronts.begin(), m_fronts.end(), isLater);
    }
    for (size_t taken = 0; taken < kMergedAtOnce && !m_fronts.empty(); ++taken) {
        std::pop_heap(m_fronts.begin(), m_fronts.end(), isLater);
        Front &front = m_fronts.back();
        m_merged.push_back(m_entries[front.next].shown);
        if (++front.next == front.end)
            m_fronts.pop_back();
        else
            std::push_heap(m_fronts.begin(), m_fronts.end(), isLater);
    }
}

ListOrder ListFold::order() const
{
    return {.entries = QList<ListEntry>(m_merged.begin(), m_merged.end()), .transfers = m_transfers};
}

QList<TransferId> ListFold::ids() const
{
    QList<TransferId> ids;
    ids.reserve(static_cast<qsizetype>(m_merged.size()));
    for (const ListEntry &entry : m_merged)
        ids.append(entry.first);
    return ids;
}

}  // namespace packmule
