#include "ui/uploads/DropIntake.h"

#include <QMimeData>
#include <QUrl>

namespace packmule {

DroppedPaths DropIntake::read(const QMimeData *content)
{
    if (!content)
        return {{}, tr("There is nothing to paste.")};
    const QList<QUrl> urls = content->urls();
    QList<QByteArray> paths;
    bool hasAddress = false;
    for (const QUrl &url : urls) {
        // Decoded by hand: a file name need not be UTF-8, and QUrl's own decoding would lose such bytes.
        const QByteArray path = QByteArray::fromPercentEncoding(url.path(QUrl::FullyEncoded).toLatin1());
        if (url.scheme() == QLatin1String("file") && path.startsWith('/') && !path.contains('\0'))
            paths.append(path.size() > 1 && path.endsWith('/') ? path.chopped(1) : path);
        else
            hasAddress = true;
    }
    if (!paths.isEmpty())
        return {paths, {}};
    if (hasAddress)
        return {{}, tr("Only files and folders of this computer can be uploaded, not web addresses. Save it to a file first, then drop that.")};
    if (content->hasText())
        return {{}, tr("Text cannot be uploaded. Save it to a file first, then drop that.")};
    return {{}, tr("Only files and folders can be uploaded.")};
}

}  // namespace packmule
