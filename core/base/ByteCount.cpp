#include "core/base/ByteCount.h"

#include <array>
#include <cmath>

namespace packmule {

namespace {

constexpr std::array kPrefixes = {'K', 'M', 'G', 'T', 'P'};
// From here on one decimal would show "1024.0" of the smaller unit.
constexpr double kRoundedUp = 1023.95;

/// "", "B", "M", "MB", "MiB" → power of 1024; -1 if it is none of them.
int powerOfUnit(QString unit)
{
    unit = unit.toUpper();
    if (unit.size() > 2 && unit.endsWith(QLatin1String("IB")))
        unit.chop(2);
    else if (unit.endsWith(QLatin1Char('B')))
        unit.chop(1);
    if (unit.isEmpty())
        return 0;
    if (unit.size() != 1)
        return -1;
    for (std::size_t i = 0; i < kPrefixes.size(); ++i) {
        if (unit.at(0) == QLatin1Char(kPrefixes[i]))
            return static_cast<int>(i) + 1;
    }
    return -1;
}

}  // namespace

std::optional<ByteCount> byteCountFromText(const QString &text)
{
    const QString trimmed = text.trimmed();
    qsizetype digits = 0;
    while (digits < trimmed.size() && (trimmed.at(digits).isDigit() || trimmed.at(digits) == QLatin1Char('.')))
        ++digits;
    const int power = powerOfUnit(trimmed.mid(digits).trimmed());
    bool ok = false;
    // A double would round whole numbers above 2^53.
    if (const qint64 whole = trimmed.left(digits).toLongLong(&ok); ok && power == 0)
        return ByteCount(whole);
    const double number = trimmed.left(digits).toDouble(&ok);
    if (!ok || digits == 0 || power < 0)
        return std::nullopt;
    const double bytes = number * std::pow(1024.0, power);
    if (bytes > 9.0e18)
        return std::nullopt;
    return ByteCount(static_cast<qint64>(bytes));
}

QString byteCountText(ByteCount count)
{
    if (count.value() < 1024)
        return QStringLiteral("%1 B").arg(count.value());
    double number = static_cast<double>(count.value());
    std::size_t power = 0;
    while (number >= kRoundedUp && power < kPrefixes.size()) {
        number /= 1024.0;
        ++power;
    }
    return QStringLiteral("%1 %2iB").arg(QString::number(number, 'f', 1), QString(QLatin1Char(kPrefixes[power - 1])));
}

}  // namespace packmule
