#pragma once

#include "app/gui/ActivityWatch.h"
#include "app/gui/TrayArtwork.h"
#include "core/settings/AppSettings.h"

#include <QMenu>
#include <QObject>
#include <QSystemTrayIcon>

#include <memory>

namespace packmule {

/// The icon in the tray, where the desktop has one: state, and a menu for what one does without the window.
/// Thread: GUI.
class TrayIcon final : public QObject
{
    Q_OBJECT

public:
    explicit TrayIcon(QObject *parent = nullptr);
    ~TrayIcon() override;

    /// Whether there is a tray to be seen in; it may come and go with the desktop's panel.
    bool isSeen() const;
    void show(const Activity &activity);
    void showLimit(bool isLimited);
    void showMessage(const QString &title, const QString &text);

    /// NeedsAttention before Waiting before Active before Paused before Idle.
    static TrayState stateOf(const Activity &activity);
    static QString toolTipOf(const Activity &activity);

Q_SIGNALS:
    void toggleWindowRequested();
    void openWindowRequested();
    void addFilesRequested();
    void pauseAllRequested();
    void resumeAllRequested();
    void limitRequested(bool isLimited);
    void quitRequested();

private:
    QMenu m_menu;
    QAction *m_limit = nullptr;
    QSystemTrayIcon m_icon;
    std::optional<std::pair<TrayState, std::optional<int>>> m_shown;
};

}  // namespace packmule
