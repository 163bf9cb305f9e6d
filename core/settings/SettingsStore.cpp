#include "core/settings/SettingsStore.h"

#include "core/settings/SettingKeys.h"

#include <QFileInfo>

#include <algorithm>

namespace packmule {

namespace {
constexpr int kPauseMilliseconds = 100;  // a rename is two or three events
}

SettingsStore::SettingsStore(const QString &folder) : m_file(folder), m_content(m_file.read())
{
    m_writer.setMaxThreadCount(1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMilliseconds);
    connect(&m_pause, &QTimer::timeout, this, &SettingsStore::reload);
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, [this] { m_pause.start(); });
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, [this] { m_pause.start(); });
    watch();
}

SettingsStore::~SettingsStore()
{
    m_writer.waitForDone();
}

/// The folder for files that are replaced, the file for editors that write in place.
void SettingsStore::watch()
{
    const QString folder = QFileInfo(m_file.path()).absolutePath();
    if (m_watcher.directories().isEmpty() && QFileInfo(folder).isDir())
        m_watcher.addPath(folder);
    if (m_watcher.files().isEmpty() && QFileInfo::exists(m_file.path()))
        m_watcher.addPath(m_file.path());
}

void SettingsStore::setSettings(const AppSettings &settings)
{
    SettingsChange changes;
    for (const SettingKey &key : settingKeys()) {
        const QString text = key.text(settings);
        if (text != key.text(m_content.settings))
            changes.values.insert(key.name, text.isNull() ? QStringLiteral("") : text);
    }
    if (changes.isEmpty())
        return;
    m_content.settings = settings;
    for (auto it = changes.values.cbegin(); it != changes.values.cend(); ++it)
        m_content.chosen.insert(it.key());
    change(changes);
    Q_EMIT changed();
}

void SettingsStore::restoreDefault(const QByteArray &settingName)
{
    const SettingKey *key = settingKey(settingName);
    if (!key || !m_content.chosen.remove(settingName))
        return;
    key->assign(m_content.settings, key->text(AppSettings()));
    SettingsChange changes;
    changes.values.insert(settingName, QString());
    change(changes);
    Q_EMIT changed();
}

void SettingsStore::saveConnection(const ConnectionProfile &profile)
{
    const auto known = std::ranges::find(m_content.connections, profile.id, &ConnectionProfile::id);
    if (known == m_content.connections.end())
        m_content.connections.append(profile);
    else
        *known = profile;
    SettingsChange changes;
    changes.saved.append(profile);
    change(changes);
    Q_EMIT connectionsChanged();
}

void SettingsStore::removeConnection(const QByteArray &id)
{
    if (m_content.connections.removeIf([&id](const ConnectionProfile &profile) { return profile.id == id; }) == 0)
        return;
    SettingsChange changes;
    changes.removed.append(id);
    change(changes);
    Q_EMIT connectionsChanged();
}

void SettingsStore::change(const SettingsChange &change)
{
    ++m_unwritten;
    m_writer.start([this, file = m_file, change] {
        auto content = file.apply(change);
        m_mailbox.post([this, content = std::move(content)] {
            --m_unwritten;
            if (!content)
                Q_EMIT saveFailed(content.error());
            else if (m_unwritten == 0)
                take(*content);
            if (m_unwritten == 0)
                Q_EMIT saved();
        });
    });
}

void SettingsStore::reload()
{
    m_writer.start([this, file = m_file] {
        auto content = file.read();
        m_mailbox.post([this, content = std::move(content)] {
            // A change that is still to be written holds; its own writing looks at the file again.
            if (m_unwritten == 0)
                take(content);
        });
    });
}

void SettingsStore::take(const SettingsContent &content)
{
    watch();
    const SettingsContent before = std::exchange(m_content, content);
    for (const SettingsNotice &notice : content.notices) {
        if (!before.notices.contains(notice))
            Q_EMIT noticed(notice);
    }
    if (before.settings != content.settings || before.chosen != content.chosen)
        Q_EMIT changed();
    if (before.connections != content.connections)
        Q_EMIT connectionsChanged();
}

}  // namespace packmule
