#pragma once

#include "core/base/CallHandle.h"
#include "ui/browse/NamedConnection.h"
#include "ui/browse/ObjectRemoval.h"
#include "ui/browse/ObjectTableModel.h"
#include "ui/browse/PrefixTreeModel.h"
#include "ui/browse/StoreListings.h"
#include "ui/browse/StorePageServices.h"

#include <QPointer>
#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QMimeData;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;
class QTreeView;

namespace packmule {

class StoreNotice;

/// The tab Browse: connection and address above, buckets and prefixes on the leading side, what is in the chosen one beside
/// it. Shows what StoreListings has read. Thread: GUI.
class BrowsePage : public QWidget
{
    Q_OBJECT

public:
    explicit BrowsePage(const StorePageServices &services, QWidget *parent = nullptr);
    ~BrowsePage() override;

    /// The one that was shown stays, if it is among them.
    void setConnections(const QList<NamedConnection> &connections);
    /// Shows this place of that connection.
    void open(const QByteArray &connectionId, const ObjectAddress &place);
    const ObjectAddress &place() const { return m_place; }

Q_SIGNALS:
    /// Dropped on a folder or on the list: absolute raw paths, and where they are to go (a prefix, empty or ending in '/').
    void filesDropped(const QList<QByteArray> &paths, const QByteArray &connectionId, const packmule::ObjectAddress &prefix);
    /// The invitation to make the first connection was taken.
    void newConnectionRequested();
    /// A line for the window's foot.
    void said(const QString &sentence);

protected:
    void showEvent(QShowEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void makeActions();
    void makeAddressRow();
    void makeViews();
    void makeFoot();
    QAction *addNamed(const char *name, const QString &text, const QKeySequence &keys, void (BrowsePage::*slot)());

    const NamedConnection *connection() const;
    void takeConnection();
    void goTo(const ObjectAddress &place);
    void goToTyped();
    void goUp();
    void openSelected();
    void refresh();
    void loadMore();
    void loadMoreAtTheEnd();
    void focusAddress();
    void showState();
    void showFoot();
    void showAddress();
    void judgeActions();

    QList<ObjectAddress> selectedObjects() const;
    QModelIndexList selectedRows() const;
    void showProperties();
    void copyUris();
    void askToDelete();
    void stopDeleting();
    void takeRemovalEnd(int removed, int total, const std::optional<Error> &error);
    void newBucket();
    void createBucket(const QByteArray &bucket);
    void showMenu(const QPoint &at);
    std::optional<ObjectAddress> dropPlace(const QObject *viewport, const QPoint &at) const;
    bool takeDrag(QObject *viewport, QEvent *event);

    StorePageServices m_services;
    QList<NamedConnection> m_connections;
    ObjectAddress m_place;
    StoreListings m_listings;
    PrefixTreeModel m_tree;
    ObjectTableModel m_table;
    ObjectOrder m_order;
    ObjectRemoval m_removal;
    ObjectAddress m_removalFolder;
    bool m_isOpened = false;             ///< nothing is asked before the tab is first looked at

    QComboBox *m_connectionBox;
    QLineEdit *m_address;
    QSplitter *m_splitter;
    QTreeView *m_treeView;
    QTableView *m_tableView;
    QStackedWidget *m_stack;
    StoreNotice *m_notice;
    QLabel *m_foot;
    QToolButton *m_moreButton;
    QProgressBar *m_progress;
    QToolButton *m_stopButton;
    QAction *m_up = nullptr, *m_refresh = nullptr, *m_openAction = nullptr, *m_properties = nullptr, *m_copy = nullptr, *m_delete = nullptr,
            *m_newBucket = nullptr, *m_more = nullptr, *m_stop = nullptr, *m_focusAddress = nullptr;
    QPointer<QWidget> m_dialog;
    CallHandle m_head, m_create;
};

}  // namespace packmule
