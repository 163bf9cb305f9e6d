#pragma once

#include "ui/uploads/UploadsPage.h"

#include <QMainWindow>

class QTabWidget;

namespace packmule {

class DropOverlay;

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
    QMenu &helpMenu() { return *m_helpMenu; }
    /// "s3://bucket/photos/ on Studio", shown while files are dragged over the window; empty: not chosen yet.
    void setDestinationText(const QString &destination);
    /// True: closing emits closeRequested and the window stays; the composer hides it, or sets false and closes it.
    void setAsksBeforeClosing(bool asks) { m_asksBeforeClosing = asks; }
    /// A line at the foot of the window that goes by itself.
    void say(const QString &sentence);

Q_SIGNALS:
    /// Dropped, pasted or chosen; absolute raw paths, never empty.
    void filesGiven(const QList<QByteArray> &paths);
    void settingsRequested();
    void connectionsRequested();
    void closeRequested();
    void quitRequested();

protected:
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void makeMenus();
    void makeToolBar();
    void restoreGeometryAndTabs();
    void take(const QMimeData *content);
    void chooseFiles();
    void chooseFolder();
    void paste();

    WindowServices m_services;
    QTabWidget *m_tabs;
    UploadsPage *m_uploads;
    DropOverlay *m_overlay;
    QMenu *m_helpMenu = nullptr;
    QString m_destination;
    QAction *m_addFiles = nullptr, *m_addFolder = nullptr;
    bool m_asksBeforeClosing = false;
};

}  // namespace packmule
