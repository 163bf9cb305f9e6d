#include "app/gui/TryHere.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <algorithm>
#include <utility>

namespace packmule {

TryHere::TryHere(SettingsStore &settings, const QString &folder, QObject *parent)
    : QObject(parent), m_settings(settings), m_folder(QFile::encodeName(folder)), m_store(m_folder)
{
}

std::optional<ConnectionProfile> TryHere::saved() const
{
    const auto found = std::ranges::find(m_settings.connections(), true, &ConnectionProfile::isLocalStore);
    return found == m_settings.connections().end() ? std::nullopt : std::optional(*found);
}

void TryHere::startIfWanted()
{
    if (saved())
        begin([](const Result<QByteArray> &) {});
}

void TryHere::begin(std::function<void(Result<QByteArray>)> done)
{
    const auto profile = saved();
    if (m_isRunning && profile) {
        QMetaObject::invokeMethod(this, [id = profile->id, done = std::move(done)] { done(id); }, Qt::QueuedConnection);
        return;
    }
    m_waiting.push_back(std::move(done));
    if (std::exchange(m_isStarting, true))
        return;
    m_starting = m_store.start(profile ? profile->endpointUrl : QByteArray(), [this](const Result<TryHereStore::Address> &address) {
        m_isStarting = false;
        const auto waiting = std::exchange(m_waiting, {});
        if (address) {
            m_isRunning = true;
            takeAddress(*address);
        } else {
            Q_EMIT failed(address.error());
        }
        for (const auto &tell : waiting)
            tell(address ? Result<QByteArray>(saved()->id) : std::unexpected(address.error()));
    });
}

void TryHere::takeAddress(const TryHereStore::Address &address)
{
    const auto known = saved();
    ConnectionProfile profile = known.value_or(ConnectionProfile{});
    if (!known) {
        profile.id = newConnectionId();
        profile.name = tr("This computer", "name of the connection to the local store");
        profile.region = "us-east-1";
        profile.addressing = AddressingStyle::Path;
        profile.bucket = TryHereStore::kFirstBucket;
        profile.isLocalStore = true;
    }
    profile.endpointUrl = address.endpointUrl;
    profile.accessKeyId = address.accessKeyId;
    if (profile != known)
        m_settings.saveConnection(profile);
}

}  // namespace packmule
