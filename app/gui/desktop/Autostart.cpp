#include "app/gui/desktop/Autostart.h"

#include <QDir>
#include <QFile>
#include <QSaveFile>
#include <QStandardPaths>

namespace packmule {

Autostart::Autostart(const QString &program, const QString &folder)
    : m_program(program),
      m_file((folder.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation) + QStringLiteral("/autostart") : folder)
             + QStringLiteral("/packmule.desktop"))
{
}

bool Autostart::isOn() const
{
    QFile file(m_file);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    const QByteArray text = file.readAll();
    // Desktops switch an entry off by writing one of these into it.
    return !text.contains("\nHidden=true") && !text.contains("\nX-GNOME-Autostart-enabled=false");
}

Result<void> Autostart::switchTo(bool isOn) const
{
    if (!isOn) {
        if (QFile::exists(m_file) && !QFile::remove(m_file))
            return failure(ErrorKind::LocalIo, QStringLiteral("%1 cannot be removed.").arg(m_file));
        return {};
    }
    const QString folder = QFileInfo(m_file).absolutePath();
    if (!QDir().mkpath(folder))
        return failure(ErrorKind::LocalIo, QStringLiteral("The folder %1 cannot be made.").arg(folder));
    QSaveFile file(m_file);
    const QString text = QStringLiteral("[Desktop Entry]\nType=Application\nName=Packmule\nExec=%1 --background\nIcon=packmule\n"
                                        "Terminal=false\nX-GNOME-Autostart-enabled=true\n")
                             .arg(execText(m_program));
    if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8()) < 0 || !file.commit())
        return failure(ErrorKind::LocalIo, QStringLiteral("%1 cannot be written: %2.").arg(m_file, file.errorString()));
    return {};
}

QString Autostart::execText(const QString &program)
{
    QString quoted;
    for (const QChar letter : program) {
        if (letter == QLatin1Char('"') || letter == QLatin1Char('`') || letter == QLatin1Char('$'))
            quoted += QStringLiteral("\\\\");  // once for Exec, once for the string that holds it
        else if (letter == QLatin1Char('\\'))
            quoted += QStringLiteral("\\\\\\");
        else if (letter == QLatin1Char('%'))
            quoted += QLatin1Char('%');
        quoted += letter;
    }
    return QLatin1Char('"') + quoted + QLatin1Char('"');
}

}  // namespace packmule
