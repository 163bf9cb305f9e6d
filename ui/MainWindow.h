#pragma once

#include "ui/uploads/UploadsPage.h"

#include <QMainWindow>

#include <functional>

class QTabWidget;

namespace packmule {

class DropOverlay;
class ShortcutBook;
class StatusLine;

/// The window: tabs, menus, toolbar, status bar, and the door for files. What has to be done outside of it is a signal; the
/// composer answers. Thread: GUI.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    /// @param browse, unfinished the other tabs, taken over; null: the tab is absent.
    MainWindow(const WindowServices &services, QWidget *browse, QWidget *unfinished, QWidget *parent = nullptr);
    ~MainWindow() override;

    UploadsPage &uploads() { return *m_uploads; }
    ShortcutBook &shortcuts() { return *m_shortcuts; }
    /// Hidden until its menuAction() is shown.
    QMenu &helpMenu() { return *m_helpMenu; }
    /// "s3://bucket/photos/ on Studio", shown while files are dragged over the window; empty: not chosen yet.
    void setDestinationText(const QString &destination);
    /// What the filters and the details name.
    void setConnections(const QList<NamedConnection> &connections);
    void setNetwork(bool isOnline, const QString &sentence = {});
    /// The turtle: whether it is on, and "2.0 MiB/s" beside it; emits nothing.
    void setLimit(bool isOn, const QString &amount);
    /// Brings the tab Transfers to the front, and this transfer into view.
    void showTransfer(TransferId transfer, RunId run);
    /// True: closing emits closeRequested and the window stays; the composer hides it, or sets false and closes it.
    void setAsksBeforeClosing(bool asks) { m_asksBeforeClosing = asks; }
    /// A line at the foot of the window that goes by itself.
    void say(const QString &sentence);

Q_SIGNALS:
    /// Dropped, pasted or chosen; absolute raw paths, never empty.
    void filesGiven(const QList<QByteArray> &paths);
    void settingsRequested();
    void connectionsRequested();
    void limitToggled(bool isOn);
    /// Show the folder that this is in: a source's raw path, or a folder with a '/' at its end.
    void folderRequested(const QByteArray &path);
    void closeRequested();
    void quitRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    QAction *addAction(QMenu *menu, const char *name, const QString &text, const QKeySequence &keys, std::function<void()> action);
    void makeMenus();
    void makeTransferMenu();
    void makeToolBar();
    void restoreGeometryAndTabs();
    void take(const QMimeData *content);
    void chooseFiles();
    void chooseFolder();
    void paste();
    void editShortcuts();

    WindowServices m_services;
    QTabWidget *m_tabs;
    TransferActions *m_actions;
    UploadsPage *m_uploads;
    ShortcutBook *m_shortcuts;
    StatusLine *m_status;
    DropOverlay *m_overlay;
    QMenu *m_helpMenu = nullptr;
    QString m_destination;
    bool m_asksBeforeClosing = false;
};

}  // namespace packmule
