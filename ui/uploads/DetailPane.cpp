#include "ui/uploads/DetailPane.h"

#include "core/base/Redaction.h"
#include "ui/uploads/AttemptLog.h"
#include "ui/uploads/OverviewPage.h"
#include "ui/uploads/PartMapView.h"
#include "ui/uploads/SettingsOfObjectPage.h"
#include "ui/uploads/SpeedPlot.h"
#include "ui/uploads/TimelineModel.h"
#include "ui/uploads/TransferReport.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QTableView>

namespace packmule {

DetailPane::DetailPane(TransferListModel &list, AttemptLog &log, SpeedHistory &speeds, const Clock &clock, QWidget *parent)
    : QTabWidget(parent), m_list(list), m_log(log), m_overview(new OverviewPage(clock)), m_parts(new PartMapView(log)),
      m_timeline(new TimelineModel(log, this)), m_plot(new SpeedPlot(speeds)), m_settings(new SettingsOfObjectPage)
{
    setObjectName(QStringLiteral("detailPane"));
    setAccessibleName(tr("Details of the selected transfer"));
    setDocumentMode(true);
    addTab(m_overview, tr("Overview"));
    addTab(m_parts, tr("Part map"));
    addTab(makeTimeline(), tr("Timeline"));
    addTab(m_plot, tr("Speed"));
    addTab(m_settings, tr("Object settings"));
    connect(&list.rows(), &TransferRows::changed, this, [this](const QSet<TransferId> &transfers) {
        if (transfers.contains(m_transfer))
            show();
    });
    connect(this, &QTabWidget::currentChanged, this, &DetailPane::show);
    connect(m_parts, &PartMapView::retryRequested, this, &DetailPane::retryRequested);
    connect(m_overview, &OverviewPage::reportRequested, this, &DetailPane::copyReport);
}

QWidget *DetailPane::makeTimeline()
{
    auto *view = new QTableView;
    view->setObjectName(QStringLiteral("timeline"));
    view->setAccessibleName(tr("Timeline"));
    view->setModel(m_timeline);
    view->setSelectionBehavior(QAbstractItemView::SelectRows);
    view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view->setAlternatingRowColors(true);
    view->setShowGrid(false);
    view->setTabKeyNavigation(false);
    view->setFrameShape(QFrame::NoFrame);
    view->setTextElideMode(Qt::ElideMiddle);
    view->verticalHeader()->hide();
    view->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 8);
    view->horizontalHeader()->setStretchLastSection(true);
    view->horizontalHeader()->setHighlightSections(false);
    view->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    const int character = fontMetrics().averageCharWidth();
    view->setColumnWidth(TimelineModel::Time, 12 * character);
    view->setColumnWidth(TimelineModel::Part, 9 * character);
    view->setColumnWidth(TimelineModel::What, 46 * character);
    return view;
}

void DetailPane::setTransfer(TransferId transfer, int selected)
{
    const bool isOther = transfer != m_transfer;
    m_transfer = transfer;
    m_isSettingsShown = m_isSettingsShown && !isOther;
    m_timeline->setTransfer(transfer);
    m_plot->setTransfer(transfer);
    if (transfer == 0) {
        m_overview->clear(selected > 1 ? tr("%n transfer(s) are selected.", nullptr, selected) : QString());
        m_parts->setMap(0, nullptr);
        m_settings->clear();
        return;
    }
    show();
}

void DetailPane::show()
{
    if (m_transfer == 0)
        return;
    const ShownTransfer *shown = m_list.rows().transfer(m_transfer);
    if (!shown) {
        m_list.rows().want({m_transfer});
        return;
    }
    if (currentWidget() == m_overview) {
        int tries = 0;
        for (const Attempt &attempt : m_log.attempts(m_transfer))
            tries += attempt.kind == Attempt::Kind::PartConfirmed || attempt.kind == Attempt::Kind::Retry ? 1 : 0;
        m_overview->show(*shown, tries);
    }
    if (currentWidget() == m_parts)
        m_parts->setMap(m_transfer, m_list.rows().parts(m_transfer));
    if (currentWidget() == m_settings && !m_isSettingsShown) {
        m_isSettingsShown = true;
        const QString name = m_connectionNames.value(shown->snapshot.record.connectionId);
        m_settings->show(shown->snapshot, displayName(name.toUtf8()));
    } else if (currentWidget() != m_settings) {
        m_isSettingsShown = false;
    }
}

void DetailPane::copyReport()
{
    if (const ShownTransfer *shown = m_list.rows().transfer(m_transfer)) {
        QGuiApplication::clipboard()->setText(transferReport(shown->snapshot, m_log.attempts(m_transfer)));
        Q_EMIT reportCopied();
    }
}

}  // namespace packmule
