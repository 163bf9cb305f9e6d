#include "app/gui/UploadSources.h"

#include "core/base/Redaction.h"

#include <QSet>

#include <cerrno>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

UploadSources SourceLook::at(const QList<QByteArray> &paths)
{
    UploadSources found;
    QSet<QByteArray> seen;
    for (const QByteArray &path : paths) {
        if (seen.contains(path))
            continue;
        seen.insert(path);
        bool isFolder = false;
        const QString refusal = refusalOf(path, isFolder);
        if (refusal.isEmpty()) {
            (isFolder ? found.folders : found.files).append(path);
            continue;
        }
        ++found.refused;
        if (found.refusals.size() < UploadSources::kMostRefusals)
            found.refusals.append(refusal);
    }
    return found;
}

QString SourceLook::refusalOf(const QByteArray &path, bool &isFolder)
{
    const QString name = displayName(path);
    struct stat facts = {};
    if (::stat(path.constData(), &facts) != 0) {
        const int code = errno;
        struct stat link = {};
        if (code == ENOENT && ::lstat(path.constData(), &link) == 0 && S_ISLNK(link.st_mode))
            return tr("%1 is a link to something that is not there.").arg(name);
        if (code == ENOENT)
            return tr("%1 is not there any more.").arg(name);
        return tr("%1 cannot be looked at: %2.").arg(name, QString::fromLocal8Bit(std::strerror(code)));
    }
    isFolder = S_ISDIR(facts.st_mode);
    if (S_ISCHR(facts.st_mode) || S_ISBLK(facts.st_mode))
        return tr("%1 is a device, not a file.").arg(name);
    if (!isFolder && !S_ISREG(facts.st_mode))
        return tr("%1 is a pipe or a socket, not a file.").arg(name);
    if (::access(path.constData(), isFolder ? R_OK | X_OK : R_OK) != 0)
        return isFolder ? tr("You may not open the folder %1.").arg(name) : tr("You may not read %1.").arg(name);
    return {};
}

}  // namespace packmule
