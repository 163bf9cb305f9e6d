#include "core/settings/FileSecretStore.h"

#include "core/settings/PrivateFile.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLockFile>

#include <utility>

namespace packmule {

namespace {

constexpr int kSecretsLockMilliseconds = 5'000;

SecretError failed(const QString &detail)
{
    return {SecretError::Kind::Failed, detail};
}

SecretResult<QJsonObject> readAll(const QString &path)
{
    const auto bytes = readPrivateFile(path);
    if (!bytes)
        return std::unexpected(failed(bytes.error().detail));
    if (bytes->isEmpty())
        return QJsonObject();
    const QJsonDocument document = QJsonDocument::fromJson(*bytes);
    if (!document.isObject())
        return std::unexpected(failed(QStringLiteral("%1 is damaged; remove it, and give the secret again").arg(path)));
    return document.object();
}

}  // namespace

FileSecretStore::FileSecretStore(Scheduler &scheduler, const QString &folder) : m_scheduler(scheduler), m_path(folder + QStringLiteral("/secrets.json"))
{
}

bool FileSecretStore::holds(const QByteArray &name) const
{
    return readAll(m_path).value_or(QJsonObject()).contains(QString::fromLatin1(name));
}

CallHandle FileSecretStore::read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done)
{
    return m_scheduler.after(Milliseconds(0), [this, name, done = std::move(done)] {
        const auto all = readAll(m_path);
        const QString key = QString::fromLatin1(name);
        if (!all)
            done(std::unexpected(all.error()));
        else if (!all->contains(key))
            done(std::unexpected(SecretError{SecretError::Kind::Absent, QStringLiteral("%1 holds no secret for this connection").arg(m_path)}));
        else
            done(all->value(key).toString().toUtf8());
    });
}

CallHandle FileSecretStore::write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done)
{
    return m_scheduler.after(Milliseconds(0), [this, name, result = change(name, secret), done = std::move(done)] {
        if (!result) {
            done(std::unexpected(result.error()));
            return;
        }
        Q_EMIT changed(name);
        done(SecretPlace::File);
    });
}

CallHandle FileSecretStore::remove(const QByteArray &name, std::function<void(SecretResult<void>)> done)
{
    return m_scheduler.after(Milliseconds(0), [result = change(name, {}), done = std::move(done)] { done(result); });
}

/// An empty secret removes.
SecretResult<void> FileSecretStore::change(const QByteArray &name, const QByteArray &secret)
{
    if (secret.isEmpty() && !QFileInfo::exists(m_path))
        return {};
    QLockFile lock(m_path + QStringLiteral(".lock"));
    if (QFileInfo(m_path).dir().exists() && !lock.tryLock(kSecretsLockMilliseconds))
        return std::unexpected(failed(QStringLiteral("%1 is in use by another process, or its folder cannot be written").arg(m_path)));
    auto all = readAll(m_path);
    if (!all)
        return std::unexpected(all.error());
    if (secret.isEmpty())
        all->remove(QString::fromLatin1(name));
    else
        all->insert(QString::fromLatin1(name), QString::fromUtf8(secret));
    if (const auto written = replacePrivateFile(m_path, QJsonDocument(*all).toJson()); !written)
        return std::unexpected(failed(written.error().detail));
    return {};
}

}  // namespace packmule
