#pragma once

#include "core/base/Scheduler.h"
#include "core/settings/FileSecretStore.h"
#include "core/settings/KeychainSecretStore.h"
#include "core/settings/LayeredSecretStore.h"

#include <functional>

namespace packmule {

/// The keyring and the file that stands in for it, as both programs use them. Thread: the main one (KeychainSecretStore).
class SecretStores
{
public:
    /// @param mayUseFile whether the person agreed to the file; asked before each write to it.
    explicit SecretStores(std::function<bool()> mayUseFile);

    SecretStore &store() { return m_both; }
    QString fileName() const { return m_file.path(); }

private:
    QtScheduler m_scheduler;
    KeychainSecretStore m_keyring;
    FileSecretStore m_file;
    LayeredSecretStore m_both;
};

}  // namespace packmule
