#pragma once

#include "core/base/Result.h"
#include "core/settings/AppSettings.h"

#include <QByteArray>
#include <QJsonValue>
#include <QList>
#include <QString>
#include <QStringList>

namespace packmule {

/// One setting by its name, as the file, `packmule config` and the page "Advanced" know it. The text forms read back as
/// what they were made from. Thread: any; constant.
struct SettingKey {
    enum class Kind { Flag, Choice, Number, Size, Rate, Timetable, Text };

    QByteArray name;                                          ///< "transfers.slots"
    Kind kind = Kind::Text;
    QStringList choices;                                      ///< of a Choice; yes and no of a Flag
    QString form;                                             ///< for people, in no language: "1 … 64", "yes, no"
    QString summary;                                          ///< English, for the command line
    QString (*text)(const AppSettings &) = nullptr;
    /// False for a text that is no such value; `settings` is then unchanged.
    bool (*assign)(AppSettings &settings, const QString &text) = nullptr;
};

/// In the order of the settings dialog.
const QList<SettingKey> &settingKeys();
/// Null: no setting of that name.
const SettingKey *settingKey(const QByteArray &name);

/// Errors: InvalidRequest, a sentence that names the key and what it takes.
Result<void> assignSetting(AppSettings &settings, const QByteArray &name, const QString &text);

/// How a value stands in the file: true, 4, "16MiB".
QJsonValue settingJson(const SettingKey &key, const QString &text);
/// The other way round; a null string for what cannot be a value.
QString settingText(const SettingKey &key, const QJsonValue &json);

/// "08:00,512k 23:00,off" as rclone writes it, in order of the day; nullopt for anything else.
std::optional<QList<BandwidthPeriod>> timetableFromText(const QString &text);
QString timetableText(const QList<BandwidthPeriod> &timetable);
/// "16MiB", "1500000": reads back as the same number of bytes.
QString exactSizeText(ByteCount size);

}  // namespace packmule
