#pragma once

#include "core/journal/Records.h"
#include "core/s3/Types.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace packmule {

/// An unfinished upload as the tab shows it.
struct UnfinishedRow {
    /// Parts are counted when the row has come into view, a page of them at a time.
    enum class Counting { No, UnderWay, Done, Failed };

    UnfinishedUpload upload{};
    Counting counting = Counting::No;
    int parts = 0;
    ByteCount bytes{};
    TransferId neededBy = 0;   ///< the transfer of our list that goes on with it; 0: none
    bool isAborting = false;
};

/// How the numbers of a row are said. Thread: GUI.
class UnfinishedText
{
    Q_DECLARE_TR_FUNCTIONS(UnfinishedText)

public:
    /// @param pricePerGib US dollars a GiB and month.
    static double monthlyCost(ByteCount bytes, double pricePerGib);
    /// "$1.23", "under $0.01", "–" for nothing.
    static QString cost(double dollars);
    static QString age(WallTime begun, WallTime now);
};

}  // namespace packmule
