#include "core/journal/JournalLocation.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

namespace packmule {

QString dataFolder()
{
    const QString home = QFile::decodeName(qgetenv("PACKMULE_HOME"));
    if (!home.isEmpty())
        return QDir::cleanPath(QFileInfo(home).absoluteFilePath());
    return QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + QStringLiteral("/packmule");
}

QString journalPath(const QString &journalOption)
{
    const QFileInfo file(journalOption.isEmpty() ? dataFolder() + QStringLiteral("/journal.db") : journalOption);
    if (file.exists())
        return file.canonicalFilePath();
    const QString folder = QFileInfo(file.absolutePath()).canonicalFilePath();
    return folder.isEmpty() ? QDir::cleanPath(file.absoluteFilePath()) : QDir(folder).filePath(file.fileName());
}

}  // namespace packmule
