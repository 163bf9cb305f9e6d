#pragma once

#include "core/transfer/EngineClient.h"

#include <QString>

namespace packmule {

struct Attempt;

/// "Copy report": what whoever is asked for help needs, in English, one fact a line. No secret, no URL query; names are shown
/// with control characters made visible. The upload id is left out: with it others could add parts.
QString transferReport(const TransferSnapshot &transfer, const QList<Attempt> &attempts);

}  // namespace packmule
