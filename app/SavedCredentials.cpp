#include "app/SavedCredentials.h"

#include "app/LocalStoreKeys.h"
#include "app/SavedConnections.h"
#include "core/settings/AwsIniFile.h"

#include <QFile>

#include <utility>

namespace packmule {

SavedCredentials::SavedCredentials(const QByteArray &connection, const SettingsStore &settings, SecretStore *secrets, Scheduler &scheduler)
    : m_connection(connection), m_settings(settings), m_secrets(secrets), m_scheduler(scheduler)
{
    connect(&m_settings, &SettingsStore::connectionsChanged, this, [this] { m_known.reset(); });
    if (m_secrets) {
        connect(m_secrets, &SecretStore::changed, this, [this](const QByteArray &name) {
            if (name == m_connection)
                m_known.reset();
        });
    }
}

CallHandle SavedCredentials::read(bool fresh, std::function<void(Result<Credentials>)> done)
{
    if (!fresh && m_known)
        return m_scheduler.after(Milliseconds(0), [done = std::move(done), credentials = *m_known] { done(credentials); });
    const quint64 waiter = ++m_lastWaiter;
    m_waiters->emplace(waiter, std::move(done));
    if (!std::exchange(m_isAsking, true))
        m_asking = m_scheduler.after(Milliseconds(0), [this] { ask(); });
    return CallHandle([waiters = m_waiters, waiter] { waiters->erase(waiter); });
}

void SavedCredentials::ask()
{
    const auto profile = m_settings.connection(m_connection);
    if (!profile) {
        answer(failure(ErrorKind::CredentialsMissing, QStringLiteral("the saved connection was removed from Packmule")));
        return;
    }
    if (profile->isLocalStore) {
        askLocalStore();
        return;
    }
    if (profile->accessKeyId.isEmpty() || !m_secrets) {
        answer(failure(ErrorKind::CredentialsMissing, QStringLiteral("the connection \"%1\" has no access key").arg(profile->name)));
        return;
    }
    m_asking = m_secrets->read(m_connection, [this, accessKeyId = profile->accessKeyId](const SecretResult<QByteArray> &secret) {
        takeSecret(accessKeyId, secret);
    });
}

/// Its key lies in its own folder, whether or not there is a keyring.
void SavedCredentials::askLocalStore()
{
    const QByteArray file = LocalStoreKeys::fileBelow(QFile::encodeName(localStoreFolder()));
    const auto kept = AwsIniFile::read(QFile::decodeName(file));
    const auto section = kept ? kept->sections().value("default") : AwsIniFile::Section();
    const Credentials credentials{section.value("aws_access_key_id").text, section.value("aws_secret_access_key").text, {}, std::nullopt};
    if (credentials.secretAccessKey.isEmpty())
        answer(failure(ErrorKind::CredentialsMissing, QStringLiteral("the local store has not been started yet")));
    else
        answer(credentials);
}

void SavedCredentials::takeSecret(const QByteArray &accessKeyId, const SecretResult<QByteArray> &secret)
{
    if (secret)
        answer(Credentials{accessKeyId, *secret, {}, std::nullopt});
    else
        answer(failure(ErrorKind::CredentialsMissing, secret.error().detail));
}

void SavedCredentials::answer(const Result<Credentials> &credentials)
{
    m_known = credentials ? std::optional(*credentials) : std::nullopt;
    m_isAsking = false;
    // A waiter may drop another's handle, ask again, or destroy this source.
    const std::shared_ptr<Waiters> waiters = m_waiters;
    const quint64 last = m_lastWaiter;
    while (!waiters->empty() && waiters->begin()->first <= last) {
        const auto waiter = waiters->extract(waiters->begin());
        waiter.mapped()(credentials);
    }
}

}  // namespace packmule
