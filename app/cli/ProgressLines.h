#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Clock.h"

#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace packmule {

/// One active file as it is to be shown.
struct ProgressRow {
    QString name;            ///< safe for a terminal
    ByteCount sent, size;
    int confirmedParts = 0, parts = 1;
    double rate = 0;         ///< bytes a second
    std::optional<std::chrono::seconds> eta;
    QString waiting;         ///< "waiting for the network", empty while it moves
    bool isVerifying = false;
};

struct ProgressTotals {
    int files = 0, ended = 0, failed = 0;
    ByteCount sent, size;
    double rate = 0;
    std::optional<std::chrono::seconds> eta;
};

/// Rows for a terminal of `width` columns: one per active file, "and 3 more" beyond `maxRows`, and a total when there is
/// more than one file. A percentage never shows 100: only the verified end does, and then the row is gone. Pure.
QStringList progressLines(const QList<ProgressRow> &rows, const ProgressTotals &totals, int width, int maxRows);

/// The columns that a text takes on a terminal; wide East Asian characters and emoji take two.
int columnCount(const QString &text);
/// Cut in the middle to at most `columns`, so that the end of the name stays visible.
QString elidedMiddle(const QString &text, int columns);

}  // namespace packmule
