#pragma once

#include <QByteArray>
#include <QCoreApplication>
#include <QList>
#include <QString>

namespace packmule {

/// What of a drop can be uploaded, and a sentence for what cannot.
struct UploadSources {
    QList<QByteArray> files, folders;   ///< absolute, raw
    QStringList refusals;               ///< the first kMostRefusals
    qsizetype refused = 0;

    static constexpr qsizetype kMostRefusals = 5;

    bool isEmpty() const { return files.isEmpty() && folders.isEmpty(); }
    QList<QByteArray> all() const { return files + folders; }
};

/// Looks at what was dropped: one stat each, nothing is opened and no folder is walked (that is the engine's).
/// Thread: any but the GUI's; a share may be slow.
class SourceLook
{
    Q_DECLARE_TR_FUNCTIONS(SourceLook)

public:
    static UploadSources at(const QList<QByteArray> &paths);

private:
    static QString refusalOf(const QByteArray &path, bool &isFolder);
};

}  // namespace packmule
