#pragma once

#include "core/settings/FileSecretStore.h"
#include "core/settings/SecretStore.h"

#include <functional>

namespace packmule {

/// The keyring, and the file where there is none and the person agreed to it. A secret is in one of them: written to the
/// keyring it leaves the file. Reading looks into the file first, which costs nothing and needs nobody's answer.
/// Thread: the one that made it. Both stores outlive it.
class LayeredSecretStore final : public SecretStore
{
    Q_OBJECT

public:
    /// @param mayUseFile asked before each write to the file.
    LayeredSecretStore(SecretStore &keyring, FileSecretStore &file, std::function<bool()> mayUseFile);

    CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) override;
    CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) override;
    CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) override;

private:
    SecretStore &m_keyring;
    FileSecretStore &m_file;
    std::function<bool()> m_mayUseFile;
};

}  // namespace packmule
