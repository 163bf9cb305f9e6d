#include "ui/uploads/UploadsPage.h"

#include "ui/common/Icons.h"
#include "ui/common/Palette.h"
#include "ui/uploads/AttemptLog.h"
#include "ui/uploads/DetailPane.h"
#include "ui/uploads/DropZone.h"
#include "ui/uploads/SpeedHistory.h"
#include "ui/uploads/TransferDelegate.h"
#include "ui/uploads/TransferTable.h"
#include "ui/uploads/UndoBar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace packmule {

namespace {

constexpr Milliseconds kSearchPause{250};
constexpr int kMostJudged = 200;        // selected rows that are looked at to find what can be done
constexpr qsizetype kMostCopied = 1000; // URIs, and rows in one call

}  // namespace

UploadsPage::UploadsPage(const WindowServices &services, TransferActions &actions, QWidget *parent)
    : QWidget(parent), m_services(services), m_actions(actions),
      m_list(new TransferListModel(services.transfers, services.engine, services.clock, services.scheduler, this)),
      m_commands(new TransferCommands(services.engine, services.transfers, services.prompts, services.scheduler, this)),
      m_log(new AttemptLog(services.engine, this)), m_speeds(new SpeedHistory(services.engine, services.clock, services.scheduler, this)),
      m_table(new TransferTable(*m_list, services.state)), m_filters(new FilterPanel(services.state)),
      m_details(new DetailPane(*m_list, *m_log, *m_speeds, services.clock)), m_search(new QLineEdit), m_undo(new UndoBar(*actions.undoRemoval)),
      m_stack(new QStackedWidget), m_nothing(new QLabel), m_across(new QSplitter(Qt::Horizontal)), m_down(new QSplitter(Qt::Vertical))
{
    setObjectName(QStringLiteral("uploadsPage"));
    m_table->setItemDelegate(new TransferDelegate(*m_list, m_table));
    m_search->setObjectName(QStringLiteral("searchField"));
    m_search->setAccessibleName(tr("Search transfers"));
    m_search->setPlaceholderText(tr("Search"));
    m_search->setClearButtonEnabled(true);
    m_search->setAcceptDrops(false);  // a file dropped there is meant for the window
    m_search->addAction(icon(IconName::Search), QLineEdit::LeadingPosition);
    m_nothing->setObjectName(QStringLiteral("nothingMatches"));
    m_nothing->setAlignment(Qt::AlignCenter);
    m_nothing->setTextFormat(Qt::PlainText);
    m_nothing->setWordWrap(true);
    m_nothing->setAutoFillBackground(true);
    m_nothing->setBackgroundRole(QPalette::Base);
    layOut();
    connectActions();
    connectCommands();
    m_table->restore();
    m_filters->restore();
    applyFilter();
    select();
}

void UploadsPage::layOut()
{
    m_stack->addWidget(m_table);
    m_stack->addWidget(new DropZone(*m_actions.addFiles, *m_actions.addFolder));
    m_stack->addWidget(m_nothing);
    auto *centre = new QWidget;
    auto *column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_undo);
    column->addWidget(m_stack, 1);
    m_down->setObjectName(QStringLiteral("downSplitter"));
    m_down->addWidget(centre);
    m_down->addWidget(m_details);
    m_down->setStretchFactor(0, 1);
    m_down->setCollapsible(0, false);
    m_down->setSizes({460, 210});
    m_across->setObjectName(QStringLiteral("acrossSplitter"));
    m_across->addWidget(m_filters);
    m_across->addWidget(m_down);
    m_across->setStretchFactor(1, 1);
    m_across->setCollapsible(1, false);
    m_across->setSizes({30 * fontMetrics().averageCharWidth(), 900});
    m_across->restoreState(m_services.state.kept(QStringLiteral("transfers/across")));
    m_down->restoreState(m_services.state.kept(QStringLiteral("transfers/down")));
    const bool isPaneShown = m_services.state.kept(QStringLiteral("transfers/details")) != "0";
    m_details->setVisible(isPaneShown);
    m_actions.details->setChecked(isPaneShown);
    connect(m_across, &QSplitter::splitterMoved, this, &UploadsPage::keepLayout);
    connect(m_down, &QSplitter::splitterMoved, this, &UploadsPage::keepLayout);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_across);
    setTabOrder(m_filters, m_table);
    setTabOrder(m_table, m_details);
}

void UploadsPage::keepLayout()
{
    m_services.state.keep(QStringLiteral("transfers/across"), m_across->saveState());
    m_services.state.keep(QStringLiteral("transfers/down"), m_down->saveState());
}

void UploadsPage::connectActions()
{
    connect(m_actions.start, &QAction::triggered, this, [this] { m_commands->start(selection(), m_list->query()); });
    connect(m_actions.pause, &QAction::triggered, this, [this] { m_commands->pause(selection(), m_list->query()); });
    connect(m_actions.retry, &QAction::triggered, this, [this] { m_commands->start(selection(), m_list->query()); });
    connect(m_actions.remove, &QAction::triggered, this, [this] { m_commands->remove(selection(), m_list->query()); });
    const QList<std::pair<QAction *, QueueMove>> moves{{m_actions.moveTop, QueueMove::Top}, {m_actions.moveUp, QueueMove::Up},
                                                       {m_actions.moveDown, QueueMove::Down}, {m_actions.moveBottom, QueueMove::Bottom}};
    for (const auto &[action, where] : moves)
        connect(action, &QAction::triggered, this, [this, where] { m_commands->move(where, selection(), m_list->query()); });
    connect(m_actions.startAll, &QAction::triggered, m_commands, &TransferCommands::startAll);
    connect(m_actions.pauseAll, &QAction::triggered, m_commands, &TransferCommands::pauseAll);
    connect(m_actions.retryAll, &QAction::triggered, m_commands, &TransferCommands::retryAll);
    connect(m_actions.clearFinished, &QAction::triggered, m_commands, &TransferCommands::clearFinished);
    connect(m_actions.undoRemoval, &QAction::triggered, m_commands, &TransferCommands::undoRemoval);
    connect(m_actions.copyUri, &QAction::triggered, this, &UploadsPage::copyUris);
    connect(m_actions.openFolder, &QAction::triggered, this, &UploadsPage::openFolder);
    connect(m_actions.selectAll, &QAction::triggered, m_table, &QTreeView::selectAll);
    connect(m_actions.find, &QAction::triggered, m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); m_search->selectAll(); });
    connect(m_actions.details, &QAction::toggled, this, [this](bool isShown) {
        m_details->setVisible(isShown);
        m_services.state.keep(QStringLiteral("transfers/details"), isShown ? "1" : "0");
    });
}

void UploadsPage::connectCommands()
{
    connect(m_commands, &TransferCommands::said, this, &UploadsPage::said);
    connect(m_commands, &TransferCommands::hiddenChanged, m_list, &TransferListModel::setHidden);
    connect(m_commands, &TransferCommands::undoOffered, m_undo, &UndoBar::offer);
    connect(m_commands, &TransferCommands::changed, m_list, &TransferListModel::refresh);
    connect(m_filters, &FilterPanel::chosen, this, &UploadsPage::applyFilter);
    connect(m_search, &QLineEdit::textChanged, this, [this] {
        m_searchPause = m_services.scheduler.after(kSearchPause, [this] { applyFilter(); });
    });
    connect(m_list, &TransferListModel::countsChanged, m_filters, &FilterPanel::setCounts);
    connect(m_list, &TransferListModel::orderApplied, this, &UploadsPage::showWhatThereIs);
    connect(m_list, &QAbstractItemModel::dataChanged, this, [this] { m_actions.allow(possible()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &UploadsPage::select);
    connect(m_table, &TransferTable::contextMenuRequested, this, &UploadsPage::showMenu);
    connect(m_details, &DetailPane::retryRequested, this, [this](TransferId transfer) { m_commands->start({{transfer}, {}}, m_list->query()); });
    connect(m_details, &DetailPane::reportCopied, this, [this] { Q_EMIT said(tr("The report is on the clipboard. It holds no secrets.")); });
}

void UploadsPage::setConnections(const QList<NamedConnection> &connections)
{
    m_filters->setConnections(connections);
    QHash<QByteArray, QString> names;
    for (const NamedConnection &connection : connections)
        names.insert(connection.record.id, connection.name);
    m_details->setConnectionNames(names);
}

void UploadsPage::showTransfer(TransferId transfer, RunId run)
{
    QModelIndex index = m_list->indexOf({.run = run, .first = transfer, .count = 1});
    if (!index.isValid())
        index = m_list->indexOf({.run = run, .first = transfer, .count = 2});
    if (!index.isValid())
        return;
    m_table->setCurrentIndex(index);
    m_table->scrollTo(index);
}

void UploadsPage::applyFilter()
{
    ListQuery query = m_list->query();
    query.filter = m_filters->filter();
    query.connectionId = m_filters->connection();
    query.search = m_search->text().trimmed();
    m_list->setQuery(query);
}

void UploadsPage::showWhatThereIs()
{
    const ListQuery &query = m_list->query();
    const bool isEverything = query.filter == ListFilter::All && query.search.isEmpty() && query.connectionId.isEmpty();
    const bool isEmpty = m_list->rowCount() == 0;
    m_nothing->setText(query.search.isEmpty() ? tr("No transfers here.") : tr("No transfer matches “%1”.").arg(query.search));
    m_stack->setCurrentIndex(!isEmpty ? 0 : isEverything ? 1 : 2);
    // Nothing to tell of nothing.
    m_details->setVisible(m_actions.details->isChecked() && !(isEmpty && isEverything));
}

void UploadsPage::select()
{
    m_actions.allow(possible());
    const QItemSelection chosen = m_table->selectionModel()->selection();
    int count = 0;
    for (const QItemSelectionRange &range : chosen)
        count += range.height();
    const TransferId only = count == 1 ? m_list->transferAt(chosen.first().topLeft()).value_or(0) : 0;
    m_details->setTransfer(only, count);
}

TransferSelection UploadsPage::selection() const
{
    TransferSelection found;
    const QItemSelection chosen = m_table->selectionModel()->selection();
    for (const QItemSelectionRange &range : chosen) {
        const std::optional<RunId> within = m_list->runAt(range.parent());
        if (within && m_table->selectionModel()->isRowSelected(range.parent().row()))
            continue;  // its run is selected as a whole
        for (int row = range.top(); row <= range.bottom(); ++row) {
            const QModelIndex index = m_list->index(row, 0, range.parent());
            if (const auto run = m_list->runAt(index))
                found.runs.append(*run);
            else if (const auto transfer = m_list->transferAt(index))
                found.transfers.append(*transfer);
        }
    }
    return found;
}

TransferActions::Possible UploadsPage::possible() const
{
    using Standing = TransferListModel::Standing;
    TransferActions::Possible possible;
    int judged = 0;
    const QItemSelection chosen = m_table->selectionModel()->selection();
    for (const QItemSelectionRange &range : chosen) {
        for (int row = range.top(); row <= range.bottom(); ++row) {
            if (++judged > kMostJudged)
                return {.start = true, .pause = true, .retry = true, .move = true, .remove = true, .any = true, .one = false};
            const QModelIndex index = m_list->index(row, 0, range.parent());
            const auto standing = index.data(TransferListModel::StateRole).value<Standing>();
            const bool isMixed = m_list->runAt(index).has_value() && standing != Standing::Done;
            possible.start = possible.start || isMixed || standing == Standing::Paused;
            possible.pause = possible.pause || isMixed || standing == Standing::Active || standing == Standing::Waiting;
            possible.retry = possible.retry || isMixed || standing == Standing::Attention || standing == Standing::Waiting;
            possible.move = possible.move || isMixed || standing == Standing::Waiting;
            possible.remove = possible.remove || (standing != Standing::Done && standing != Standing::Quiet);
            possible.any = true;
        }
    }
    possible.one = judged == 1;
    return possible;
}

void UploadsPage::showMenu(const QPoint &position)
{
    auto *menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("transferMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions({m_actions.start, m_actions.pause, m_actions.retry, m_actions.remove});
    menu->addSeparator();
    menu->addActions({m_actions.moveTop, m_actions.moveUp, m_actions.moveDown, m_actions.moveBottom});
    menu->addSeparator();
    menu->addActions({m_actions.openFolder, m_actions.copyUri, m_actions.details});
    menu->addSeparator();
    menu->addActions({m_actions.retryAll, m_actions.selectAll});
    menu->popup(position);
}

void UploadsPage::copyUris()
{
    QList<TransferId> wanted = selection().transfers;
    wanted.resize(std::min(wanted.size(), kMostCopied));
    if (wanted.isEmpty())
        return;
    m_uriCall = m_services.transfers.rows(wanted, [this](const Result<QList<TransferSnapshot>> &rows) {
        if (!rows)
            return;
        QStringList lines;
        for (const TransferSnapshot &row : *rows)
            lines.append(QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(row.record.object.bucket), QString::fromUtf8(row.record.object.key)));
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
        Q_EMIT said(tr("%n address(es) copied.", "S3 URIs", static_cast<int>(lines.size())));
    });
}

void UploadsPage::openFolder()
{
    const QModelIndexList rows = m_table->selectionModel()->selectedRows();
    if (rows.size() != 1)
        return;
    if (const auto run = m_list->runAt(rows.first())) {
        if (const RunSummary *summary = m_list->rows().run(*run))
            Q_EMIT folderRequested(summary->commonPath + '/');
    } else if (const ShownTransfer *shown = m_list->rows().transfer(m_list->transferAt(rows.first()).value_or(0))) {
        Q_EMIT folderRequested(shown->snapshot.record.sourcePath);
    }
}

}  // namespace packmule
