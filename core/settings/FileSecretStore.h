#pragma once

#include "core/base/Scheduler.h"
#include "core/settings/SecretStore.h"

namespace packmule {

/// Secrets in one file of mode 0600, for sessions without a keyring: readable by every program of the user, so it is used
/// only after a person agreed. Thread: the one that made it; the file is small and is read and written there.
class FileSecretStore final : public SecretStore
{
    Q_OBJECT

public:
    /// @param folder the application's data folder; the file is secrets.json in it.
    FileSecretStore(Scheduler &scheduler, const QString &folder);

    QString path() const { return m_path; }
    bool holds(const QByteArray &name) const;

    CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) override;
    CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) override;
    CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) override;

private:
    SecretResult<void> change(const QByteArray &name, const QByteArray &secret);

    Scheduler &m_scheduler;
    QString m_path;
};

}  // namespace packmule
