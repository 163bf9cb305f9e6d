#pragma once

#include "app/SecretStores.h"
#include "app/gui/ConnectionDesk.h"
#include "app/gui/Destinations.h"
#include "app/gui/DesktopPresence.h"
#include "app/gui/DiskThread.h"
#include "app/gui/EngineThread.h"
#include "app/gui/GuiOptions.h"
#include "app/gui/KeptWindowState.h"
#include "app/gui/StorePages.h"
#include "app/gui/ThreadedEngine.h"
#include "app/gui/ThreadedStoreClient.h"
#include "app/gui/ThreadedTransferList.h"
#include "app/gui/TryHere.h"
#include "app/gui/UploadFlow.h"
#include "app/gui/WindowKeeper.h"
#include "app/gui/desktop/SessionEnd.h"
#include "app/gui/desktop/WindowCall.h"
#include "core/base/Clock.h"
#include "core/settings/RelayedSecretStore.h"
#include "core/settings/SettingsStore.h"
#include "ui/common/Appearance.h"
#include "ui/common/DialogPrompts.h"
#include "ui/settings/SettingsDialog.h"

#include <QObject>
#include <QPointer>

#include <memory>

class QApplication;

namespace packmule {

/// The program with a window, put together in the order of dependence: settings and secrets, the engine on its thread and
/// its clients here, what the desktop sees, the door for files, the window. Thread: GUI. Owns it all.
class GuiApp final : public QObject
{
    Q_OBJECT

public:
    GuiApp(QApplication &application, const GuiOptions &options, const AwsEnvironment &environment);
    ~GuiApp() override;

    /// Opens the journal, carries on what was running, shows the window, takes the files of the command line.
    void start();
    EngineClient &engine() { return m_engine; }
    /// A later start of the program.
    void takeCall(const WindowCall &call);

private:
    void joinWindow();
    void joinUploads();
    void joinDesktop();
    void takeStanding();
    void changeAll(QueueVerb verb);
    void askForAutostart();
    void takeSettings();
    void setLimits();
    void showSettings(SettingsDialog::Page page);
    void tell(const QString &title, const QString &text);
    void endNow();

    const GuiOptions m_options;
    const AwsEnvironment m_environment;
    SystemClock m_clock;
    QtScheduler m_scheduler;
    SettingsStore m_settings;
    KeptWindowState m_state;
    SecretStores m_secrets;
    RelayedSecretStore m_relayedSecrets;
    EngineThread m_thread;
    ThreadedEngine m_engine;
    ThreadedTransferList m_transfers;
    ThreadedStoreClient m_stores;
    DiskThread m_disk;
    DialogPrompts m_prompts;
    Appearance m_appearance;
    TryHere m_tryHere;
    DesktopPresence m_presence;
    SessionEnd m_sessionEnd;
    ConnectionDesk m_connections;
    Destinations m_destinations;
    UploadFlow m_uploads;
    StorePages m_pages;
    WindowKeeper m_window;
    QPointer<SettingsDialog> m_settingsDialog;
    AppSettings::StartAtLogin m_autostart = AppSettings::StartAtLogin::NotAsked;   ///< as the file is, as far as we know
    CallHandle m_resuming, m_changing, m_limiting, m_writingAutostart, m_ending;
    bool m_isResumed = false, m_isEnding = false;
};

}  // namespace packmule
