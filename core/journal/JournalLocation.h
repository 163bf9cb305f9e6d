#pragma once

#include <QString>

namespace packmule {

/// $PACKMULE_HOME, else the platform's place ($XDG_DATA_HOME/packmule). Absolute.
QString dataFolder();

/// What `--journal FILE` names, else journal.db in the data folder. Absolute, links resolved, so that two names of one
/// journal are one journal.
QString journalPath(const QString &journalOption = {});

}  // namespace packmule
