#include "ui/unfinished/UnfinishedPage.h"

#include "core/base/Redaction.h"
#include "ui/browse/CellDelegate.h"
#include "ui/browse/StoreNotice.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Icons.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

namespace packmule {

namespace {

const QString kUploadsColumnState = QStringLiteral("unfinished/columns");
const QString kUploadsConnectionState = QStringLiteral("unfinished/connection");

constexpr std::chrono::milliseconds kCountDelay{150};   // while somebody scrolls, nothing is counted
constexpr std::chrono::seconds kAgeStep{60};
constexpr std::array kWidths{44, 18, 16, 8, 12, 14, 20, 22};   // of the columns, in average characters

}  // namespace

UnfinishedPage::UnfinishedPage(const StorePageServices &services, TransferListClient &transfers, QWidget *parent)
    : QWidget(parent), m_services(services), m_presenter(services, transfers), m_order(m_presenter.model()), m_connectionBox(new QComboBox),
      m_bucketBox(new QComboBox), m_filter(new QLineEdit), m_table(new QTableView), m_stack(new QStackedWidget), m_notice(new StoreNotice),
      m_foot(new QLabel), m_moreButton(new QToolButton), m_countSoon(new QTimer(this)), m_ageTimer(new QTimer(this))
{
    setObjectName(QStringLiteral("unfinishedPage"));
    auto *layout = new QVBoxLayout(this);
    makeActions();
    makeTopRow();
    makeTable();
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_notice);
    layout->addWidget(m_stack, 1);
    makeFoot();
    m_countSoon->setSingleShot(true);
    m_countSoon->setInterval(kCountDelay);
    connect(m_countSoon, &QTimer::timeout, this, &UnfinishedPage::countVisible);
    m_ageTimer->setInterval(kAgeStep);
    connect(m_ageTimer, &QTimer::timeout, &m_presenter.model(), &UnfinishedModel::age);
    m_ageTimer->start();
    connect(&m_presenter, &UnfinishedPresenter::stateChanged, this, &UnfinishedPage::showState);
    connect(&m_presenter, &UnfinishedPresenter::aborted, this, &UnfinishedPage::takeAborted);
    connect(m_notice, &StoreNotice::pressed, this, [this] {
        if (m_connections.isEmpty())
            Q_EMIT newConnectionRequested();
        else
            refresh();
    });
    showState();
}

UnfinishedPage::~UnfinishedPage()
{
    m_services.state.keep(kUploadsColumnState, m_table->horizontalHeader()->saveState());
    delete m_stack;   // the table before its model
}

QAction *UnfinishedPage::addNamed(const char *name, const QString &text, const QKeySequence &keys, void (UnfinishedPage::*slot)())
{
    auto *action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    return action;
}

void UnfinishedPage::makeActions()
{
    m_refresh = addNamed("unfinishedRefresh", tr("&Refresh"), QKeySequence(Qt::Key_F5), &UnfinishedPage::refresh);
    m_refresh->setShortcuts({QKeySequence(Qt::Key_F5), QKeySequence(Qt::CTRL | Qt::Key_R)});
    m_refresh->setIcon(icon(IconName::Retry));
    m_abort = addNamed("unfinishedAbort", tr("&Abort uploads…"), QKeySequence(QKeySequence::Delete), &UnfinishedPage::prepareToAbort);
    m_abort->setIcon(icon(IconName::Remove));
    m_copyUri = addNamed("unfinishedCopyUri", tr("&Copy URI"), QKeySequence(QKeySequence::Copy), &UnfinishedPage::copyUris);
    m_copyUri->setIcon(icon(IconName::Copy));
    m_copyUploadId = addNamed("unfinishedCopyUploadId", tr("Copy upload &ID"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), &UnfinishedPage::copyUploadIds);
    m_more = addNamed("unfinishedMore", tr("&Load more"), {}, &UnfinishedPage::loadMore);
    m_find = addNamed("unfinishedFind", tr("&Find"), QKeySequence(QKeySequence::Find), &UnfinishedPage::focusFilter);
}

void UnfinishedPage::makeTopRow()
{
    auto *row = new QHBoxLayout;
    m_connectionBox->setObjectName(QStringLiteral("unfinishedConnection"));
    m_connectionBox->setAccessibleName(tr("Connection"));
    m_connectionBox->setMinimumContentsLength(12);
    m_connectionBox->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    auto *caption = new QLabel(tr("&Bucket:"));
    caption->setBuddy(m_bucketBox);
    m_bucketBox->setObjectName(QStringLiteral("unfinishedBucket"));
    m_bucketBox->setAccessibleName(tr("Bucket"));
    m_bucketBox->setEditable(true);
    m_bucketBox->setInsertPolicy(QComboBox::NoInsert);
    m_bucketBox->setMinimumContentsLength(20);
    m_bucketBox->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_bucketBox->lineEdit()->setObjectName(QStringLiteral("unfinishedBucketEdit"));
    m_bucketBox->lineEdit()->setPlaceholderText(tr("Choose or type a bucket"));
    m_filter->setObjectName(QStringLiteral("unfinishedFilter"));
    m_filter->setAccessibleName(tr("Show only objects whose name contains"));
    m_filter->setPlaceholderText(tr("Find by name"));
    m_filter->setClearButtonEnabled(true);
    row->addWidget(m_connectionBox);
    row->addWidget(caption);
    row->addWidget(m_bucketBox, 1);
    row->addWidget(m_filter, 1);
    for (QAction *action : {m_refresh, m_abort}) {
        auto *button = new QToolButton;
        button->setObjectName(action->objectName() + QLatin1String("Button"));
        button->setDefaultAction(action);
        button->setToolButtonStyle(action == m_abort ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        button->setAccessibleName(QString(action->text()).remove(QLatin1Char('&')));
        button->setAutoRaise(true);
        button->setFocusPolicy(Qt::TabFocus);
        row->addWidget(button);
    }
    static_cast<QVBoxLayout *>(layout())->addLayout(row);
    connect(m_connectionBox, &QComboBox::activated, this, &UnfinishedPage::takeConnection);
    connect(m_bucketBox, &QComboBox::activated, this, &UnfinishedPage::takeBucket);
    connect(m_bucketBox->lineEdit(), &QLineEdit::returnPressed, this, &UnfinishedPage::takeBucket);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_order.setFilterFixedString(text);
        showState();
        m_countSoon->start();
    });
}

void UnfinishedPage::makeTable()
{
    m_table->setObjectName(QStringLiteral("unfinishedTable"));
    m_table->setAccessibleName(tr("Unfinished uploads"));
    m_table->setModel(&m_order);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setShowGrid(false);
    m_table->setItemDelegate(new CellDelegate(m_table));
    m_table->setWordWrap(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setTabKeyNavigation(false);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(m_table->fontMetrics().height() + 8);
    QHeaderView *header = m_table->horizontalHeader();
    header->setSectionsMovable(true);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    header->setStretchLastSection(true);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(UnfinishedModel::Started, Qt::AscendingOrder);
    for (std::size_t column = 0; column < kWidths.size(); ++column)
        m_table->setColumnWidth(static_cast<int>(column), kWidths[column] * fontMetrics().averageCharWidth());
    header->restoreState(m_services.state.kept(kUploadsColumnState));
    const auto soon = [this] { m_countSoon->start(); };
    connect(m_table->verticalScrollBar(), &QScrollBar::valueChanged, this, soon);
    connect(m_table->verticalScrollBar(), &QScrollBar::rangeChanged, this, soon);
    connect(&m_order, &QAbstractItemModel::layoutChanged, this, soon);
    connect(&m_order, &QAbstractItemModel::modelReset, this, soon);
    connect(&m_order, &QAbstractItemModel::rowsInserted, this, soon);
    connect(&m_order, &QAbstractItemModel::dataChanged, this, &UnfinishedPage::showFoot);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &UnfinishedPage::judgeActions);
    connect(m_table, &QWidget::customContextMenuRequested, this, &UnfinishedPage::showMenu);
}

void UnfinishedPage::makeFoot()
{
    auto *row = new QHBoxLayout;
    m_foot->setObjectName(QStringLiteral("unfinishedFoot"));
    m_foot->setTextFormat(Qt::PlainText);
    m_moreButton->setObjectName(QStringLiteral("unfinishedMoreButton"));
    m_moreButton->setDefaultAction(m_more);
    m_moreButton->setFocusPolicy(Qt::TabFocus);
    row->addWidget(m_foot, 1);
    row->addWidget(m_moreButton);
    static_cast<QVBoxLayout *>(layout())->addLayout(row);
}

void UnfinishedPage::setConnections(const QList<NamedConnection> &connections)
{
    const NamedConnection *before = connection();
    const QByteArray id = before ? before->id : m_services.state.kept(kUploadsConnectionState);
    const QByteArray record = before ? before->record.id : QByteArray();
    m_connections = connections;
    m_connectionBox->clear();
    for (const NamedConnection &known : m_connections)
        m_connectionBox->addItem(icon(IconName::Connection), displayName(known.name.toUtf8()), known.id);
    m_connectionBox->setCurrentIndex(std::max(m_connectionBox->findData(id), m_connections.isEmpty() ? -1 : 0));
    const NamedConnection *now = connection();
    if (!before || !now || now->record.id != record)
        takeConnection();
}

void UnfinishedPage::setPrice(double pricePerGib)
{
    m_presenter.model().setPrice(pricePerGib);
}

void UnfinishedPage::open(const QByteArray &connectionId, const QByteArray &bucket)
{
    m_isOpened = true;
    if (const int index = m_connectionBox->findData(connectionId); index >= 0 && index != m_connectionBox->currentIndex()) {
        m_connectionBox->setCurrentIndex(index);
        takeConnection();
    }
    m_bucketBox->setEditText(QString::fromUtf8(bucket));
    takeBucket();
}

void UnfinishedPage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!std::exchange(m_isOpened, true))
        takeConnection();
    m_countSoon->start();
}

const NamedConnection *UnfinishedPage::connection() const
{
    const int index = m_connectionBox->currentIndex();
    return index >= 0 && index < m_connections.size() ? &m_connections.at(index) : nullptr;
}

void UnfinishedPage::takeConnection()
{
    m_buckets.cancel();
    m_bucketBox->clear();
    const NamedConnection *chosen = connection();
    if (chosen)
        m_services.state.keep(kUploadsConnectionState, chosen->id);
    if (chosen && m_isOpened) {
        listBuckets();
        m_bucketBox->setEditText(QString::fromUtf8(chosen->bucket));
    }
    takeBucket();
}

/// For the list only: a bucket may be typed as well, since many keys may not list them.
void UnfinishedPage::listBuckets()
{
    m_buckets = m_services.stores.buckets(connection()->record, [this](const Result<QList<BucketSummary>> &buckets) {
        const QString typed = m_bucketBox->currentText();
        m_bucketBox->clear();
        for (const BucketSummary &bucket : buckets.value_or(QList<BucketSummary>()))
            m_bucketBox->addItem(icon(IconName::Bucket), displayName(bucket.name));
        m_bucketBox->setCurrentIndex(m_bucketBox->findText(typed));
        m_bucketBox->setEditText(typed);
        m_bucketBox->setToolTip(buckets ? QString() : tr("The buckets could not be listed. %1", "%1 is a sentence").arg(ErrorText::cause(buckets.error())));
    });
}

void UnfinishedPage::takeBucket()
{
    const NamedConnection *chosen = connection();
    const QString typed = m_bucketBox->currentText().trimmed();
    const StorePlace::Reading read = StorePlace::read(typed);
    if (!chosen || !m_isOpened || typed.isEmpty()) {
        m_presenter.open(std::nullopt, {});
    } else if (!read.place) {
        Q_EMIT said(read.refusal);
        m_presenter.open(std::nullopt, {});
    } else {
        m_presenter.open(chosen->record, read.place->bucket);
    }
}

void UnfinishedPage::refresh()
{
    if (m_presenter.state() == UnfinishedPresenter::State::Idle)
        takeBucket();
    else
        m_presenter.refresh();
}

void UnfinishedPage::loadMore()
{
    m_presenter.loadMore();
}

void UnfinishedPage::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

}  // namespace packmule
