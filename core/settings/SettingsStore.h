#pragma once

#include "core/base/Mailbox.h"
#include "core/settings/SettingsFile.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <functional>

namespace packmule {

/// Settings and saved connections as they hold now. A change holds at once and is written behind; what another process
/// writes is noticed and holds too. Two of them on one file, in two threads or processes, tell each other through the file.
/// Thread: the one that made it; only its making reads the disk there, all else is done on a thread of its own.
/// Destroying it waits until everything is written.
class SettingsStore : public QObject
{
    Q_OBJECT

public:
    /// @param folder the application's data folder; absent is as good as empty.
    explicit SettingsStore(const QString &folder);
    ~SettingsStore() override;

    const AppSettings &settings() const { return m_content.settings; }
    /// False: the default holds.
    bool isChosen(const QByteArray &settingName) const { return m_content.chosen.contains(settingName); }
    const QList<ConnectionProfile> &connections() const { return m_content.connections; }
    std::optional<ConnectionProfile> connection(const QByteArray &id) const { return m_content.connection(id); }
    std::optional<ConnectionProfile> connectionNamed(const QString &name) const { return m_content.connectionNamed(name); }
    /// What was wrong with the file when it was last read.
    const QList<SettingsNotice> &notices() const { return m_content.notices; }
    QString path() const { return m_file.path(); }

    /// Only what differs from settings() is written.
    void setSettings(const AppSettings &settings);
    void restoreDefault(const QByteArray &settingName);
    void saveConnection(const ConnectionProfile &profile);
    void removeConnection(const QByteArray &id);
    /// Looks at the file again soon; for whoever knows that it has changed.
    void reload();

Q_SIGNALS:
    void changed();                 ///< settings()
    void connectionsChanged();      ///< connections()
    void noticed(const packmule::SettingsNotice &notice);
    /// The change holds in this process, but could not be written.
    void saveFailed(const packmule::Error &error);
    /// Everything that was changed so far is on the disk.
    void saved();

private:
    void change(const SettingsChange &change);
    void take(const SettingsContent &content);
    void watch();

    SettingsFile m_file;
    SettingsContent m_content;
    QFileSystemWatcher m_watcher;
    QTimer m_pause;                 ///< several changes of one save are one look
    int m_unwritten = 0;
    Mailbox m_mailbox;
    QThreadPool m_writer;           ///< one thread; the last member: ends before the mailbox
};

}  // namespace packmule
