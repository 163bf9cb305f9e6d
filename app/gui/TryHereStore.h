#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/base/ThreadBridge.h"
#include "core/localstore/LocalStore.h"

#include <QObject>
#include <QThread>

#include <functional>
#include <memory>

namespace packmule {

/// "Try it here": the local store in the application's own folder, on loopback, on a thread of its own. It comes back at
/// the port it had, if that is free. Thread: GUI. Owns thread and store.
class TryHereStore final : public QObject
{
    Q_OBJECT

public:
    static constexpr char kFirstBucket[] = "uploads";

    struct Address {
        QByteArray endpointUrl, accessKeyId, secretAccessKey;   ///< the secret: for memory and the SecretStore only
    };

    /// @param folder of the store; made if absent, inside one that is there.
    explicit TryHereStore(const QByteArray &folder);
    ~TryHereStore() override;

    /// @param endpointUrl of an earlier start, empty: the first.   Errors: LocalIo (port taken, folder in use or unusable).
    [[nodiscard]] CallHandle start(const QByteArray &endpointUrl, std::function<void(Result<Address>)> done);

private:
    Result<Address> startThere(quint16 port);
    Result<Address> listenThere(const LocalStoreOptions &options);

    const QByteArray m_folder;
    ThreadBridge m_bridge;
    QtScheduler m_scheduler;                ///< there
    std::unique_ptr<LocalStore> m_store;    ///< there
    QThread m_thread;
};

}  // namespace packmule
