#pragma once

#include "app/gui/UploadFlow.h"
#include "core/settings/SettingsStore.h"
#include "ui/browse/BrowsePage.h"
#include "ui/unfinished/UnfinishedPage.h"

#include <QObject>
#include <QPointer>

namespace packmule {

/// The tabs Browse and Unfinished uploads, made for the window and kept in step with the saved connections.
/// Thread: GUI. The window owns the pages.
class StorePages final : public QObject
{
    Q_OBJECT

public:
    StorePages(const StorePageServices &services, TransferListClient &transfers, SettingsStore &settings, QObject *parent = nullptr);

    BrowsePage *browse() const { return m_browse; }
    UnfinishedPage *unfinished() const { return m_unfinished; }
    const QList<NamedConnection> &connections() const { return m_connections; }

Q_SIGNALS:
    void said(const QString &sentence);
    void filesDropped(const QList<QByteArray> &paths, const packmule::UploadDestination &destination);
    void newConnectionRequested();
    void connectionsChanged();

private:
    void takeConnections();

    SettingsStore &m_settings;
    QList<NamedConnection> m_connections;
    QPointer<BrowsePage> m_browse;
    QPointer<UnfinishedPage> m_unfinished;
};

}  // namespace packmule
