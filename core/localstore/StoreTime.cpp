#include "core/localstore/StoreTime.h"

#include <QDateTime>
#include <QTimeZone>

#include <format>
#include <string>

namespace packmule {

QByteArray isoTime(WallTime time)
{
    return QByteArray::fromStdString(std::format("{:%FT%T}Z", time));
}

QByteArray httpTime(WallTime time)
{
    return QByteArray::fromStdString(std::format("{:%a, %d %b %Y %T} GMT", std::chrono::floor<std::chrono::seconds>(time)));
}

std::optional<WallTime> timeFromHttp(const QByteArray &text)
{
    QString plain = QString::fromLatin1(text.trimmed());
    if (!plain.endsWith(QLatin1String(" GMT")))
        return std::nullopt;
    plain.chop(4);
    QDateTime time = QLocale::c().toDateTime(plain, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss"));
    if (!time.isValid())
        return std::nullopt;
    time.setTimeZone(QTimeZone::utc());
    return WallTime(Milliseconds(time.toMSecsSinceEpoch()));
}

}  // namespace packmule
