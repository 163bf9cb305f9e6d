#include "app/gui/StorePages.h"

#include "app/SavedConnections.h"

namespace packmule {

StorePages::StorePages(const StorePageServices &services, TransferListClient &transfers, SettingsStore &settings, QObject *parent)
    : QObject(parent), m_settings(settings), m_browse(new BrowsePage(services)), m_unfinished(new UnfinishedPage(services, transfers))
{
    connect(m_browse, &BrowsePage::said, this, &StorePages::said);
    connect(m_unfinished, &UnfinishedPage::said, this, &StorePages::said);
    connect(m_browse, &BrowsePage::newConnectionRequested, this, &StorePages::newConnectionRequested);
    connect(m_unfinished, &UnfinishedPage::newConnectionRequested, this, &StorePages::newConnectionRequested);
    connect(m_browse, &BrowsePage::filesDropped, this, [this](const QList<QByteArray> &paths, const QByteArray &connection, const ObjectAddress &prefix) {
        Q_EMIT filesDropped(paths, {connection, prefix.bucket, prefix.key});
    });
    connect(&m_settings, &SettingsStore::connectionsChanged, this, &StorePages::takeConnections);
    connect(&m_settings, &SettingsStore::changed, this, [this] {
        if (m_unfinished)
            m_unfinished->setPrice(m_settings.settings().pricePerGibMonth);
    });
    m_unfinished->setPrice(m_settings.settings().pricePerGibMonth);
    takeConnections();
}

void StorePages::takeConnections()
{
    m_connections.clear();
    for (const ConnectionProfile &profile : m_settings.connections())
        m_connections.append({profile.id, profile.name, recordOf(profile), profile.bucket, profile.prefix});
    if (m_browse)
        m_browse->setConnections(m_connections);
    if (m_unfinished)
        m_unfinished->setConnections(m_connections);
    Q_EMIT connectionsChanged();
}

}  // namespace packmule
