#pragma once

#include "ui/profiles/ConnectionServices.h"

#include <QPointer>
#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;

namespace packmule {

class ConnectionDialog;

/// The saved connections: add, edit, duplicate, remove, import and export. A page of the settings dialog. Thread: GUI.
class ConnectionsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit ConnectionsPage(const ConnectionServices &services, QWidget *parent = nullptr);

    void add();
    /// Selects it and opens it.
    void edit(const QByteArray &connectionId);

private:
    void fill();
    void showButtons();
    QByteArray selected() const;
    void open(ConnectionDialog *dialog);
    void editSelected();
    void duplicateSelected();
    void removeSelected();
    void exportAll();
    void importFile();
    void import(const QString &path);
    void say(const QString &sentence);

    ConnectionServices m_services;
    QListWidget *m_list;
    QLabel *m_message;
    QPushButton *m_edit = nullptr, *m_duplicate = nullptr, *m_remove = nullptr, *m_export = nullptr;
    QPointer<ConnectionDialog> m_dialog;
    CallHandle m_removing;
};

}  // namespace packmule
