#include "core/transfer/OrphanOutbox.h"

#include "core/base/LogCategories.h"
#include "core/transfer/UploadAbort.h"

#include <algorithm>
#include <utility>

namespace packmule {

OrphanOutbox::OrphanOutbox(OpenStores &stores, Journal &journal, Scheduler &scheduler)
    : m_stores(stores), m_journal(journal), m_scheduler(scheduler)
{
}

void OrphanOutbox::take(const QList<OrphanRecord> &orphans, const QList<ConnectionRecord> &connections)
{
    for (const ConnectionRecord &connection : connections)
        addConnection(connection);
    m_fresh.insert(m_fresh.end(), orphans.begin(), orphans.end());
}

void OrphanOutbox::addConnection(const ConnectionRecord &connection)
{
    m_connections[connection.id] = connection;
}

void OrphanOutbox::add(const OrphanRecord &orphan)
{
    m_fresh.push_back(orphan);
    if (m_isStarted && m_fresh.size() == 1)
        m_timer = m_scheduler.after(Milliseconds{0}, [this] { next(); });
}

void OrphanOutbox::start()
{
    if (std::exchange(m_isStarted, true) || m_fresh.empty())
        return;
    m_timer = m_scheduler.after(Milliseconds{0}, [this] { next(); });
}

void OrphanOutbox::next()
{
    if (m_fresh.empty()) {
        if (!m_failed.empty())
            retryLater();
        if (onIdle)
            onIdle();
        return;
    }
    const OrphanRecord orphan = m_fresh.front();
    const auto connection = m_connections.find(orphan.connectionId);
    const auto opened = connection == m_connections.end()
                            ? Result<OpenedStore *>(failure(ErrorKind::CredentialsMissing, QStringLiteral("its connection is not known any more")))
                            : m_stores.open(connection->second);
    if (!opened) {
        onAborted(orphan, std::unexpected(opened.error()));
        return;
    }
    m_call = abortUntilGone(*(*opened)->open.store, m_scheduler, orphan.object, orphan.uploadId, nullptr,
                            [this, orphan](const Result<void> &aborted) { onAborted(orphan, aborted); });
}

void OrphanOutbox::onAborted(const OrphanRecord &orphan, const Result<void> &aborted)
{
    m_fresh.pop_front();
    if (aborted) {
        m_journal.record({RemoveOrphan{orphan.id}});
    } else {
        qCInfo(lcTransfer) << "an upload that was given up could not be aborted yet:" << aborted.error().detail;
        m_failed.push_back(orphan);
    }
    m_timer = m_scheduler.after(Milliseconds{0}, [this] { next(); });
}

void OrphanOutbox::retryLater()
{
    m_timer = m_scheduler.after(m_pause, [this] {
        m_fresh = std::exchange(m_failed, {});
        next();
    });
    m_pause = std::min(m_pause * 2, kLongestPause);
}

}  // namespace packmule
