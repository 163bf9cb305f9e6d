#include "app/cli/TextValues.h"

#include <QRegularExpression>
#include <QTime>

namespace packmule {

namespace {

/// Milliseconds of a unit; 0 if it is none.
qint64 unitMilliseconds(const QString &unit)
{
    if (unit == QLatin1String("ms"))
        return 1;
    if (unit.isEmpty() || unit == QLatin1String("s"))
        return 1000;
    if (unit == QLatin1String("m") || unit == QLatin1String("min"))
        return 60 * 1000;
    if (unit == QLatin1String("h"))
        return 3600 * 1000;
    if (unit == QLatin1String("d"))
        return 24LL * 3600 * 1000;
    if (unit == QLatin1String("w"))
        return 7LL * 24 * 3600 * 1000;
    return 0;
}

std::optional<ByteCount> rateFromText(const QString &text)
{
    if (text == QLatin1String("off"))
        return ByteCount(0);
    return byteCountFromText(text);
}

}  // namespace

std::optional<Milliseconds> durationFromText(const QString &text)
{
    static const QRegularExpression form(QStringLiteral("^\\s*(\\d{1,12}(?:\\.\\d{1,6})?)\\s*([a-z]*)\\s*$"));
    const auto match = form.match(text);
    const qint64 unit = match.hasMatch() ? unitMilliseconds(match.captured(2)) : 0;
    if (unit == 0)
        return std::nullopt;
    const double milliseconds = match.captured(1).toDouble() * static_cast<double>(unit);
    if (milliseconds > 1.0e15)
        return std::nullopt;
    return Milliseconds(static_cast<qint64>(milliseconds));
}

QString durationText(std::chrono::seconds duration)
{
    const qint64 seconds = std::max<qint64>(0, duration.count());
    if (seconds < 60)
        return QStringLiteral("%1 s").arg(seconds);
    if (seconds < 3600)
        return QStringLiteral("%1 min %2 s").arg(QString::number(seconds / 60), QString::number(seconds % 60).rightJustified(2, QLatin1Char('0')));
    if (seconds < 86400)
        return QStringLiteral("%1 h %2 min").arg(QString::number(seconds / 3600), QString::number(seconds % 3600 / 60).rightJustified(2, QLatin1Char('0')));
    return QStringLiteral("%1 d %2 h").arg(QString::number(seconds / 86400), QString::number(seconds % 86400 / 3600).rightJustified(2, QLatin1Char('0')));
}

std::optional<BandwidthSchedule> bandwidthFromText(const QString &text)
{
    BandwidthSchedule schedule;
    const QStringList words = text.simplified().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    if (words.isEmpty())
        return std::nullopt;
    if (words.size() == 1 && !words.first().contains(QLatin1Char(','))) {
        const auto rate = rateFromText(words.first());
        if (!rate)
            return std::nullopt;
        if (rate->value() > 0)
            schedule.entries.append({0, *rate});
        return schedule;
    }
    for (const QString &word : words) {
        const QStringList sides = word.split(QLatin1Char(','));
        const QTime time = QTime::fromString(sides.first(), QStringLiteral("HH:mm"));
        const auto rate = sides.size() == 2 ? rateFromText(sides.last()) : std::nullopt;
        if (!time.isValid() || !rate)
            return std::nullopt;
        schedule.entries.append({time.hour() * 60 + time.minute(), *rate});
    }
    std::sort(schedule.entries.begin(), schedule.entries.end(), [](const auto &a, const auto &b) { return a.minuteOfDay < b.minuteOfDay; });
    return schedule;
}

std::optional<QList<std::pair<QByteArray, QByteArray>>> pairsFromText(const QByteArray &text)
{
    QList<std::pair<QByteArray, QByteArray>> pairs;
    if (text.isEmpty())
        return pairs;
    for (const QByteArray &item : text.split(',')) {
        const qsizetype equals = item.indexOf('=');
        if (equals <= 0)
            return std::nullopt;
        pairs.append({item.left(equals).trimmed(), item.mid(equals + 1)});
    }
    return pairs;
}

}  // namespace packmule
