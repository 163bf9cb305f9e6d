#pragma once

#include "core/transfer/TransferEvent.h"

#include <QJsonObject>

namespace packmule {

/// One event as `--json` prints it: the stable names of cli.md, "Events". Raw names that are not UTF-8 come beside the
/// text as base64 (`sourceBytes`, `keyBytes`). Times are UTC with milliseconds, durations seconds, sizes bytes. Pure.
QJsonObject transferEventJson(const TransferEvent &event);

}  // namespace packmule
