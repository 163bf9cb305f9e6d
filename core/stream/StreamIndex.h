#pragma once

#include "core/stream/StreamRoot.h"

namespace packmule {

struct StreamIndexRow {
    StreamEntry entry;
    QByteArray state;  ///< "open", "finished"…; empty if nothing is known, or for a folder
};

/// A folder's streams as a plain page without scripts, and as JSON. Names go out escaped; where one is not UTF-8, JSON has
/// its bytes too.
QByteArray indexHtml(const QByteArray &title, const QList<StreamIndexRow> &rows);
QByteArray indexJson(const QList<StreamIndexRow> &rows);

}  // namespace packmule
