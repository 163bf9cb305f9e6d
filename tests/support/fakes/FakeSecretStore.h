#pragma once

#include "core/base/Scheduler.h"
#include "core/settings/SecretStore.h"

#include <QMap>

#include <optional>
#include <utility>

namespace packmule {

/// Secrets in memory, answered in the scheduler's next turn. `fault` set: every call fails with it. Thread: any one.
class FakeSecretStore final : public SecretStore
{
public:
    explicit FakeSecretStore(Scheduler &scheduler) : m_scheduler(scheduler) {}

    QMap<QByteArray, QByteArray> secrets;
    std::optional<SecretError> fault;
    int reads = 0;

    CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) override
    {
        ++reads;
        return m_scheduler.after(Milliseconds(0), [this, name, done = std::move(done)] {
            if (fault)
                done(std::unexpected(*fault));
            else if (!secrets.contains(name))
                done(std::unexpected(SecretError{SecretError::Kind::Absent, QStringLiteral("absent")}));
            else
                done(secrets.value(name));
        });
    }
    CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) override
    {
        return m_scheduler.after(Milliseconds(0), [this, name, secret, done = std::move(done)] {
            if (fault) {
                done(std::unexpected(*fault));
                return;
            }
            secrets.insert(name, secret);
            Q_EMIT changed(name);
            done(SecretPlace::Keyring);
        });
    }
    CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) override
    {
        return m_scheduler.after(Milliseconds(0), [this, name, done = std::move(done)] {
            if (fault) {
                done(std::unexpected(*fault));
                return;
            }
            secrets.remove(name);
            done({});
        });
    }

private:
    Scheduler &m_scheduler;
};

}  // namespace packmule
