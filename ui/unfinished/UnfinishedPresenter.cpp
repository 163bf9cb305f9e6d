#include "ui/unfinished/UnfinishedPresenter.h"

#include <utility>

namespace packmule {

UnfinishedPresenter::UnfinishedPresenter(const StorePageServices &services, TransferListClient &transfers, QObject *parent)
    : QObject(parent), m_services(services), m_model(services.clock), m_owners(transfers)
{
}

void UnfinishedPresenter::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

void UnfinishedPresenter::open(const std::optional<ConnectionRecord> &connection, const QByteArray &bucket)
{
    m_list.cancel();
    m_rules.cancel();
    m_counts.clear();
    m_aborts.clear();
    m_toCount.clear();
    m_toAbort.clear();
    m_removal.cancel();
    m_gone.clear();
    m_aborted = m_failed = 0;
    m_connection = connection;
    m_bucket = bucket;
    m_error.reset();
    m_model.replace({});
    m_model.setRules(std::nullopt);
    if (m_connection && !m_bucket.isEmpty())
        refresh();
    else
        setState(State::Idle);
}

void UnfinishedPresenter::refresh()
{
    if (!m_connection || m_bucket.isEmpty())
        return;
    m_keyMarker.clear();
    m_uploadIdMarker.clear();
    m_pages = 0;
    readRules();
    readPage(true);
}

void UnfinishedPresenter::loadMore()
{
    if (m_state != State::Partial && m_state != State::Failed)
        return;
    m_pages = 0;
    readPage(m_keyMarker.isEmpty() && m_uploadIdMarker.isEmpty());
}

void UnfinishedPresenter::readPage(bool isFirst)
{
    m_list = m_services.stores.unfinishedUploads(*m_connection, {m_bucket, {}}, m_keyMarker, m_uploadIdMarker, [this, isFirst](const Result<UploadPage> &page) {
        if (page) {
            takePage(isFirst, *page);
            return;
        }
        m_error = page.error();
        setState(State::Failed);
    });
    m_error.reset();
    setState(State::Loading);
}

void UnfinishedPresenter::takePage(bool isFirst, const UploadPage &page)
{
    QList<UnfinishedUpload> uploads = page.uploads;
    for (UnfinishedUpload &upload : uploads)
        upload.object.bucket = m_bucket;
    if (isFirst)
        m_model.replace(uploads);
    else
        m_model.append(uploads);
    const bool hasNext = !page.nextKeyMarker.isEmpty() || !page.nextUploadIdMarker.isEmpty();
    // A store that gives the same markers again would be asked for ever.
    const bool goesOn = hasNext && (page.nextKeyMarker != m_keyMarker || page.nextUploadIdMarker != m_uploadIdMarker);
    m_keyMarker = page.nextKeyMarker;
    m_uploadIdMarker = page.nextUploadIdMarker;
    if (goesOn && ++m_pages < kPages) {
        readPage(false);
        return;
    }
    lookAtOwners({});   // after the store's list: an upload begun in between is in no row yet
    setState(goesOn ? State::Partial : State::Whole);
}

void UnfinishedPresenter::readRules()
{
    m_rules = m_services.stores.abortRules(*m_connection, m_bucket, [this](const Result<QList<AbortRule>> &rules) {
        m_model.setRules(rules ? std::optional(*rules) : std::nullopt);
    });
}

void UnfinishedPresenter::lookAtOwners(std::function<void(bool isKnown)> looked)
{
    m_owners.read([this, looked = std::move(looked)](const Result<void> &read) {
        for (int number = 0; read && number < m_model.rowCount(); ++number) {
            const UnfinishedRow &row = m_model.row(number);
            const TransferId needed = m_owners.neededBy(row.upload.object, row.upload.uploadId);
            if (needed != row.neededBy)
                m_model.change({UnfinishedModel::idOf(row.upload)}, [needed](UnfinishedRow &changed) { changed.neededBy = needed; });
        }
        if (looked)
            looked(read.has_value());
    });
}

void UnfinishedPresenter::count(const QList<UnfinishedModel::Id> &rows)
{
    m_toCount = rows;
    countNext();
}

void UnfinishedPresenter::countNext()
{
    while (m_connection && m_counts.size() < kParallel && !m_toCount.isEmpty()) {
        const UnfinishedModel::Id id = m_toCount.takeFirst();
        const UnfinishedRow *row = m_model.find(id);
        if (!row || row->counting != UnfinishedRow::Counting::No)
            continue;
        m_model.change({id}, [](UnfinishedRow &changed) { changed.counting = UnfinishedRow::Counting::UnderWay; });
        countPage(id, 0, 0, ByteCount());
    }
}

void UnfinishedPresenter::countPage(const UnfinishedModel::Id &id, int marker, int parts, ByteCount bytes)
{
    m_counts[id] = m_services.stores.uploadedParts(*m_connection, {m_bucket, id.first}, id.second, marker, [this, id, marker, parts, bytes](const Result<PartPage> &page) {
        if (!page) {
            m_counts.erase(id);
            m_model.change({id}, [](UnfinishedRow &row) { row.counting = UnfinishedRow::Counting::Failed; });
            countNext();
            return;
        }
        ByteCount sum = bytes;
        for (const StoredPart &part : page->parts)
            sum += part.size;
        const int counted = parts + static_cast<int>(page->parts.size());
        if (page->nextMarker && *page->nextMarker > marker) {
            countPage(id, *page->nextMarker, counted, sum);
            return;
        }
        m_counts.erase(id);
        m_model.change({id}, [counted, sum](UnfinishedRow &row) {
            row.counting = UnfinishedRow::Counting::Done;
            row.parts = counted;
            row.bytes = sum;
        });
        countNext();
    });
}

int UnfinishedPresenter::needed(const QList<UnfinishedModel::Id> &rows) const
{
    return static_cast<int>(std::ranges::count_if(rows, [this](const UnfinishedModel::Id &id) {
        const UnfinishedRow *row = m_model.find(id);
        return row && row->neededBy != 0;
    }));
}

void UnfinishedPresenter::abort(const QList<UnfinishedModel::Id> &rows)
{
    for (const UnfinishedModel::Id &id : rows) {
        const UnfinishedRow *row = m_model.find(id);
        if (!row || row->isAborting)
            continue;
        m_toAbort.append(id);
    }
    m_model.change(rows, [](UnfinishedRow &changed) { changed.isAborting = true; });
    abortNext();
}

void UnfinishedPresenter::abortNext()
{
    while (m_aborts.size() < kParallel && !m_toAbort.isEmpty()) {
        const UnfinishedModel::Id id = m_toAbort.takeFirst();
        m_aborts[id] = m_services.stores.abortUpload(*m_connection, {m_bucket, id.first}, id.second, [this, id](const Result<void> &result) {
            m_aborts.erase(id);
            if (result) {
                ++m_aborted;
                m_gone.append(id);
                removeSoon();
            } else {
                ++m_failed;
                m_abortError = result.error();
                m_model.change({id}, [](UnfinishedRow &row) { row.isAborting = false; });
            }
            abortNext();
        });
    }
    if (m_aborts.empty() && m_aborted + m_failed > 0)
        endAborts();
    Q_EMIT stateChanged();
}

/// Many at a time: rows that vanish one by one would neither be calm nor fast.
void UnfinishedPresenter::removeSoon()
{
    if (m_gone.size() > 1)
        return;
    m_removal = m_services.scheduler.after(kCalm, [this] { removeGone(); });
}

void UnfinishedPresenter::removeGone()
{
    m_removal.cancel();
    m_model.remove(std::exchange(m_gone, {}));
}

void UnfinishedPresenter::endAborts()
{
    removeGone();
    const int aborts = std::exchange(m_aborted, 0);
    const int failures = std::exchange(m_failed, 0);
    const auto error = std::exchange(m_abortError, std::nullopt);
    Q_EMIT aborted(aborts, failures, error);
}

}  // namespace packmule
