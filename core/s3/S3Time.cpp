#include "core/s3/S3Time.h"

#include <algorithm>

namespace packmule {

namespace {

/// -1 unless all are digits.
int number(QByteArrayView text, qsizetype at, qsizetype length)
{
    int value = 0;
    for (const char c : text.sliced(at, length)) {
        if (c < '0' || c > '9')
            return -1;
        value = value * 10 + (c - '0');
    }
    return value;
}

std::optional<WallTime> timeOf(int year, int month, int day, int hours, int minutes, int seconds, int millis)
{
    if (year < 0 || month < 1 || day < 1 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0
        || seconds > 60)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok())
        return std::nullopt;
    return std::chrono::sys_days(date) + std::chrono::hours(hours) + std::chrono::minutes(minutes)
        + std::chrono::seconds(seconds) + Milliseconds(millis);
}

}  // namespace

std::optional<WallTime> timeFromHttpDate(QByteArrayView text)
{
    text = text.trimmed();
    if (text.size() != 29 || text[3] != ',' || text[19] != ':' || text[22] != ':' || text.sliced(26) != "GMT")
        return std::nullopt;
    static constexpr QByteArrayView kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const qsizetype month = kMonths.indexOf(text.sliced(8, 3));
    if (month < 0 || month % 3 != 0)
        return std::nullopt;
    return timeOf(number(text, 12, 4), static_cast<int>(month / 3) + 1, number(text, 5, 2), number(text, 17, 2),
                  number(text, 20, 2), number(text, 23, 2), 0);
}

std::optional<WallTime> timeFromIso8601(QByteArrayView text)
{
    text = text.trimmed();
    if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':'
        || text.back() != 'Z')
        return std::nullopt;
    int millis = 0;
    if (text[19] == '.') {
        const QByteArrayView fraction = text.sliced(20).chopped(1);
        if (fraction.isEmpty() || number(fraction, 0, std::min<qsizetype>(fraction.size(), 9)) < 0)
            return std::nullopt;
        const qsizetype digits = std::min<qsizetype>(fraction.size(), 3);
        millis = number(fraction, 0, digits) * (digits == 1 ? 100 : digits == 2 ? 10 : 1);
    } else if (text.size() != 20) {
        return std::nullopt;
    }
    return timeOf(number(text, 0, 4), number(text, 5, 2), number(text, 8, 2), number(text, 11, 2), number(text, 14, 2),
                  number(text, 17, 2), millis);
}

}  // namespace packmule
