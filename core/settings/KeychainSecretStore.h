#pragma once

#include "core/base/Scheduler.h"
#include "core/settings/SecretStore.h"

#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <set>

class QDBusPendingCallWatcher;

namespace QKeychain {
class Job;
}

namespace packmule {

/// The desktop's keyring, by QtKeychain: the Secret Service or KWallet.
///
/// | it finds | it answers |
/// |---|---|
/// | no D-Bus session, or nobody who offers a keyring on it | NoKeyring, at once |
/// | a keyring that shows its own question (unlock) | NoAnswer after the limit; changed() when it has answered after all |
/// | a keyring that stays locked, or a person who says no | Refused |
///
/// QtKeychain runs one job after another for the whole process, and a job that is destroyed before its answer is written to
/// after its end; so jobs are never cancelled, only no longer listened to.
/// Thread: the main one (QtKeychain's queue is not made for several, and libsecret answers in GLib's default context).
class KeychainSecretStore final : public SecretStore
{
    Q_OBJECT

public:
    static constexpr Milliseconds kPatience{10'000};

    /// @param service under which QtKeychain files the entries.
    KeychainSecretStore(Scheduler &scheduler, const QString &service, Milliseconds patience = kPatience);
    ~KeychainSecretStore() override;

    CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) override;
    CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) override;
    CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) override;

private:
    struct Call {
        std::function<void(SecretResult<QByteArray>)> done;  ///< a write and a removal give an empty secret
        CallHandle patience;
    };
    using Calls = std::map<quint64, Call>;

    CallHandle begin(const QByteArray &name, std::function<QKeychain::Job *()> makeJob, std::function<void(SecretResult<QByteArray>)> done);
    void lookForKeyring(std::function<void(bool isThere)> done);
    void startJob(quint64 id, const QByteArray &name, const std::function<QKeychain::Job *()> &makeJob);
    void end(quint64 id, const SecretResult<QByteArray> &result);
    void pumpGlib();

    Scheduler &m_scheduler;
    const QString m_service;
    const Milliseconds m_patience;
    quint64 m_last = 0;
    std::shared_ptr<Calls> m_calls = std::make_shared<Calls>();   ///< shared with the handles
    int m_jobs = 0;            ///< that have not ended, listened to or not
    QTimer m_pump;
    using GlibIteration = int (*)(void *context, int mayBlock);
    GlibIteration m_iterate = nullptr;
};

}  // namespace packmule
