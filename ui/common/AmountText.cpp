#include "ui/common/AmountText.h"

#include <QDateTime>
#include <QLocale>

namespace packmule {

QString AmountText::bytes(ByteCount count)
{
    const qint64 value = std::max<qint64>(count.value(), 0);
    if (value < 1024)
        return tr("%n byte(s)", "size", static_cast<int>(value));
    return QLocale().formattedDataSize(value, 1, QLocale::DataSizeIecFormat);
}

QString AmountText::rate(double bytesPerSecond)
{
    if (bytesPerSecond < 1)
        return {};
    return tr("%1/s", "speed, %1 is a size").arg(bytes(ByteCount(static_cast<qint64>(bytesPerSecond))));
}

QString AmountText::span(std::chrono::seconds span)
{
    const qint64 seconds = std::max<qint64>(span.count(), 0);
    const QLocale locale;
    if (seconds < 60)
        return tr("%1 s", "seconds").arg(locale.toString(seconds));
    if (seconds < 600)
        return tr("%1 min %2 s").arg(locale.toString(seconds / 60), locale.toString(seconds % 60 / 10 * 10));
    if (seconds < 3600)
        return tr("%1 min", "minutes").arg(locale.toString(seconds / 60));
    if (seconds < 86400)
        return tr("%1 h %2 min").arg(locale.toString(seconds / 3600), locale.toString(seconds % 3600 / 60));
    return tr("%n day(s)", "span of time", static_cast<int>(std::min<qint64>(seconds / 86400, 9999)))
        + QChar(0x00A0) + tr("%1 h", "hours").arg(locale.toString(seconds % 86400 / 3600));
}

QString AmountText::percent(ByteCount done, ByteCount whole)
{
    const qint64 percent = whole.value() <= 0 ? 0 : static_cast<qint64>(100.0 * static_cast<double>(done.value()) / static_cast<double>(whole.value()));
    return tr("%1 %", "percentage").arg(QLocale().toString(std::clamp<qint64>(percent, 0, 100)));
}

QString AmountText::time(WallTime time)
{
    return QLocale().toString(QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count()), QLocale::ShortFormat);
}

}  // namespace packmule
