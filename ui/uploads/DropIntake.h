#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QList>
#include <QString>

class QMimeData;

namespace packmule {

/// What was dropped or pasted, as paths that can be uploaded, or as a sentence that says why not.
struct DroppedPaths {
    QList<QByteArray> paths;   ///< absolute, raw bytes
    QString refusal;           ///< set where there is nothing to upload
};

class DropIntake
{
    Q_DECLARE_TR_FUNCTIONS(DropIntake)

public:
    /// Looks at the text only, never at the disk: whether a path can be read is found out off this thread.
    static DroppedPaths read(const QMimeData *content);
};

}  // namespace packmule
