#pragma once

#include "app/gui/ActivityWatch.h"
#include "app/gui/TrayIcon.h"
#include "app/gui/desktop/DesktopNotifier.h"
#include "app/gui/desktop/SleepInhibitor.h"
#include "app/gui/desktop/TaskbarProgress.h"
#include "core/settings/SettingsStore.h"

#include <QObject>

#include <functional>

namespace packmule {

/// What is to be seen of Packmule outside its window: tray, taskbar, notices, and that the computer stays awake. Follows
/// the engine's activity and the settings. Thread: GUI.
class DesktopPresence final : public QObject
{
    Q_OBJECT

public:
    /// @param isWindowInFront then nobody needs a notice.
    DesktopPresence(EngineClient &engine, Scheduler &scheduler, SettingsStore &settings, std::function<bool()> isWindowInFront, QObject *parent = nullptr);

    TrayIcon &tray() { return m_tray; }
    const Activity &activity() const { return m_watch.activity(); }
    ActivityWatch &watch() { return m_watch; }

Q_SIGNALS:
    /// A notice was clicked. @param activationToken for the window system; often empty.
    void openWindowRequested(const QString &activationToken);

private:
    void showActivity();
    void takeSettings();
    void takeRunEnd(const RunOutcome &outcome);
    void takeAttention(const TransferEvent &event);
    void notify(const QByteArray &tag, const QString &title, const QString &text, bool isUrgent);

    SettingsStore &m_settings;
    const std::function<bool()> m_isWindowInFront;
    ActivityWatch m_watch;
    TrayIcon m_tray;
    DesktopNotifier m_notifier;
    TaskbarProgress m_taskbar;
    SleepInhibitor m_inhibitor;
};

}  // namespace packmule
