#pragma once

#include <QAction>
#include <QObject>

namespace packmule {

/// The window's actions on transfers, with their words, signs and keys (facts/users.md, 4.3). Who does them connects to them.
/// Thread: GUI.
class TransferActions : public QObject
{
    Q_OBJECT

public:
    explicit TransferActions(QObject *parent = nullptr);

    /// What is sensible for the selection.
    struct Possible { bool start = false, pause = false, retry = false, move = false, remove = false, any = false, one = false; };
    void allow(Possible possible);
    /// While another tab is in front, nothing happens to what is selected behind it, and its keys belong to that tab.
    void setListShown(bool isShown);
    QList<QAction *> all() const;

    QAction *addFiles, *addFolder, *start, *pause, *retry, *remove, *startAll, *pauseAll, *retryAll, *clearFinished, *openFolder,
        *copyUri, *moveTop, *moveUp, *moveDown, *moveBottom, *details, *find, *selectAll, *undoRemoval, *limit;

private:
    void enable();
    QAction *make(const char *name, const QString &text, const QKeySequence &keys);

    Possible m_possible;
    bool m_isListShown = true;
};

}  // namespace packmule
