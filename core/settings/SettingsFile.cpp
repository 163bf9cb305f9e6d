#include "core/settings/SettingsFile.h"

#include "core/settings/ConnectionJson.h"
#include "core/settings/PrivateFile.h"
#include "core/settings/SettingKeys.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QDir>
#include <QLockFile>

#include <algorithm>

namespace packmule {

namespace {

constexpr int kFormat = 1;
constexpr int kLockMilliseconds = 5'000;  // a writer holds it for one small file

const QLatin1String kSettings("settings"), kConnections("connections");

struct Read {
    QJsonObject root;
    QList<SettingsNotice> notices;
    bool isReadable = true;
};

Read readRoot(const QString &path)
{
    const auto bytes = readPrivateFile(path);
    if (!bytes)
        return {.root = {}, .notices = {{SettingsNotice::Kind::Unreadable, path}}, .isReadable = false};
    if (bytes->isEmpty())
        return {};
    const QJsonDocument document = QJsonDocument::fromJson(*bytes);
    if (document.isObject())
        return {.root = document.object(), .notices = {}};
    const auto aside = setFileAside(path);
    if (!aside)
        return {.root = {}, .notices = {{SettingsNotice::Kind::Unreadable, path}}, .isReadable = false};
    return {.root = {}, .notices = {{SettingsNotice::Kind::Damaged, *aside}}};
}

SettingsContent contentOf(const Read &read)
{
    SettingsContent content;
    content.notices = read.notices;
    const QJsonObject values = read.root.value(kSettings).toObject();
    for (const SettingKey &key : settingKeys()) {
        const QJsonValue value = values.value(QString::fromLatin1(key.name));
        if (value.isUndefined())
            continue;
        const QString text = settingText(key, value);
        if (!text.isNull() && key.assign(content.settings, text))
            content.chosen.insert(key.name);
        else
            content.notices.append({SettingsNotice::Kind::BadValue, QString::fromLatin1(key.name)});
    }
    for (const QJsonValue &item : read.root.value(kConnections).toArray()) {
        const auto profile = profileFromJson(item.toObject());
        if (profile && !content.connection(profile->id))
            content.connections.append(*profile);
        else
            content.notices.append({SettingsNotice::Kind::BadConnection, item.toObject().value(QLatin1String("name")).toString()});
    }
    return content;
}

void applyValues(QJsonObject &root, const QMap<QByteArray, QString> &changes)
{
    QJsonObject values = root.value(kSettings).toObject();
    for (auto it = changes.cbegin(); it != changes.cend(); ++it) {
        const QString name = QString::fromLatin1(it.key());
        const SettingKey *key = settingKey(it.key());
        if (key && !it.value().isNull())
            values.insert(name, settingJson(*key, it.value()));
        else
            values.remove(name);
    }
    root.insert(kSettings, values);
}

void applyConnections(QJsonObject &root, const SettingsChange &change)
{
    QJsonArray array = root.value(kConnections).toArray();
    const auto indexOf = [&array](const QByteArray &id) {
        const auto found = std::find_if(array.begin(), array.end(), [&id](const QJsonValue &item) {
            return item.toObject().value(QLatin1String("id")).toString().toUtf8() == id;
        });
        return found == array.end() ? -1 : found - array.begin();
    };
    for (const ConnectionProfile &profile : change.saved) {
        if (const qsizetype at = indexOf(profile.id); at >= 0)
            array.replace(at, profileJson(profile, array.at(at).toObject()));
        else
            array.append(profileJson(profile));
    }
    for (const QByteArray &id : change.removed) {
        if (const qsizetype at = indexOf(id); at >= 0)
            array.removeAt(at);
    }
    root.insert(kConnections, array);
}

}  // namespace

QString settingsNoticeText(const SettingsNotice &notice)
{
    switch (notice.kind) {
    case SettingsNotice::Kind::Damaged:
        return QStringLiteral("The settings file was damaged. It is kept as %1; the usual settings are used, and saved connections must be added again.").arg(notice.subject);
    case SettingsNotice::Kind::Unreadable:
        return QStringLiteral("The settings file %1 cannot be read; the usual settings are used.").arg(notice.subject);
    case SettingsNotice::Kind::BadValue:
        return QStringLiteral("The settings file holds no usable value for %1; the usual one is used.").arg(notice.subject);
    case SettingsNotice::Kind::BadConnection:
        return QStringLiteral("The settings file holds a connection that cannot be used (\"%1\"); it was left alone.").arg(notice.subject);
    }
    return {};
}

std::optional<ConnectionProfile> SettingsContent::connection(const QByteArray &id) const
{
    const auto found = std::ranges::find(connections, id, &ConnectionProfile::id);
    return found == connections.end() ? std::nullopt : std::optional(*found);
}

std::optional<ConnectionProfile> SettingsContent::connectionNamed(const QString &name) const
{
    const auto found = std::ranges::find(connections, name, &ConnectionProfile::name);
    return found == connections.end() ? std::nullopt : std::optional(*found);
}

SettingsContent SettingsFile::read() const
{
    return contentOf(readRoot(path()));
}

Result<SettingsContent> SettingsFile::apply(const SettingsChange &change) const
{
    if (!QDir().exists(m_folder)) {
        // The lock needs the folder, and writing an empty file makes it as it should be.
        if (const auto made = replacePrivateFile(path(), "{}\n"); !made)
            return std::unexpected(made.error());
    }
    QLockFile lock(path() + QStringLiteral(".lock"));
    if (!lock.tryLock(kLockMilliseconds))
        return failure(ErrorKind::LocalIo, QStringLiteral("%1 is in use by another process, or its folder cannot be written; the change was not saved.").arg(path()));
    Read read = readRoot(path());
    if (!read.isReadable)
        return failure(ErrorKind::LocalIo, QStringLiteral("%1 cannot be read, so it is not replaced; the change was not saved.").arg(path()));
    applyValues(read.root, change.values);
    applyConnections(read.root, change);
    if (!read.root.contains(QLatin1String("format")))
        read.root.insert(QLatin1String("format"), kFormat);
    if (const auto written = replacePrivateFile(path(), QJsonDocument(read.root).toJson(QJsonDocument::Indented)); !written)
        return std::unexpected(written.error());
    return contentOf(read);
}

}  // namespace packmule
