#include "ui/unfinished/UploadOwners.h"

#include <array>
#include <utility>

namespace packmule {

namespace {

constexpr std::array kUnfinished{ListFilter::Uploading, ListFilter::Waiting, ListFilter::Paused, ListFilter::Verifying, ListFilter::NeedsAttention};
constexpr qsizetype kRowsAtATime = 1000;

ListQuery queryOf(qsizetype filter)
{
    ListQuery query;
    query.filter = kUnfinished[static_cast<std::size_t>(filter)];
    return query;
}

}  // namespace

void UploadOwners::read(std::function<void(Result<void>)> done)
{
    m_done = std::move(done);
    m_found.clear();
    m_runs.clear();
    m_waiting.clear();
    readFilter(0);
}

void UploadOwners::readFilter(qsizetype filter)
{
    if (filter == static_cast<qsizetype>(kUnfinished.size())) {
        m_byObject = std::exchange(m_found, {});
        end({});
        return;
    }
    m_call = m_transfers.order(queryOf(filter), [this, filter](const Result<ListOrder> &order) {
        if (order)
            takeOrder(filter, *order);
        else
            end(std::unexpected(order.error()));
    });
}

void UploadOwners::takeOrder(qsizetype filter, const ListOrder &order)
{
    for (const ListEntry &entry : order.entries) {
        if (entry.count > 1)
            m_runs.append(entry.run);
        else
            m_waiting.append(entry.first);
    }
    readRuns(filter);
}

void UploadOwners::readRuns(qsizetype filter)
{
    if (m_runs.isEmpty()) {
        readRows(filter);
        return;
    }
    m_call = m_transfers.children(m_runs.takeLast(), queryOf(filter), [this, filter](const Result<QList<TransferId>> &children) {
        if (!children) {
            end(std::unexpected(children.error()));
            return;
        }
        m_waiting.append(*children);
        readRuns(filter);
    });
}

void UploadOwners::readRows(qsizetype filter)
{
    if (m_waiting.isEmpty()) {
        readFilter(filter + 1);
        return;
    }
    const QList<TransferId> page = m_waiting.first(std::min(kRowsAtATime, m_waiting.size()));
    m_waiting.remove(0, page.size());
    m_call = m_transfers.rows(page, [this, filter](const Result<QList<TransferSnapshot>> &rows) {
        if (!rows) {
            end(std::unexpected(rows.error()));
            return;
        }
        for (const TransferSnapshot &row : *rows) {
            const TransferRecord &record = row.record;
            if (!record.uploadId.isEmpty() || record.createStarted)
                m_found[{record.object.bucket, record.object.key}].append({record.uploadId, record.id});
        }
        readRows(filter);
    });
}

TransferId UploadOwners::neededBy(const ObjectAddress &object, const QByteArray &uploadId) const
{
    const auto found = m_byObject.constFind({object.bucket, object.key});
    if (found == m_byObject.constEnd())
        return 0;
    for (const auto &[known, transfer] : *found) {
        if (known.isEmpty() || known == uploadId)
            return transfer;
    }
    return 0;
}

void UploadOwners::end(const Result<void> &result)
{
    if (const auto done = std::exchange(m_done, nullptr))
        done(result);
}

}  // namespace packmule
