#pragma once

#include "app/Composition.h"
#include "core/settings/AwsEnvironment.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <expected>
#include <optional>

namespace packmule {

/// The command line of packmule-gui.
struct GuiOptions {
    QString journalPath;                       ///< absolute
    QString logPath;                           ///< absolute
    std::optional<TransportKind> transport;    ///< nullopt: as the settings say
    bool isInBackground = false;               ///< started at login: no window, only the tray, where there is one
    bool triesHere = false;                    ///< without any connection: begin with the store on this computer
    QList<QByteArray> paths;                   ///< to upload; absolute, raw

    /// What to print instead of running: help, version, or what was wrong.
    struct Ending {
        QByteArray forStdout, forStderr;
        int exitCode = 0;
    };
    static std::expected<GuiOptions, Ending> read(int argc, char **argv);
};

}  // namespace packmule
