#pragma once

#include "ui/common/UserPrompts.h"
#include "ui/common/WindowState.h"
#include "ui/uploads/FilterPanel.h"
#include "ui/uploads/TransferActions.h"
#include "ui/uploads/TransferCommands.h"
#include "ui/uploads/TransferListModel.h"

#include <QWidget>

class QLabel;
class QLineEdit;
class QSplitter;
class QStackedWidget;

namespace packmule {

class AttemptLog;
class DetailPane;
class SpeedHistory;
class TransferTable;
class UndoBar;

/// What the window's pages work with; everything outlives the window.
struct WindowServices {
    TransferListClient &transfers;
    EngineClient &engine;
    UserPrompts &prompts;
    WindowState &state;
    const Clock &clock;
    Scheduler &scheduler;
};

/// The tab Transfers: filters, list and details. Thread: GUI. Actions outlive it.
class UploadsPage : public QWidget
{
    Q_OBJECT

public:
    UploadsPage(const WindowServices &services, TransferActions &actions, QWidget *parent = nullptr);

    TransferListModel &list() { return *m_list; }
    TransferCommands &commands() { return *m_commands; }
    SpeedHistory &speeds() { return *m_speeds; }
    QLineEdit &searchField() { return *m_search; }
    void setConnections(const QList<NamedConnection> &connections);
    void showTransfer(TransferId transfer, RunId run);

Q_SIGNALS:
    void said(const QString &sentence);
    void folderRequested(const QByteArray &path);

private:
    void layOut();
    void connectActions();
    void connectCommands();
    void keepLayout();
    void select();
    TransferSelection selection() const;
    TransferActions::Possible possible() const;
    void applyFilter();
    void showWhatThereIs();
    void showMenu(const QPoint &position);
    void copyUris();
    void openFolder();

    WindowServices m_services;
    TransferActions &m_actions;
    TransferListModel *m_list;
    TransferCommands *m_commands;
    AttemptLog *m_log;
    SpeedHistory *m_speeds;
    TransferTable *m_table;
    FilterPanel *m_filters;
    DetailPane *m_details;
    QLineEdit *m_search;
    UndoBar *m_undo;
    QStackedWidget *m_stack;
    QLabel *m_nothing;
    QSplitter *m_across, *m_down;
    CallHandle m_searchPause, m_uriCall;
};

}  // namespace packmule
