#pragma once

#include "core/base/Result.h"
#include "core/settings/AppSettings.h"
#include "core/settings/ConnectionProfile.h"

#include <QByteArray>
#include <QList>
#include <QMap>
#include <QSet>
#include <QString>

#include <optional>

namespace packmule {

/// Something that the person should know of the settings file; the sentence is made by whoever shows it.
struct SettingsNotice {
    enum class Kind { Damaged, Unreadable, BadValue, BadConnection };
    Kind kind = Kind::Damaged;
    QString subject;   ///< where the damaged file is now; the file; the setting's name
    bool operator==(const SettingsNotice &) const = default;
};
/// English, for the command line.
QString settingsNoticeText(const SettingsNotice &notice);

/// What the file says, with the defaults for what it does not say.
struct SettingsContent {
    AppSettings settings;
    QSet<QByteArray> chosen;              ///< names of settings that the file holds; the rest are defaults
    QList<ConnectionProfile> connections; ///< in the user's order
    QList<SettingsNotice> notices;

    std::optional<ConnectionProfile> connection(const QByteArray &id) const;
    std::optional<ConnectionProfile> connectionNamed(const QString &name) const;
};

/// What to change; everything else in the file stays as it is, also what another process wrote in between.
struct SettingsChange {
    QMap<QByteArray, QString> values;       ///< setting → text; a null text: back to the default
    QList<ConnectionProfile> saved;         ///< added, or replaced by id
    QList<QByteArray> removed;              ///< ids
    bool isEmpty() const { return values.isEmpty() && saved.isEmpty() && removed.isEmpty(); }
};

/// settings.json in the data folder: settings by name and the saved connections, never a secret. Members that this version
/// does not know are kept. A file that is no JSON is set aside under another name and defaults hold.
/// Every function reads or writes the disk. Thread: any; two writers, also of two processes, wait for each other.
class SettingsFile
{
public:
    explicit SettingsFile(const QString &folder) : m_folder(folder) {}

    QString path() const { return m_folder + QStringLiteral("/settings.json"); }
    /// Never fails: what is wrong stands in the notices.
    SettingsContent read() const;
    /// @return what the file says now. Errors: LocalIo, DiskFull (names the file); nothing is changed then.
    Result<SettingsContent> apply(const SettingsChange &change) const;

private:
    QString m_folder;
};

}  // namespace packmule
