#include "ui/unfinished/UnfinishedRow.h"

#include "ui/common/AmountText.h"

#include <QLocale>

#include <algorithm>

namespace packmule {

namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;
constexpr double kSmallest = 0.01;

}  // namespace

double UnfinishedText::monthlyCost(ByteCount bytes, double pricePerGib)
{
    return static_cast<double>(bytes.value()) / kGib * pricePerGib;
}

QString UnfinishedText::cost(double dollars)
{
    const QLocale locale;
    const auto money = [&locale](double amount) { return locale.toCurrencyString(amount, QStringLiteral("$"), 2); };
    if (dollars <= 0)
        return tr("nothing", "cost");
    return dollars < kSmallest ? tr("under %1", "%1 is an amount of money").arg(money(kSmallest)) : money(dollars);
}

QString UnfinishedText::age(WallTime begun, WallTime now)
{
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(now - begun);
    return AmountText::span(std::max(age, std::chrono::seconds(0)));
}

}  // namespace packmule
