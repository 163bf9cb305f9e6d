#pragma once

#include "core/base/Result.h"

#include <QString>

namespace packmule {

/// The file that makes the desktop start Packmule at login: packmule.desktop in $XDG_CONFIG_HOME/autostart.
/// Thread: any but the GUI's, as it reads and writes a file.
class Autostart final
{
public:
    /// @param folder for tests; "" = the user's.   @param program absolute path of packmule-gui.
    explicit Autostart(const QString &program, const QString &folder = {});

    bool isOn() const;
    /// Errors: LocalIo.
    Result<void> switchTo(bool isOn) const;

    /// A program's path as the Exec key wants it. Source: Desktop Entry Specification, "The Exec key".
    static QString execText(const QString &program);

private:
    QString m_program, m_file;
};

}  // namespace packmule
