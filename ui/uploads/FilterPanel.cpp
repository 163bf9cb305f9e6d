#include "ui/uploads/FilterPanel.h"

#include "core/base/Redaction.h"
#include "ui/common/Icons.h"
#include "ui/common/ToolTipText.h"
#include "ui/common/WindowState.h"

#include <QHeaderView>
#include <QLocale>

namespace packmule {

namespace {

constexpr int kFilterRole = Qt::UserRole, kConnectionRole = Qt::UserRole + 1;
const QString kStateKey = QStringLiteral("transfers/filter");

IconName iconOf(ListFilter filter)
{
    switch (filter) {
    case ListFilter::All: return IconName::AllTransfers;
    case ListFilter::Uploading: return IconName::Uploading;
    case ListFilter::Waiting: return IconName::Waiting;
    case ListFilter::Paused: return IconName::Paused;
    case ListFilter::Verifying: return IconName::Verifying;
    case ListFilter::Done: return IconName::Done;
    case ListFilter::NeedsAttention: return IconName::Attention;
    }
    return IconName::AllTransfers;
}

}  // namespace

FilterPanel::FilterPanel(WindowState &state, QWidget *parent) : QTreeWidget(parent), m_state(state)
{
    setObjectName(QStringLiteral("filterPanel"));
    setAccessibleName(tr("Filters"));
    setColumnCount(2);
    setHeaderHidden(true);
    setRootIsDecorated(false);
    setItemsExpandable(false);
    setIndentation(8);
    setIconSize({16, 16});
    setViewportMargins(4, 6, 8, 6);
    setUniformRowHeights(true);
    setFrameShape(NoFrame);
    setEditTriggers(NoEditTriggers);
    setTextElideMode(Qt::ElideMiddle);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    header()->setStretchLastSection(false);
    header()->setSectionResizeMode(0, QHeaderView::Stretch);
    header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    m_filters = heading(tr("Transfers"));
    m_connections = heading(tr("Connections"));
    for (int i = 0; i < kListFilters; ++i) {
        const auto filter = static_cast<ListFilter>(i);
        auto *item = new QTreeWidgetItem(m_filters, {title(filter)});
        item->setIcon(0, icon(iconOf(filter)));
        item->setData(0, kFilterRole, i);
        item->setTextAlignment(1, Qt::AlignTrailing | Qt::AlignVCenter);
    }
    setConnections({});
    m_filters->setExpanded(true);
    m_connections->setExpanded(true);
    connect(this, &QTreeWidget::itemClicked, this, [this](QTreeWidgetItem *item) { choose(item); });
    connect(this, &QTreeWidget::currentItemChanged, this, [this](QTreeWidgetItem *item) { choose(item); });
    mark();
}

QTreeWidgetItem *FilterPanel::heading(const QString &text)
{
    auto *item = new QTreeWidgetItem(this, {text});
    item->setFlags(Qt::ItemIsEnabled);
    item->setSizeHint(0, {40, fontMetrics().height() + 12});  // rows are uniform: for all of them
    QFont bold = font();
    bold.setBold(true);
    item->setFont(0, bold);
    item->setFirstColumnSpanned(true);
    return item;
}

QString FilterPanel::title(ListFilter filter)
{
    switch (filter) {
    case ListFilter::All: return tr("All", "filter of transfers");
    case ListFilter::Uploading: return tr("Uploading", "filter of transfers");
    case ListFilter::Waiting: return tr("Waiting", "filter of transfers");
    case ListFilter::Paused: return tr("Paused", "filter of transfers");
    case ListFilter::Verifying: return tr("Verifying", "filter of transfers");
    case ListFilter::Done: return tr("Done", "filter of transfers");
    case ListFilter::NeedsAttention: return tr("Needs attention", "filter of transfers");
    }
    return {};
}

void FilterPanel::setCounts(const ListCounts &counts)
{
    for (int i = 0; i < kListFilters; ++i) {
        QTreeWidgetItem *item = m_filters->child(i);
        const qint64 count = counts.byFilter[static_cast<std::size_t>(i)];
        const QString text = count > 0 ? QLocale().toString(count) : QString();
        if (item->text(1) == text)
            continue;
        item->setText(1, text);
        item->setData(0, Qt::AccessibleTextRole, tr("%1, %n transfer(s)", "filter and its count", static_cast<int>(std::min<qint64>(count, 999'999'999))).arg(item->text(0)));
    }
}

void FilterPanel::setConnections(const QList<NamedConnection> &connections)
{
    qDeleteAll(m_connections->takeChildren());
    m_connections->setHidden(connections.isEmpty());
    bool isKnown = m_connection.isEmpty();
    const auto add = [this](const QByteArray &id, const QString &name) {
        auto *item = new QTreeWidgetItem(m_connections, {name});
        item->setIcon(0, icon(id.isEmpty() ? IconName::AllTransfers : IconName::Connection));
        item->setData(0, kConnectionRole, id);
        item->setToolTip(0, toolTipText(name));
        item->setFirstColumnSpanned(true);
    };
    add({}, tr("All connections"));
    for (const NamedConnection &connection : connections) {
        add(connection.record.id, displayName(connection.name.toUtf8()));
        isKnown = isKnown || connection.record.id == m_connection;
    }
    if (!isKnown)
        m_connection.clear();
    mark();
}

void FilterPanel::restore()
{
    const int kept = m_state.kept(kStateKey).toInt();
    m_filter = kept >= 0 && kept < kListFilters ? static_cast<ListFilter>(kept) : ListFilter::All;
    mark();
}

void FilterPanel::choose(QTreeWidgetItem *item)
{
    if (!item)
        return;
    const QVariant filter = item->data(0, kFilterRole), connection = item->data(0, kConnectionRole);
    const ListFilter wasFilter = m_filter;
    const QByteArray wasConnection = m_connection;
    if (filter.isValid())
        m_filter = static_cast<ListFilter>(filter.toInt());
    else if (connection.isValid())
        m_connection = connection.toByteArray();
    if (wasFilter == m_filter && wasConnection == m_connection)
        return;
    mark();
    m_state.keep(kStateKey, QByteArray::number(static_cast<int>(m_filter)));
    Q_EMIT chosen(m_filter, m_connection);
}

void FilterPanel::mark()
{
    const auto set = [](QTreeWidgetItem *item, bool isChosen) {
        QFont font = item->font(0);
        font.setBold(isChosen);
        item->setFont(0, font);
        item->setFont(1, font);
    };
    for (int i = 0; i < m_filters->childCount(); ++i)
        set(m_filters->child(i), i == static_cast<int>(m_filter));
    for (int i = 0; i < m_connections->childCount(); ++i)
        set(m_connections->child(i), m_connections->child(i)->data(0, kConnectionRole).toByteArray() == m_connection);
}

}  // namespace packmule
