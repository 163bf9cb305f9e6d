#include "core/settings/LayeredSecretStore.h"

#include <memory>
#include <utility>

namespace packmule {

namespace {

/// Two calls, one after the other, under one handle.
CallHandle handleOf(const std::shared_ptr<CallHandle> &current)
{
    return CallHandle([current] { current->cancel(); });
}

/// There is none, or one without a place for secrets that nobody can be asked about, as in a session without a display. One
/// that is locked, or waits for a person, is left to the person.
bool cannotKeep(SecretError::Kind kind)
{
    return kind == SecretError::Kind::NoKeyring || kind == SecretError::Kind::Failed;
}

}  // namespace

LayeredSecretStore::LayeredSecretStore(SecretStore &keyring, FileSecretStore &file, std::function<bool()> mayUseFile)
    : m_keyring(keyring), m_file(file), m_mayUseFile(std::move(mayUseFile))
{
    connect(&m_keyring, &SecretStore::changed, this, &SecretStore::changed);
    connect(&m_file, &SecretStore::changed, this, &SecretStore::changed);
}

CallHandle LayeredSecretStore::read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done)
{
    return m_file.holds(name) ? m_file.read(name, std::move(done)) : m_keyring.read(name, std::move(done));
}

CallHandle LayeredSecretStore::write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done)
{
    const auto current = std::make_shared<CallHandle>();
    *current = m_keyring.write(name, secret, [this, name, secret, done = std::move(done), current](SecretResult<SecretPlace> result) {
        const bool needsFile = !result && cannotKeep(result.error().kind) && m_mayUseFile();
        if (needsFile) {
            *current = m_file.write(name, secret, done);
        } else if (result && m_file.holds(name)) {
            *current = m_file.remove(name, [done](const SecretResult<void> &) { done(SecretPlace::Keyring); });
        } else {
            done(std::move(result));
        }
    });
    return handleOf(current);
}

CallHandle LayeredSecretStore::remove(const QByteArray &name, std::function<void(SecretResult<void>)> done)
{
    const auto current = std::make_shared<CallHandle>();
    const bool wasInFile = m_file.holds(name);
    *current = m_file.remove(name, [this, name, wasInFile, done = std::move(done), current](const SecretResult<void> &result) {
        if (wasInFile || !result) {
            done(result);
            return;
        }
        *current = m_keyring.remove(name, [done](const SecretResult<void> &removed) {
            const bool isGone = removed || removed.error().kind == SecretError::Kind::NoKeyring;
            done(isGone ? SecretResult<void>() : removed);
        });
    });
    return handleOf(current);
}

}  // namespace packmule
