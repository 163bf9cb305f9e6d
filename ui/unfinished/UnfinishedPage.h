#pragma once

#include "ui/browse/NamedConnection.h"
#include "ui/browse/StorePageServices.h"
#include "ui/unfinished/UnfinishedPresenter.h"

#include <QWidget>

class QAction;
class QComboBox;
class QLabel;
class QLineEdit;
class QStackedWidget;
class QTableView;
class QTimer;
class QToolButton;

namespace packmule {

class StoreNotice;

/// The tab Unfinished uploads. Shows what UnfinishedPresenter has read. Thread: GUI.
class UnfinishedPage : public QWidget
{
    Q_OBJECT

public:
    UnfinishedPage(const StorePageServices &services, TransferListClient &transfers, QWidget *parent = nullptr);
    ~UnfinishedPage() override;

    /// The one that was shown stays, if it is among them.
    void setConnections(const QList<NamedConnection> &connections);
    /// US dollars a GiB and month, for the column Cost.
    void setPrice(double pricePerGib);
    /// Shows this bucket of that connection.
    void open(const QByteArray &connectionId, const QByteArray &bucket);
    UnfinishedPresenter &presenter() { return m_presenter; }

Q_SIGNALS:
    void newConnectionRequested();
    /// A line for the window's foot.
    void said(const QString &sentence);

protected:
    void showEvent(QShowEvent *event) override;

private:
    QAction *addNamed(const char *name, const QString &text, const QKeySequence &keys, void (UnfinishedPage::*slot)());
    void makeActions();
    void makeTopRow();
    void makeTable();
    void makeFoot();

    const NamedConnection *connection() const;
    void takeConnection();
    void takeBucket();
    void listBuckets();
    void refresh();
    void loadMore();
    void showState();
    void showFoot();
    void judgeActions();
    void countVisible();
    QList<UnfinishedModel::Id> selected() const;
    void prepareToAbort();
    void askToAbort(const QList<UnfinishedModel::Id> &rows, bool areOwnersKnown);
    void takeAborted(int aborted, int failed, const std::optional<Error> &error);
    void copyUris();
    void copyUploadIds();
    void focusFilter();
    void showMenu(const QPoint &at);

    StorePageServices m_services;
    QList<NamedConnection> m_connections;
    UnfinishedPresenter m_presenter;
    UnfinishedOrder m_order;
    bool m_isOpened = false;        ///< nothing is asked before the tab is first looked at
    QComboBox *m_connectionBox, *m_bucketBox;
    QLineEdit *m_filter;
    QTableView *m_table;
    QStackedWidget *m_stack;
    StoreNotice *m_notice;
    QLabel *m_foot;
    QToolButton *m_moreButton;
    QTimer *m_countSoon, *m_ageTimer;
    QAction *m_refresh = nullptr, *m_abort = nullptr, *m_copyUri = nullptr, *m_copyUploadId = nullptr, *m_more = nullptr, *m_find = nullptr;
    CallHandle m_buckets;
};

}  // namespace packmule
