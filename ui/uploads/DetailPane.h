#pragma once

#include "ui/uploads/TransferListModel.h"

#include <QHash>
#include <QTabWidget>

class QTableView;

namespace packmule {

class AttemptLog;
class OverviewPage;
class PartMapView;
class SettingsOfObjectPage;
class SpeedHistory;
class SpeedPlot;
class TimelineModel;

/// The pane below the list: everything about the one transfer that is selected. Thread: GUI. List, log, history and clock
/// outlive it.
class DetailPane : public QTabWidget
{
    Q_OBJECT

public:
    DetailPane(TransferListModel &list, AttemptLog &log, SpeedHistory &speeds, const Clock &clock, QWidget *parent = nullptr);

    /// 0: none, or several.
    void setTransfer(TransferId transfer, int selected);
    void setConnectionNames(const QHash<QByteArray, QString> &names) { m_connectionNames = names; }

Q_SIGNALS:
    void retryRequested(packmule::TransferId transfer);
    void reportCopied();

private:
    void show();
    void copyReport();
    QWidget *makeTimeline();

    TransferListModel &m_list;
    AttemptLog &m_log;
    OverviewPage *m_overview;
    PartMapView *m_parts;
    TimelineModel *m_timeline;
    SpeedPlot *m_plot;
    SettingsOfObjectPage *m_settings;
    QHash<QByteArray, QString> m_connectionNames;
    TransferId m_transfer = 0;
    bool m_isSettingsShown = false;
};

}  // namespace packmule
