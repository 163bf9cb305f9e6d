#include "ui/browse/PrefixTreeModel.h"

#include "core/base/Redaction.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Icons.h"

#include <algorithm>

namespace packmule {

PrefixTreeModel::PrefixTreeModel(StoreListings &listings, QObject *parent)
    : QAbstractItemModel(parent), m_listings(listings), m_root(std::make_unique<Node>())
{
    connect(&m_listings, &StoreListings::connectionChanged, this, &PrefixTreeModel::reset);
    connect(&m_listings, &StoreListings::bucketsChanged, this, &PrefixTreeModel::takeBuckets);
    connect(&m_listings, &StoreListings::stateChanged, this, &PrefixTreeModel::takeLevel);
    takeBuckets();
}

PrefixTreeModel::~PrefixTreeModel() = default;

const PrefixTreeModel::Node &PrefixTreeModel::node(const QModelIndex &index) const
{
    return index.isValid() ? *static_cast<const Node *>(index.constInternalPointer()) : *m_root;
}

QModelIndex PrefixTreeModel::indexOf(const Node &node) const
{
    if (!node.parent)
        return {};
    const auto &row = node.parent->children;
    const auto found = std::ranges::find(row, &node, [](const auto &child) { return child.get(); });
    return createIndex(static_cast<int>(found - row.begin()), 0, &node);
}

/// The children that are places; a note comes after them.
std::size_t PrefixTreeModel::places(const Node &node)
{
    return node.children.size() - (!node.children.empty() && node.children.back()->kind == Node::Kind::Note ? 1 : 0);
}

PrefixTreeModel::Node *PrefixTreeModel::childOf(const Node &parent, const ObjectAddress &place) const
{
    const auto end = parent.children.begin() + static_cast<std::ptrdiff_t>(places(parent));
    const auto found = std::lower_bound(parent.children.begin(), end, place, [](const auto &child, const ObjectAddress &wanted) { return child->place < wanted; });
    return found != end && (*found)->place == place ? found->get() : nullptr;
}

PrefixTreeModel::Node *PrefixTreeModel::find(const ObjectAddress &place) const
{
    Node *at = childOf(*m_root, {place.bucket, {}});
    qsizetype length = 0;
    while (at && length < place.key.size()) {
        length = place.key.indexOf('/', length) + 1;
        if (length == 0)
            return nullptr;
        at = childOf(*at, {place.bucket, place.key.left(length)});
    }
    return at;
}

PrefixTreeModel::Node *PrefixTreeModel::insert(Node &parent, const ObjectAddress &place)
{
    const auto end = parent.children.begin() + static_cast<std::ptrdiff_t>(places(parent));
    const auto where = std::lower_bound(parent.children.begin(), end, place, [](const auto &child, const ObjectAddress &wanted) { return child->place < wanted; });
    const int row = static_cast<int>(where - parent.children.begin());
    auto made = std::make_unique<Node>();
    made->kind = Node::Kind::Place;
    made->place = place;
    made->parent = &parent;
    Node *const inserted = made.get();
    beginInsertRows(indexOf(parent), row, row);
    parent.children.insert(where, std::move(made));
    endInsertRows();
    return inserted;
}

QModelIndex PrefixTreeModel::reveal(const ObjectAddress &place)
{
    if (place.bucket.isEmpty())
        return {};
    m_listings.addBucket(place.bucket);
    Node *at = childOf(*m_root, {place.bucket, {}});
    if (!at)
        return {};
    const QByteArray folder = StorePlace::folderOf(place).key;
    for (qsizetype length = folder.indexOf('/') + 1; length > 0; length = folder.indexOf('/', length) + 1) {
        const ObjectAddress level{place.bucket, folder.left(length)};
        Node *child = childOf(*at, level);
        if (!child)
            child = insert(*at, level);
        child->isRevealed = true;
        at = child;
    }
    return indexOf(*at);
}

void PrefixTreeModel::open(const QModelIndex &index)
{
    const Node &there = node(index);
    if (there.kind == Node::Kind::Place && stateOf(there) == PlaceListing::State::Unasked)
        m_listings.loadMore(there.place);
}

void PrefixTreeModel::goOn(const QModelIndex &index)
{
    if (!index.isValid() || node(index).kind != Node::Kind::Note)
        return;
    const Node &level = *node(index).parent;
    if (&level == m_root.get())
        m_listings.askBuckets();
    else
        m_listings.loadMore(level.place);
}

std::optional<ObjectAddress> PrefixTreeModel::place(const QModelIndex &index) const
{
    const Node &there = node(index);
    return there.kind == Node::Kind::Place ? std::optional(there.place) : std::nullopt;
}

void PrefixTreeModel::reset()
{
    beginResetModel();
    m_root = std::make_unique<Node>();
    endResetModel();
    takeBuckets();
}

void PrefixTreeModel::takeBuckets()
{
    QList<ObjectAddress> level;
    for (const QByteArray &bucket : m_listings.buckets())
        level.append({bucket, {}});
    mergeLevel(*m_root, level, true);
    setNote(*m_root, !noteText(*m_root).isEmpty());
}

void PrefixTreeModel::takeLevel(const ObjectAddress &place)
{
    Node *const level = find(place);
    if (!level)
        return;
    const PlaceListing &listing = m_listings.of(place);
    if (listing.state == PlaceListing::State::Partial || listing.state == PlaceListing::State::Whole) {
        QList<ObjectAddress> prefixes;
        for (const QByteArray &prefix : listing.prefixes)
            prefixes.append({place.bucket, prefix});
        std::sort(prefixes.begin(), prefixes.end());   // not every store keeps to the order
        prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
        mergeLevel(*level, prefixes, listing.state == PlaceListing::State::Whole);
    }
    setNote(*level, !noteText(*level).isEmpty());
    const QModelIndex index = indexOf(*level);
    Q_EMIT dataChanged(index, index);   // it may have lost its children
}

/// Makes the children those of the level, and leaves alone what stays, so that what is open stays open.
void PrefixTreeModel::mergeLevel(Node &parent, const QList<ObjectAddress> &level, bool isWhole)
{
    for (std::size_t row = places(parent); row-- > 0;) {
        const Node &child = *parent.children[row];
        const bool isBeyond = !isWhole && (level.isEmpty() || child.place > level.last());
        if (child.isRevealed || isBeyond || std::binary_search(level.begin(), level.end(), child.place))
            continue;
        beginRemoveRows(indexOf(parent), static_cast<int>(row), static_cast<int>(row));
        parent.children.erase(parent.children.begin() + static_cast<std::ptrdiff_t>(row));
        endRemoveRows();
    }
    for (const ObjectAddress &place : level) {
        if (!childOf(parent, place))
            insert(parent, place);
    }
}

void PrefixTreeModel::setNote(Node &parent, bool isThere)
{
    const std::size_t row = places(parent);
    const bool wasThere = row < parent.children.size();
    if (wasThere == isThere) {
        if (isThere)
            Q_EMIT dataChanged(indexOf(*parent.children.back()), indexOf(*parent.children.back()));
        return;
    }
    const int number = static_cast<int>(row);
    if (isThere) {
        auto note = std::make_unique<Node>();
        note->kind = Node::Kind::Note;
        note->parent = &parent;
        beginInsertRows(indexOf(parent), number, number);
        parent.children.push_back(std::move(note));
        endInsertRows();
    } else {
        beginRemoveRows(indexOf(parent), number, number);
        parent.children.pop_back();
        endRemoveRows();
    }
}

PlaceListing::State PrefixTreeModel::stateOf(const Node &node) const
{
    return &node == m_root.get() ? m_listings.bucketsState() : m_listings.of(node.place).state;
}

QString PrefixTreeModel::noteText(const Node &level) const
{
    const bool isRoot = &level == m_root.get();
    const PlaceListing &listing = m_listings.of(level.place);
    // A refresh of what is shown already says nothing: it would only flicker.
    const bool isRefresh = isRoot ? places(level) > 0 : listing.nextToken.isEmpty() && !(listing.prefixes.isEmpty() && listing.objects.isEmpty());
    switch (stateOf(level)) {
    case PlaceListing::State::Unasked:
    case PlaceListing::State::Whole: return {};
    case PlaceListing::State::Loading: return isRefresh ? QString() : tr("Loading…");
    case PlaceListing::State::Partial: return tr("Load more…");
    case PlaceListing::State::Failed: break;
    }
    const std::optional<Error> &error = isRoot ? m_listings.bucketsError() : listing.error;
    if (isRoot && error && error->kind == ErrorKind::AccessDenied)
        return tr("Buckets may not be listed. Type s3://bucket/ above.");
    return error ? ErrorText::cause(*error) : QString();
}

QString PrefixTreeModel::name(const Node &node) const
{
    if (node.kind == Node::Kind::Note)
        return noteText(*node.parent);
    return node.place.key.isEmpty() ? displayName(node.place.bucket) : StorePlace::nameBelow(node.place.key, StorePlace::parentOf(node.place).key);
}

QModelIndex PrefixTreeModel::index(int row, int column, const QModelIndex &parent) const
{
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, node(parent).children[static_cast<std::size_t>(row)].get());
}

QModelIndex PrefixTreeModel::parent(const QModelIndex &index) const
{
    return index.isValid() ? indexOf(*node(index).parent) : QModelIndex();
}

int PrefixTreeModel::rowCount(const QModelIndex &parent) const
{
    return parent.column() > 0 ? 0 : static_cast<int>(node(parent).children.size());
}

int PrefixTreeModel::columnCount(const QModelIndex &) const
{
    return 1;
}

/// A level that nobody has asked for may have some.
bool PrefixTreeModel::hasChildren(const QModelIndex &parent) const
{
    const Node &there = node(parent);
    return rowCount(parent) > 0 || (there.kind == Node::Kind::Place && stateOf(there) == PlaceListing::State::Unasked);
}

QVariant PrefixTreeModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Node &there = node(index);
    if (role == Qt::DisplayRole)
        return name(there);
    if (role == Qt::ToolTipRole)
        return there.kind == Node::Kind::Place ? StorePlace::text(there.place) : name(there);
    if (role == Qt::DecorationRole && there.kind == Node::Kind::Place)
        return icon(there.place.key.isEmpty() ? IconName::Bucket : IconName::Folder);
    return {};
}

QVariant PrefixTreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return section == 0 && orientation == Qt::Horizontal && role == Qt::DisplayRole ? QVariant(tr("Buckets and folders")) : QVariant();
}

Qt::ItemFlags PrefixTreeModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return Qt::NoItemFlags;
    return node(index).kind == Node::Kind::Place ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDropEnabled
                                                 : Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemNeverHasChildren;
}

}  // namespace packmule
