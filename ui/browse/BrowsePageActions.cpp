// The second half of BrowsePage: what is done with the objects shown.
#include "ui/browse/BrowsePage.h"

#include "core/base/Redaction.h"
#include "ui/browse/CreateBucketDialog.h"
#include "ui/browse/ObjectProperties.h"
#include "ui/browse/StoreNotice.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/ErrorText.h"
#include "ui/uploads/DropIntake.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QDropEvent>
#include <QGuiApplication>
#include <QMenu>
#include <QMimeData>
#include <QTableView>
#include <QTreeView>

namespace packmule {

QModelIndexList BrowsePage::selectedRows() const
{
    QModelIndexList rows;
    for (const QModelIndex &shown : m_tableView->selectionModel()->selectedRows())
        rows.append(m_order.mapToSource(shown));
    return rows;
}

QList<ObjectAddress> BrowsePage::selectedObjects() const
{
    QList<ObjectAddress> objects;
    for (const QModelIndex &row : selectedRows()) {
        if (!m_table.isPrefix(row.row()))
            objects.append(m_table.address(row.row()));
    }
    return objects;
}

void BrowsePage::judgeActions()
{
    const QModelIndexList rows = selectedRows();
    const qsizetype objects = selectedObjects().size();
    m_up->setEnabled(!m_place.key.isEmpty());
    m_refresh->setEnabled(connection() != nullptr);
    m_newBucket->setEnabled(connection() != nullptr);
    m_openAction->setEnabled(rows.size() == 1 && objects == 0);
    m_properties->setEnabled(rows.size() == 1 && objects == 1);
    m_delete->setEnabled(objects > 0 && !m_removal.isRunning());
    m_copy->setEnabled(!rows.isEmpty() || !m_place.bucket.isEmpty());
}

void BrowsePage::showProperties()
{
    const QList<ObjectAddress> objects = selectedObjects();
    if (objects.size() != 1 || !connection())
        return;
    auto *dialog = new ObjectProperties(objects.first(), this);
    m_dialog = dialog;
    m_head = m_services.stores.head(connection()->record, objects.first(), [shown = QPointer(dialog)](const Result<ObjectHead> &head) {
        if (!shown)
            return;
        if (head)
            shown->setHead(*head);
        else
            shown->setError(head.error());
    });
    dialog->open();
}

/// Of what is selected, or of the folder. A key that text cannot carry has no URI that could be pasted.
void BrowsePage::copyUris()
{
    QList<ObjectAddress> places;
    for (const QModelIndex &row : selectedRows())
        places.append(m_table.address(row.row()));
    if (places.isEmpty() || m_treeView->hasFocus())
        places = {m_place};
    QStringList uris;
    for (const ObjectAddress &place : std::as_const(places)) {
        if (const auto uri = StorePlace::copyableUri(place))
            uris.append(*uri);
    }
    const int left = static_cast<int>(places.size() - uris.size());
    if (!uris.isEmpty())
        QGuiApplication::clipboard()->setText(uris.join(QLatin1Char('\n')));
    if (left > 0)
        Q_EMIT said(tr("%n URI(s) cannot be copied: text cannot hold the bytes of these names.", "", left));
    else
        Q_EMIT said(tr("%n URI(s) copied.", "", static_cast<int>(uris.size())));
}

void BrowsePage::askToDelete()
{
    const QList<ObjectAddress> objects = selectedObjects();
    if (objects.isEmpty() || m_removal.isRunning() || !connection())
        return;
    const QString folder = StorePlace::text(StorePlace::folderOf(m_place));
    UserQuestion question;
    question.title = tr("Delete objects");
    question.text = objects.size() == 1
        ? tr("Delete “%1”? It cannot be brought back, unless the bucket keeps versions.").arg(StorePlace::text(objects.first()))
        : tr("Delete %n object(s) in %1? They cannot be brought back, unless the bucket keeps versions.", "", static_cast<int>(objects.size())).arg(folder);
    question.choices = {tr("Keep", "objects"), tr("Delete", "objects")};
    // The folder may be another by the time of the answer.
    m_services.prompts.ask(question, [page = QPointer(this), objects, record = connection()->record](const UserAnswer &answer) {
        if (!page || answer.choice != 1)
            return;
        page->m_removalFolder = page->m_place;
        page->m_removal.start(record, objects);
        page->judgeActions();
    });
}

void BrowsePage::stopDeleting()
{
    m_removal.stop();
}

void BrowsePage::takeRemovalEnd(int removed, int total, const std::optional<Error> &error)
{
    if (error)
        Q_EMIT said(tr("%n object(s) could not be deleted. %1", "%1 is a sentence", total - removed).arg(ErrorText::cause(*error)));
    else if (removed < total)
        Q_EMIT said(tr("Stopped: %n object(s) stay.", "", total - removed));
    else
        Q_EMIT said(tr("%n object(s) deleted.", "", removed));
    if (removed > 0 || error)
        m_listings.refresh(m_removalFolder);
    showFoot();
    judgeActions();
}

void BrowsePage::newBucket()
{
    if (!connection())
        return;
    auto *dialog = new CreateBucketDialog(displayName(connection()->name.toUtf8()), this);
    m_dialog = dialog;
    connect(dialog, &CreateBucketDialog::bucketNamed, this, &BrowsePage::createBucket);
    dialog->open();
}

void BrowsePage::createBucket(const QByteArray &bucket)
{
    if (!connection())
        return;
    m_create = m_services.stores.createBucket(connection()->record, bucket, [this, bucket](const Result<void> &created) {
        if (!created) {
            Q_EMIT said(tr("The bucket %1 was not created. %2", "%2 is a sentence").arg(displayName(bucket), ErrorText::cause(created.error())));
            return;
        }
        Q_EMIT said(tr("The bucket %1 was created.").arg(displayName(bucket)));
        m_listings.addBucket(bucket);
        goTo({bucket, {}});
    });
}

void BrowsePage::showMenu(const QPoint &at)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("browseMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_openAction, m_up, m_refresh});
    menu->addSeparator();
    menu->addActions({m_copy, m_properties, m_delete});
    menu->addSeparator();
    menu->addAction(m_newBucket);
    menu->popup(at);
}

std::optional<ObjectAddress> BrowsePage::dropPlace(const QObject *viewport, const QPoint &at) const
{
    if (!connection())
        return std::nullopt;
    if (viewport == m_treeView->viewport()) {
        if (const auto place = m_tree.place(m_treeView->indexAt(at)))
            return place;
    } else if (const QModelIndex row = viewport == m_notice ? QModelIndex() : m_order.mapToSource(m_tableView->indexAt(at)); row.isValid() && m_table.isPrefix(row.row())) {
        return m_table.address(row.row());
    }
    return m_place.bucket.isEmpty() ? std::nullopt : std::optional(StorePlace::folderOf(m_place));
}

bool BrowsePage::takeDrag(QObject *viewport, QEvent *event)
{
    auto *drag = static_cast<QDropEvent *>(event);
    const DroppedPaths dropped = DropIntake::read(drag->mimeData());
    const auto place = dropPlace(viewport, drag->position().toPoint());
    if (dropped.paths.isEmpty() || !place)
        return false;   // the window says why not
    drag->setDropAction(Qt::CopyAction);   // whatever the other side suggests: the files stay where they are
    drag->accept();
    if (event->type() == QEvent::Drop)
        Q_EMIT filesDropped(dropped.paths, connection()->id, *place);
    return true;
}

bool BrowsePage::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::DragEnter || event->type() == QEvent::DragMove || event->type() == QEvent::Drop) {
        if (takeDrag(watched, event))
            return true;
        event->ignore();
        return event->type() != QEvent::DragEnter;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace packmule
