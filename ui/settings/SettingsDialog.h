#pragma once

#include "ui/profiles/ConnectionServices.h"

#include <QDialog>

class QLabel;
class QListWidget;
class QStackedWidget;

namespace packmule {

class ConnectionsPage;

/// All settings; every change holds at once, so there is only Close. Opened with show(). Thread: GUI.
class SettingsDialog final : public QDialog
{
    Q_OBJECT

public:
    enum class Page { General, Connections, Transfers, Bandwidth, Notifications, Power, Network, Advanced };

    explicit SettingsDialog(const ConnectionServices &services, QWidget *parent = nullptr);

    void showPage(Page page);
    ConnectionsPage &connections() { return *m_connections; }

private:
    void addPage(const QString &title, QWidget *page);

    QListWidget *m_titles;
    QStackedWidget *m_pages;
    ConnectionsPage *m_connections;
    QLabel *m_message;
};

}  // namespace packmule
