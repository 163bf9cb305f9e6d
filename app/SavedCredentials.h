#pragma once

#include "core/base/Scheduler.h"
#include "core/settings/SecretStore.h"
#include "core/settings/SettingsStore.h"
#include "core/signing/Credentials.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace packmule {

/// What a saved connection signs with: its access key id from the settings, the secret from the SecretStore, asked once
/// however many wait, and again when either has changed. A missing one is CredentialsMissing, for which transfers wait.
/// Thread: the one that made it. Settings, secrets (may be null: none can be had) and scheduler outlive it.
class SavedCredentials final : public QObject, public CredentialsSource
{
    Q_OBJECT

public:
    SavedCredentials(const QByteArray &connection, const SettingsStore &settings, SecretStore *secrets, Scheduler &scheduler);

    CallHandle read(bool fresh, std::function<void(Result<Credentials>)> done) override;

private:
    using Waiters = std::map<quint64, std::function<void(Result<Credentials>)>>;

    void ask();
    void askLocalStore();
    void takeSecret(const QByteArray &accessKeyId, const SecretResult<QByteArray> &secret);
    void answer(const Result<Credentials> &credentials);

    const QByteArray m_connection;
    const SettingsStore &m_settings;
    SecretStore *const m_secrets;
    Scheduler &m_scheduler;
    std::optional<Credentials> m_known;
    std::shared_ptr<Waiters> m_waiters = std::make_shared<Waiters>();   ///< shared with the handles
    quint64 m_lastWaiter = 0;
    CallHandle m_asking;
    bool m_isAsking = false;
};

}  // namespace packmule
