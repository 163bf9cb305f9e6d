#include "core/settings/SettingKeys.h"

#include <QRegularExpression>
#include <QTime>

#include <algorithm>
#include <cmath>

namespace packmule {

namespace {

using Kind = SettingKey::Kind;
using S = AppSettings;

// Names of enum values as the file has them; never renamed, in the order of the enums.
constexpr const char *kThemes[] = {"system", "light", "dark"};
constexpr const char *kWhenChanged[] = {"restart", "verify", "ask"};
constexpr const char *kConflicts[] = {"ask", "skip", "overwrite", "if-size-differs", "if-newer"};
constexpr const char *kTransports[] = {"direct", "qt"};
constexpr const char *kOnClose[] = {"ask", "keep-running", "quit"};
constexpr const char *kAtLogin[] = {"not-asked", "yes", "no"};

template<std::size_t N>
QStringList listOf(const char *const (&names)[N])
{
    QStringList list;
    for (const char *name : names)
        list.append(QLatin1String(name));
    return list;
}

template<auto Member, const auto &Names>
SettingKey choice(const char *name, const char *summary)
{
    SettingKey key{.name = name, .kind = Kind::Choice, .choices = listOf(Names), .form = listOf(Names).join(QLatin1String(", ")),
                   .summary = QLatin1String(summary)};
    key.text = [](const S &settings) -> QString { return QLatin1String(Names[static_cast<std::size_t>(settings.*Member)]); };
    key.assign = [](S &settings, const QString &text) {
        const auto found = std::ranges::find_if(Names, [&text](const char *value) { return text == QLatin1String(value); });
        if (found == std::end(Names))
            return false;
        settings.*Member = static_cast<std::remove_reference_t<decltype(settings.*Member)>>(found - std::begin(Names));
        return true;
    };
    return key;
}

std::optional<bool> flagFromText(const QString &text)
{
    const QString word = text.toLower();
    if (word == QLatin1String("yes") || word == QLatin1String("true") || word == QLatin1String("on") || word == QLatin1String("1"))
        return true;
    if (word == QLatin1String("no") || word == QLatin1String("false") || word == QLatin1String("off") || word == QLatin1String("0"))
        return false;
    return std::nullopt;
}

template<bool S::*Member>
SettingKey flag(const char *name, const char *summary)
{
    SettingKey key{.name = name, .kind = Kind::Flag, .choices = {QStringLiteral("yes"), QStringLiteral("no")},
                   .form = QStringLiteral("yes, no"), .summary = QLatin1String(summary)};
    key.text = [](const S &settings) -> QString { return settings.*Member ? QStringLiteral("yes") : QStringLiteral("no"); };
    key.assign = [](S &settings, const QString &text) {
        const auto value = flagFromText(text);
        if (value)
            settings.*Member = *value;
        return value.has_value();
    };
    return key;
}

SettingKey other(const char *name, Kind kind, const char *form, const char *summary, QString (*text)(const S &), bool (*assign)(S &, const QString &))
{
    SettingKey key{.name = name, .kind = kind, .choices = {}, .form = QString::fromUtf8(form), .summary = QLatin1String(summary)};
    key.text = text;
    key.assign = assign;
    return key;
}

bool assignLanguage(S &settings, const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^([a-z]{2,3}(_[A-Z]{2})?)?$"));
    if (!form.match(text).hasMatch())
        return false;
    settings.language = text;
    return true;
}

bool assignSlots(S &settings, const QString &text)
{
    bool ok = false;
    const int value = text.toInt(&ok);
    if (!ok || value < 1 || value > S::kMaxSlots)
        return false;
    settings.slots = value;
    return true;
}

bool assignPartSize(S &settings, const QString &text)
{
    if (text == QLatin1String("auto")) {
        settings.partSize.reset();
        return true;
    }
    const auto size = byteCountFromText(text);
    if (!size || *size < S::kMinPartSize || *size > S::kMaxPartSize)
        return false;
    settings.partSize = size;
    return true;
}

bool assignLimit(S &settings, const QString &text)
{
    const auto rate = byteCountFromText(text);
    if (!rate || rate->value() < 1)
        return false;
    settings.bandwidthLimit = *rate;
    return true;
}

bool assignTimetable(S &settings, const QString &text)
{
    const auto timetable = timetableFromText(text);
    if (timetable)
        settings.timetable = *timetable;
    return timetable.has_value();
}

bool assignPrice(S &settings, const QString &text)
{
    bool ok = false;
    const double price = text.toDouble(&ok);
    if (!ok || !std::isfinite(price) || price < 0 || price > 1000)
        return false;
    settings.pricePerGibMonth = price;
    return true;
}

QList<SettingKey> makeKeys()
{
    return {
        choice<&S::theme, kThemes>("window.theme", "Colours of the window"),
        other("window.language", Kind::Text, "de, zh_CN, …", "Language of the window; empty for the system's",
              [](const S &s) { return s.language; }, assignLanguage),
        choice<&S::onClose, kOnClose>("window.on-close", "What closing the window does while transfers are active"),
        choice<&S::startAtLogin, kAtLogin>("window.start-at-login", "Whether the window starts with the session"),
        other("transfers.slots", Kind::Number, "1 … 64", "Parts in flight, over all transfers",
              [](const S &s) { return QString::number(s.slots); }, assignSlots),
        other("transfers.part-size", Kind::Size, "5MiB … 5GiB, auto", "Size of the parts of new uploads",
              [](const S &s) -> QString { return s.partSize ? exactSizeText(*s.partSize) : QStringLiteral("auto"); }, assignPartSize),
        choice<&S::whenChanged, kWhenChanged>("transfers.if-changed", "What the window does when a file changed since its upload began"),
        choice<&S::conflict, kConflicts>("transfers.conflict", "What the window does when the object is there already"),
        flag<&S::isLimited>("bandwidth.limited", "Whether the limit or the timetable holds (the turtle)"),
        other("bandwidth.limit", Kind::Rate, "512k, 10M, …", "The limit in bytes a second, while no timetable is followed",
              [](const S &s) { return exactSizeText(s.bandwidthLimit); }, assignLimit),
        flag<&S::followsTimetable>("bandwidth.use-timetable", "Whether the timetable holds instead of the one limit"),
        other("bandwidth.timetable", Kind::Timetable, "08:00,512k 23:00,off", "Limits by the time of day; empty for none",
              [](const S &s) { return timetableText(s.timetable); }, assignTimetable),
        flag<&S::notifiesDone>("notifications.done", "Tell when uploads are done"),
        flag<&S::notifiesAttention>("notifications.needs-attention", "Tell when a transfer needs a person"),
        flag<&S::notifiesBackOnline>("notifications.back-online", "Tell when the network is back"),
        flag<&S::inhibitsSleep>("power.inhibit-sleep", "Keep the computer awake while something is sent"),
        flag<&S::inhibitsSleepOnBattery>("power.inhibit-on-battery", "On battery too"),
        choice<&S::transport, kTransports>("network.transport", "How requests are sent: by Packmule itself, or by Qt's own HTTP client"),
        other("costs.price-per-gib-month", Kind::Number, "0.023, …", "US dollars for a GiB stored for a month, for unfinished uploads",
              [](const S &s) { return QString::number(s.pricePerGibMonth, 'g', 12); }, assignPrice),
        flag<&S::keepsSecretsInFile>("secrets.in-file", "Where no keyring answers, keep secrets in a file that only you can read"),
    };
}

}  // namespace

QList<BandwidthPeriod> AppSettings::bandwidth() const
{
    if (!isLimited)
        return {};
    if (followsTimetable)
        return timetable;
    return {{0, bandwidthLimit}};
}

const QList<SettingKey> &settingKeys()
{
    static const QList<SettingKey> keys = makeKeys();
    return keys;
}

const SettingKey *settingKey(const QByteArray &name)
{
    const QList<SettingKey> &keys = settingKeys();
    const auto found = std::ranges::find(keys, name, &SettingKey::name);
    return found == keys.end() ? nullptr : &*found;
}

Result<void> assignSetting(AppSettings &settings, const QByteArray &name, const QString &text)
{
    const SettingKey *key = settingKey(name);
    if (!key)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("There is no setting \"%1\".").arg(QString::fromUtf8(name)));
    if (!key->assign(settings, text))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("\"%1\" is no value for %2; it takes %3.").arg(text, QString::fromUtf8(name), key->form));
    return {};
}

QJsonValue settingJson(const SettingKey &key, const QString &text)
{
    if (key.kind == Kind::Flag)
        return text == QLatin1String("yes");
    bool isNumber = false;
    const double number = text.toDouble(&isNumber);
    if (key.kind == Kind::Number && isNumber)
        return number;
    return text;
}

QString settingText(const SettingKey &key, const QJsonValue &json)
{
    if (key.kind == Kind::Flag && json.isBool())
        return json.toBool() ? QStringLiteral("yes") : QStringLiteral("no");
    if (key.kind == Kind::Number && json.isDouble())
        return QString::number(json.toDouble(), 'g', 12);
    const bool isText = json.isString() && key.kind != Kind::Flag && key.kind != Kind::Number;
    return isText ? json.toString() : QString();
}

std::optional<QList<BandwidthPeriod>> timetableFromText(const QString &text)
{
    QList<BandwidthPeriod> timetable;
    const QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString &word : words) {
        const QStringList sides = word.split(QLatin1Char(','));
        if (sides.size() != 2)
            return std::nullopt;
        const QTime time = QTime::fromString(sides.first(), QStringLiteral("HH:mm"));
        const auto rate = sides.last() == QLatin1String("off") ? ByteCount(0) : byteCountFromText(sides.last());
        if (!time.isValid() || !rate)
            return std::nullopt;
        timetable.append({time.hour() * 60 + time.minute(), *rate});
    }
    std::ranges::stable_sort(timetable, {}, &BandwidthPeriod::minuteOfDay);
    const bool hasTwins = std::ranges::adjacent_find(timetable, {}, &BandwidthPeriod::minuteOfDay) != timetable.end();
    return hasTwins ? std::nullopt : std::optional(timetable);
}

QString timetableText(const QList<BandwidthPeriod> &timetable)
{
    QStringList words;
    for (const BandwidthPeriod &period : timetable) {
        words.append(QTime(period.minuteOfDay / 60, period.minuteOfDay % 60).toString(QStringLiteral("HH:mm")) + QLatin1Char(',')
                     + (period.perSecond.value() == 0 ? QStringLiteral("off") : exactSizeText(period.perSecond)));
    }
    return words.join(QLatin1Char(' '));
}

QString exactSizeText(ByteCount size)
{
    static constexpr std::pair<int, const char *> kUnits[] = {{40, "TiB"}, {30, "GiB"}, {20, "MiB"}, {10, "KiB"}};
    for (const auto &[bits, unit] : kUnits) {
        const qint64 one = 1LL << bits;
        if (size.value() >= one && size.value() % one == 0)
            return QString::number(size.value() / one) + QLatin1String(unit);
    }
    return QString::number(size.value());
}

}  // namespace packmule
