#pragma once

#include "app/gui/EngineThread.h"
#include "core/settings/SecretStore.h"
#include "core/transfer/StoreClient.h"
#include "ui/profiles/ConnectionTester.h"

namespace packmule {

/// Tries a connection as it is typed: under an id of its own, with the typed secret lent to the engine's thread for it, so
/// that nothing has to be saved first. Thread: GUI. All that it is given outlives it.
class LiveConnectionTester final : public ConnectionTester
{
public:
    LiveConnectionTester(EngineThread &thread, StoreClient &stores, SecretStore &secrets) : m_thread(thread), m_stores(stores), m_secrets(secrets) {}

    CallHandle test(const ConnectionProfile &profile, const QByteArray &secret, std::function<void(const ConnectionFinding &)> found,
                    std::function<void()> done) override;

private:
    CallHandle testWith(const ConnectionProfile &profile, const QByteArray &secret, std::function<void(const ConnectionFinding &)> found,
                        std::function<void()> done);

    EngineThread &m_thread;
    StoreClient &m_stores;
    SecretStore &m_secrets;
};

}  // namespace packmule
