#pragma once

#include "app/gui/DiskThread.h"
#include "app/gui/LiveConnectionTester.h"
#include "app/gui/TryHere.h"
#include "core/settings/AwsEnvironment.h"
#include "ui/profiles/ConnectionDialog.h"
#include "ui/profiles/ConnectionServices.h"

#include <QObject>
#include <QPointer>

#include <memory>

namespace packmule {

/// Opens the dialog for a connection, and has what it works with. Thread: GUI.
class ConnectionDesk final : public QObject
{
    Q_OBJECT

public:
    struct Parts {
        SettingsStore &settings;
        SecretStore &secrets;
        EngineThread &thread;
        StoreClient &stores;
        UserPrompts &prompts;
        DiskThread &disk;
        TryHere &tryHere;
        Scheduler &scheduler;
        AwsEnvironment environment;
    };

    explicit ConnectionDesk(const Parts &parts, QObject *parent = nullptr);

    void setWindow(QWidget *window) { m_window = window; }
    const ConnectionServices &services() const { return m_services; }
    /// A saved connection as commands know it, once its store runs (the local one) and the engine's thread, which reads the
    /// settings by itself, knows it in this form too. Errors: InvalidRequest (gone), LocalIo (the local store).
    [[nodiscard]] CallHandle ready(const QByteArray &connectionId, std::function<void(Result<ConnectionRecord>)> done);
    /// A new connection; the first one begins with "try it here".
    void add();

Q_SIGNALS:
    void saved(const packmule::ConnectionProfile &profile);
    /// Closed without one.
    void abandoned();

private:
    using Ready = std::function<void(Result<ConnectionRecord>)>;
    void awaitEngine(const QByteArray &connectionId, int triesLeft, const std::shared_ptr<CallHandle> &step, const Ready &done);
    CallHandle tryHere(std::function<void(Result<ConnectionProfile>)> done);

    Parts m_parts;
    LiveConnectionTester m_tester;
    ConnectionServices m_services;
    QPointer<QWidget> m_window;
    QPointer<ConnectionDialog> m_dialog;
};

}  // namespace packmule
