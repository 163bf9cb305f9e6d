#include "ui/browse/BrowsePage.h"

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
#include <QProgressBar>
#include <QScrollBar>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace packmule {

namespace {

const QString kSplitterState = QStringLiteral("browse/splitter");
const QString kColumnState = QStringLiteral("browse/columns");
const QString kConnectionState = QStringLiteral("browse/connection");

constexpr int kNameWidth = 46;   // in average characters; the other columns' below
constexpr int kTextWidth = 20;

}  // namespace

BrowsePage::BrowsePage(const StorePageServices &services, QWidget *parent)
    : QWidget(parent), m_services(services), m_listings(services.stores), m_tree(m_listings), m_table(m_listings), m_order(m_table),
      m_removal(services.stores), m_connectionBox(new QComboBox), m_address(new QLineEdit), m_splitter(new QSplitter), m_treeView(new QTreeView),
      m_tableView(new QTableView), m_stack(new QStackedWidget), m_notice(new StoreNotice), m_foot(new QLabel), m_moreButton(new QToolButton),
      m_progress(new QProgressBar), m_stopButton(new QToolButton)
{
    setObjectName(QStringLiteral("browsePage"));
    auto *layout = new QVBoxLayout(this);
    makeActions();
    makeAddressRow();
    makeViews();
    makeFoot();
    layout->setStretch(1, 1);
    connect(&m_listings, &StoreListings::stateChanged, this, [this](const ObjectAddress &place) {
        if (place == m_place)
            showState();
    });
    connect(&m_listings, &StoreListings::bucketsChanged, this, &BrowsePage::showState);
    connect(&m_removal, &ObjectRemoval::progressed, this, &BrowsePage::showFoot);
    connect(&m_removal, &ObjectRemoval::ended, this, &BrowsePage::takeRemovalEnd);
    connect(m_notice, &StoreNotice::pressed, this, [this] {
        if (m_connections.isEmpty())
            Q_EMIT newConnectionRequested();
        else
            refresh();
    });
    showState();
}

BrowsePage::~BrowsePage()
{
    m_services.state.keep(kSplitterState, m_splitter->saveState());
    m_services.state.keep(kColumnState, m_tableView->horizontalHeader()->saveState());
    delete m_splitter;   // the views before their models
}

QAction *BrowsePage::addNamed(const char *name, const QString &text, const QKeySequence &keys, void (BrowsePage::*slot)())
{
    auto *action = new QAction(text, this);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    addAction(action);
    return action;
}

void BrowsePage::makeActions()
{
    m_up = addNamed("browseUp", tr("Folder &above"), QKeySequence(Qt::ALT | Qt::Key_Up), &BrowsePage::goUp);
    m_up->setIcon(icon(IconName::MoveUp));
    m_refresh = addNamed("browseRefresh", tr("&Refresh"), QKeySequence(Qt::Key_F5), &BrowsePage::refresh);
    m_refresh->setShortcuts({QKeySequence(Qt::Key_F5), QKeySequence(Qt::CTRL | Qt::Key_R)});
    m_refresh->setIcon(icon(IconName::Retry));
    m_openAction = addNamed("browseOpen", tr("&Open folder"), {}, &BrowsePage::openSelected);
    m_properties = addNamed("browseProperties", tr("&Properties"), QKeySequence(Qt::ALT | Qt::Key_Return), &BrowsePage::showProperties);
    m_properties->setIcon(icon(IconName::Details));
    m_copy = addNamed("browseCopyUri", tr("&Copy URI"), QKeySequence(QKeySequence::Copy), &BrowsePage::copyUris);
    m_copy->setIcon(icon(IconName::Copy));
    m_delete = addNamed("browseDelete", tr("&Delete objects…"), QKeySequence(QKeySequence::Delete), &BrowsePage::askToDelete);
    m_delete->setIcon(icon(IconName::Remove));
    m_newBucket = addNamed("browseNewBucket", tr("New &bucket…"), {}, &BrowsePage::newBucket);
    m_newBucket->setIcon(icon(IconName::Bucket));
    m_more = addNamed("browseMore", tr("&Load more"), {}, &BrowsePage::loadMore);
    m_stop = addNamed("browseStop", tr("&Stop deleting"), QKeySequence(Qt::Key_Escape), &BrowsePage::stopDeleting);
    m_focusAddress = addNamed("browseFocusAddress", tr("Go to a&ddress"), QKeySequence(Qt::CTRL | Qt::Key_G), &BrowsePage::focusAddress);
}

void BrowsePage::makeAddressRow()
{
    auto *row = new QHBoxLayout;
    const auto button = [this, row](QAction *action, const char *name) {
        auto *made = new QToolButton;
        made->setObjectName(QString::fromLatin1(name));
        made->setDefaultAction(action);
        made->setAutoRaise(true);
        made->setToolButtonStyle(action == m_newBucket ? Qt::ToolButtonTextBesideIcon : Qt::ToolButtonIconOnly);
        made->setFocusPolicy(Qt::TabFocus);
        made->setAccessibleName(QString(action->text()).remove(QLatin1Char('&')));
        row->addWidget(made);
    };
    m_connectionBox->setObjectName(QStringLiteral("browseConnection"));
    m_connectionBox->setAccessibleName(tr("Connection"));
    m_connectionBox->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_connectionBox->setMinimumContentsLength(12);
    row->addWidget(m_connectionBox);
    button(m_up, "browseUpButton");
    button(m_refresh, "browseRefreshButton");
    m_address->setObjectName(QStringLiteral("browseAddress"));
    m_address->setAccessibleName(tr("Address"));
    m_address->setLayoutDirection(Qt::LeftToRight);   // an address is that in every language
    m_address->setPlaceholderText(tr("s3://bucket/folder/"));
    m_address->setClearButtonEnabled(true);
    row->addWidget(m_address, 1);
    button(m_newBucket, "browseNewBucketButton");
    static_cast<QVBoxLayout *>(layout())->addLayout(row);
    connect(m_connectionBox, &QComboBox::activated, this, &BrowsePage::takeConnection);
    connect(m_address, &QLineEdit::returnPressed, this, &BrowsePage::goToTyped);
}

void BrowsePage::makeViews()
{
    m_treeView->setObjectName(QStringLiteral("prefixTree"));
    m_treeView->setAccessibleName(tr("Buckets and folders"));
    m_treeView->setModel(&m_tree);
    m_treeView->setUniformRowHeights(true);
    m_treeView->setTextElideMode(Qt::ElideMiddle);
    m_treeView->setItemDelegate(new CellDelegate(m_treeView));
    m_tableView->setObjectName(QStringLiteral("objectTable"));
    m_tableView->setAccessibleName(tr("Objects"));
    m_tableView->setModel(&m_order);
    m_tableView->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_tableView->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tableView->setShowGrid(false);
    m_tableView->setItemDelegate(new CellDelegate(m_tableView));
    m_tableView->setWordWrap(false);
    m_tableView->setTextElideMode(Qt::ElideMiddle);
    m_tableView->setTabKeyNavigation(false);
    m_tableView->verticalHeader()->hide();
    m_tableView->verticalHeader()->setDefaultSectionSize(m_tableView->fontMetrics().height() + 8);
    QHeaderView *header = m_tableView->horizontalHeader();
    header->setSectionsMovable(true);
    header->setSortIndicatorClearable(true);
    header->setHighlightSections(false);
    header->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    header->setStretchLastSection(true);
    m_tableView->sortByColumn(-1, Qt::AscendingOrder);
    m_tableView->setSortingEnabled(true);
    const int character = fontMetrics().averageCharWidth();
    m_tableView->setColumnWidth(ObjectTableModel::Name, kNameWidth * character);
    m_tableView->setColumnWidth(ObjectTableModel::Size, kTextWidth * character * 3 / 4);
    m_tableView->setColumnWidth(ObjectTableModel::Modified, kTextWidth * character);
    header->restoreState(m_services.state.kept(kColumnState));
    m_stack->addWidget(m_tableView);
    m_stack->addWidget(m_notice);
    m_notice->setAcceptDrops(true);   // an empty folder shows it
    m_notice->installEventFilter(this);
    m_splitter->setObjectName(QStringLiteral("browseSplitter"));
    m_splitter->addWidget(m_treeView);
    m_splitter->addWidget(m_stack);
    m_splitter->setStretchFactor(1, 1);
    m_splitter->setSizes({kTextWidth * character * 3 / 2, kNameWidth * character * 2});
    m_splitter->restoreState(m_services.state.kept(kSplitterState));
    layout()->addWidget(m_splitter);

    connect(m_treeView, &QTreeView::expanded, &m_tree, &PrefixTreeModel::open);
    connect(m_treeView, &QTreeView::activated, this, [this](const QModelIndex &index) { m_tree.goOn(index); });
    connect(m_treeView, &QTreeView::clicked, this, [this](const QModelIndex &index) { m_tree.goOn(index); });
    connect(m_treeView->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex &current) {
        if (const auto chosen = m_tree.place(current); chosen && *chosen != StorePlace::folderOf(m_place))
            goTo(*chosen);
    });
    connect(m_tableView, &QTableView::activated, this, &BrowsePage::openSelected);
    connect(m_tableView->selectionModel(), &QItemSelectionModel::selectionChanged, this, &BrowsePage::judgeActions);
    connect(&m_order, &QAbstractItemModel::modelReset, this, &BrowsePage::judgeActions);
    connect(m_tableView->verticalScrollBar(), &QScrollBar::valueChanged, this, &BrowsePage::loadMoreAtTheEnd);
    for (QAbstractItemView *view : {static_cast<QAbstractItemView *>(m_treeView), static_cast<QAbstractItemView *>(m_tableView)}) {
        view->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(view, &QWidget::customContextMenuRequested, this, [this, view](const QPoint &at) { showMenu(view->viewport()->mapToGlobal(at)); });
        view->setAcceptDrops(true);
        view->viewport()->setAcceptDrops(true);
        view->viewport()->installEventFilter(this);
    }
}

void BrowsePage::makeFoot()
{
    auto *row = new QHBoxLayout;
    m_foot->setObjectName(QStringLiteral("browseFoot"));
    m_foot->setTextFormat(Qt::PlainText);
    m_moreButton->setObjectName(QStringLiteral("browseMoreButton"));
    m_moreButton->setDefaultAction(m_more);
    m_moreButton->setFocusPolicy(Qt::TabFocus);
    m_progress->setObjectName(QStringLiteral("browseProgress"));
    m_progress->setAccessibleName(tr("Deleting"));
    m_progress->setTextVisible(false);
    m_progress->setMaximumWidth(kTextWidth * fontMetrics().averageCharWidth());
    m_stopButton->setObjectName(QStringLiteral("browseStopButton"));
    m_stopButton->setDefaultAction(m_stop);
    m_stopButton->setFocusPolicy(Qt::TabFocus);
    row->addWidget(m_foot, 1);
    row->addWidget(m_moreButton);
    row->addWidget(m_progress);
    row->addWidget(m_stopButton);
    static_cast<QVBoxLayout *>(layout())->addLayout(row);
}

void BrowsePage::setConnections(const QList<NamedConnection> &connections)
{
    const NamedConnection *before = connection();
    const QByteArray id = before ? before->id : m_services.state.kept(kConnectionState);
    const QByteArray record = before ? before->record.id : QByteArray();
    m_connections = connections;
    m_connectionBox->clear();
    for (const NamedConnection &known : m_connections)
        m_connectionBox->addItem(icon(IconName::Connection), displayName(known.name.toUtf8()), known.id);
    m_connectionBox->setCurrentIndex(std::max(m_connectionBox->findData(id), m_connections.isEmpty() ? -1 : 0));
    const NamedConnection *now = connection();
    if (!now || now->record.id != record || !m_listings.connection())
        takeConnection();
}

const NamedConnection *BrowsePage::connection() const
{
    const int index = m_connectionBox->currentIndex();
    return index >= 0 && index < m_connections.size() ? &m_connections.at(index) : nullptr;
}

void BrowsePage::takeConnection()
{
    const NamedConnection *chosen = connection();
    m_place = {};
    m_listings.setConnection(chosen ? std::optional(chosen->record) : std::nullopt);
    m_table.show({});
    showAddress();
    if (chosen)
        m_services.state.keep(kConnectionState, chosen->id);
    if (chosen && m_isOpened) {
        m_listings.askBuckets();
        if (!chosen->bucket.isEmpty())
            goTo({chosen->bucket, chosen->prefix});
    }
    showState();
}

void BrowsePage::open(const QByteArray &connectionId, const ObjectAddress &place)
{
    m_isOpened = true;
    if (const int index = m_connectionBox->findData(connectionId); index >= 0 && index != m_connectionBox->currentIndex()) {
        m_connectionBox->setCurrentIndex(index);
        takeConnection();
    }
    goTo(place);
}

void BrowsePage::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    if (!std::exchange(m_isOpened, true))
        takeConnection();
}

void BrowsePage::goTo(const ObjectAddress &place)
{
    if (!connection())
        return;
    m_place = place;
    const PlaceListing::State state = m_listings.of(place).state;
    m_table.show(place);
    m_tableView->scrollToTop();
    if (state == PlaceListing::State::Unasked || state == PlaceListing::State::Failed)
        m_listings.loadMore(place);
    const QModelIndex inTree = m_tree.reveal(place);
    m_treeView->setCurrentIndex(inTree);
    m_treeView->scrollTo(inTree);
    if (inTree.isValid() && m_listings.of(StorePlace::folderOf(place)).state != PlaceListing::State::Unasked)
        m_treeView->expand(inTree);
    showAddress();
    showState();
}

void BrowsePage::goToTyped()
{
    const StorePlace::Reading typed = StorePlace::read(m_address->text());
    // An address that was not edited may show what text cannot carry.
    if (m_address->text() == StorePlace::text(m_place) && !m_place.bucket.isEmpty())
        refresh();
    else if (typed.place)
        goTo(*typed.place);
    else
        Q_EMIT said(typed.refusal);
    m_address->setToolTip(typed.refusal);
}

void BrowsePage::goUp()
{
    goTo(StorePlace::parentOf(m_place));
}

void BrowsePage::openSelected()
{
    const QModelIndexList rows = selectedRows();
    if (rows.size() != 1)
        return;
    const int row = rows.first().row();
    if (m_table.isPrefix(row))
        goTo(m_table.address(row));
    else
        showProperties();
}

void BrowsePage::refresh()
{
    const PlaceListing::State state = m_listings.bucketsState();
    if (m_place.bucket.isEmpty() || state == PlaceListing::State::Failed)
        m_listings.askBuckets();
    if (!m_place.bucket.isEmpty())
        m_listings.refresh(m_place);
}

void BrowsePage::loadMore()
{
    m_listings.loadMore(m_place);
}

void BrowsePage::loadMoreAtTheEnd()
{
    const QScrollBar *bar = m_tableView->verticalScrollBar();
    // Only where somebody scrolled: a page must not pull the next one by itself.
    if (bar->maximum() > 0 && bar->value() == bar->maximum() && m_listings.of(m_place).state == PlaceListing::State::Partial)
        m_listings.loadMore(m_place);
}

void BrowsePage::focusAddress()
{
    m_address->setFocus(Qt::ShortcutFocusReason);
    m_address->selectAll();
}

void BrowsePage::showAddress()
{
    m_address->setText(m_place.bucket.isEmpty() ? QString() : StorePlace::text(m_place));
    m_address->setCursorPosition(0);
}

void BrowsePage::showState()
{
    const PlaceListing &listing = m_listings.of(m_place);
    const bool isEmpty = m_table.rowCount() == 0 && listing.prefixes.isEmpty() && listing.objects.isEmpty();
    bool showsNotice = true;
    if (m_connections.isEmpty())
        m_notice->say(tr("No connection yet"), tr("A connection says where a store is and who you are there."), tr("Add a connection…"));
    else if (m_place.bucket.isEmpty() && m_listings.bucketsState() == PlaceListing::State::Failed && m_listings.bucketsError()->kind != ErrorKind::AccessDenied)
        m_notice->say(*m_listings.bucketsError());
    else if (m_place.bucket.isEmpty() && m_listings.bucketsState() == PlaceListing::State::Loading)
        m_notice->say(tr("Asking the store for its buckets…"), {});
    else if (m_place.bucket.isEmpty())
        m_notice->say(tr("Choose a bucket"), tr("Choose one from the list, or type its address above, like s3://bucket/folder/."));
    else if (isEmpty && listing.state == PlaceListing::State::Loading)
        m_notice->say(tr("Reading the folder…"), {});
    else if (isEmpty && listing.state == PlaceListing::State::Failed)
        m_notice->say(*listing.error);
    else if (isEmpty && listing.state == PlaceListing::State::Whole)
        m_notice->say(tr("Nothing here"), tr("Drop files here to upload them to this folder."));
    else
        showsNotice = false;
    m_stack->setCurrentWidget(showsNotice ? static_cast<QWidget *>(m_notice) : m_tableView);
    showFoot();
    judgeActions();
}

void BrowsePage::showFoot()
{
    const PlaceListing &listing = m_listings.of(m_place);
    const bool isDeleting = m_removal.isRunning();
    const QLocale locale;
    if (isDeleting) {
        m_foot->setText(tr("Deleting objects: %1 of %2 are gone.").arg(locale.toString(m_removal.removed()), locale.toString(m_removal.total())));
        m_progress->setRange(0, m_removal.total());
        m_progress->setValue(m_removal.removed());
    } else if (m_stack->currentWidget() == m_notice) {
        m_foot->setText({});
    } else if (listing.state == PlaceListing::State::Failed) {
        m_foot->setText(tr("This is not all: the next page could not be read. %1", "%1 is a sentence").arg(ErrorText::cause(*listing.error)));
    } else {
        const QString folders = tr("%n folder(s)", "", static_cast<int>(listing.prefixes.size()));
        const QString objects = tr("%n object(s)", "", static_cast<int>(listing.objects.size()));
        m_foot->setText(listing.state == PlaceListing::State::Whole ? tr("%1, %2", "folders, objects").arg(folders, objects)
                                                                    : tr("%1, %2, and there are more.", "folders, objects").arg(folders, objects));
    }
    const bool isShowing = m_stack->currentWidget() == m_tableView;
    m_more->setEnabled(isShowing && (listing.state == PlaceListing::State::Partial || listing.state == PlaceListing::State::Failed));
    m_moreButton->setVisible(!isDeleting && m_more->isEnabled());
    m_progress->setVisible(isDeleting);
    m_stopButton->setVisible(isDeleting);
    m_stop->setEnabled(isDeleting);
}

}  // namespace packmule
