#pragma once

#include "core/journal/Records.h"
#include "core/transfer/ConnectionFinding.h"

#include <QString>

#include <optional>

namespace packmule {

/// One line of doctor's report.
struct DoctorLine {
    const char *mark = "ok";   ///< "ok", "FAILED", "?"
    QString name, sentence;
};

/// A finding in words; nullopt for those that doctor has no line for.
std::optional<DoctorLine> doctorLine(const ConnectionFinding &finding, const ConnectionRecord &connection);

}  // namespace packmule
