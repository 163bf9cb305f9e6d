#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"

#include <QCoreApplication>
#include <QString>

#include <chrono>

namespace packmule {

/// Sizes, speeds, spans and times for people, in the locale's numbers and with binary units. Thread: GUI.
class AmountText
{
    Q_DECLARE_TR_FUNCTIONS(AmountText)

public:
    /// "16.0 MiB", "17 bytes".
    static QString bytes(ByteCount count);
    /// "8.2 MiB/s"; empty at 0.
    static QString rate(double bytesPerSecond);
    /// At most two units, coarser the longer it is: "42 s", "3 min 20 s", "1 h 5 min", "2 days 3 h".
    static QString span(std::chrono::seconds span);
    /// Whole percent, rounded down: 100 % only when everything is there.
    static QString percent(ByteCount done, ByteCount whole);
    /// Date and time in the locale's short form, local time.
    static QString time(WallTime time);
};

}  // namespace packmule
