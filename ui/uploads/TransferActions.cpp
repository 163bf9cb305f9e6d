#include "ui/uploads/TransferActions.h"

#include "ui/common/Icons.h"

namespace packmule {

TransferActions::TransferActions(QObject *parent)
    : QObject(parent),
      addFiles(make("addFiles", tr("Add &files…"), Qt::CTRL | Qt::Key_O)),
      addFolder(make("addFolder", tr("Add f&older…"), Qt::CTRL | Qt::SHIFT | Qt::Key_O)),
      start(make("start", tr("&Start", "transfers"), Qt::CTRL | Qt::Key_S)),
      pause(make("pause", tr("&Pause", "transfers"), Qt::CTRL | Qt::Key_P)),
      retry(make("retry", tr("Re&try", "transfers"), Qt::CTRL | Qt::Key_R)),
      remove(make("remove", tr("Re&move…"), Qt::Key_Delete)),
      startAll(make("startAll", tr("Start &all"), Qt::CTRL | Qt::SHIFT | Qt::Key_S)),
      pauseAll(make("pauseAll", tr("Pa&use all"), Qt::CTRL | Qt::SHIFT | Qt::Key_P)),
      retryAll(make("retryAll", tr("Retr&y all that need attention"), Qt::CTRL | Qt::SHIFT | Qt::Key_R)),
      clearFinished(make("clearFinished", tr("&Clear finished"), Qt::CTRL | Qt::SHIFT | Qt::Key_Delete)),
      openFolder(make("openFolder", tr("Open f&older"), Qt::CTRL | Qt::Key_Return)),
      copyUri(make("copyUri", tr("Copy &URI"), QKeySequence(QKeySequence::Copy))),
      moveTop(make("moveTop", tr("Move to the t&op", "of the queue"), Qt::CTRL | Qt::SHIFT | Qt::Key_Plus)),
      moveUp(make("moveUp", tr("Move u&p", "in the queue"), Qt::CTRL | Qt::Key_Plus)),
      moveDown(make("moveDown", tr("Move do&wn", "in the queue"), Qt::CTRL | Qt::Key_Minus)),
      moveBottom(make("moveBottom", tr("Move to the &bottom", "of the queue"), Qt::CTRL | Qt::SHIFT | Qt::Key_Minus)),
      details(make("details", tr("&Details"), Qt::ALT | Qt::Key_Return)),
      find(make("find", tr("&Find"), Qt::CTRL | Qt::Key_F)),
      selectAll(make("selectAll", tr("Select &all"), QKeySequence(QKeySequence::SelectAll))),
      undoRemoval(make("undoRemoval", tr("&Undo removal"), QKeySequence(QKeySequence::Undo))),
      limit(make("limit", tr("&Limit speed"), Qt::CTRL | Qt::Key_L))
{
    const QList<std::pair<QAction *, IconName>> signs{
        {addFiles, IconName::AddFiles}, {addFolder, IconName::AddFolder}, {start, IconName::Start}, {pause, IconName::Pause},
        {retry, IconName::Retry}, {remove, IconName::Remove}, {clearFinished, IconName::Broom}, {openFolder, IconName::Folder},
        {copyUri, IconName::Copy}, {moveTop, IconName::MoveTop}, {moveUp, IconName::MoveUp}, {moveDown, IconName::MoveDown},
        {moveBottom, IconName::MoveBottom}, {details, IconName::Details}, {find, IconName::Search}, {limit, IconName::Turtle}};
    for (const auto &[action, sign] : signs)
        action->setIcon(icon(sign));
    details->setCheckable(true);
    limit->setCheckable(true);
    undoRemoval->setEnabled(false);
    allow({});
}

QAction *TransferActions::make(const char *name, const QString &text, const QKeySequence &keys)
{
    auto *action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(keys);
    return action;
}

void TransferActions::allow(Possible possible)
{
    m_possible = possible;
    enable();
}

void TransferActions::setListShown(bool isShown)
{
    m_isListShown = isShown;
    for (QAction *action : {details, find, selectAll})
        action->setEnabled(isShown);
    enable();
}

void TransferActions::enable()
{
    start->setEnabled(m_isListShown && m_possible.start);
    pause->setEnabled(m_isListShown && m_possible.pause);
    retry->setEnabled(m_isListShown && m_possible.retry);
    remove->setEnabled(m_isListShown && m_possible.remove);
    copyUri->setEnabled(m_isListShown && m_possible.any);
    for (QAction *action : {moveTop, moveUp, moveDown, moveBottom})
        action->setEnabled(m_isListShown && m_possible.move);
    openFolder->setEnabled(m_isListShown && m_possible.one);
}

QList<QAction *> TransferActions::all() const
{
    return {addFiles, addFolder, start, pause, retry, remove, startAll, pauseAll, retryAll, openFolder, copyUri,
            moveTop, moveUp, moveDown, moveBottom, details, find, selectAll, undoRemoval, limit};
}

}  // namespace packmule
