#include "ui/browse/ObjectTableModel.h"

#include "core/base/Redaction.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/AmountText.h"
#include "ui/common/Icons.h"

namespace packmule {

ObjectTableModel::ObjectTableModel(StoreListings &listings, QObject *parent) : QAbstractTableModel(parent), m_listings(listings)
{
    connect(&m_listings, &StoreListings::replaced, this, &ObjectTableModel::replace);
    connect(&m_listings, &StoreListings::grown, this, &ObjectTableModel::grow);
    connect(&m_listings, &StoreListings::connectionChanged, this, [this] { show({}); });
}

void ObjectTableModel::show(const ObjectAddress &place)
{
    beginResetModel();
    m_place = place;
    m_folder = StorePlace::folderOf(place).key;
    m_prefixes = m_listings.of(place).prefixes;
    m_objects = m_listings.of(place).objects;
    endResetModel();
}

void ObjectTableModel::replace(const ObjectAddress &place)
{
    if (place != m_place)
        return;
    const PlaceListing &listing = m_listings.of(place);
    const auto isSame = [](const ObjectSummary &a, const ObjectSummary &b) {
        return a.key == b.key && a.eTag == b.eTag && a.size == b.size && a.lastModified == b.lastModified && a.storageClass == b.storageClass;
    };
    // Nothing new: selection and scroll position stay.
    if (listing.prefixes == m_prefixes && std::equal(m_objects.begin(), m_objects.end(), listing.objects.begin(), listing.objects.end(), isSame))
        return;
    show(place);
}

void ObjectTableModel::grow(const ObjectAddress &place, qsizetype prefixesBefore, qsizetype objectsBefore)
{
    if (place != m_place)
        return;
    const PlaceListing &listing = m_listings.of(place);
    if (listing.prefixes.size() > prefixesBefore) {
        beginInsertRows({}, static_cast<int>(prefixesBefore), static_cast<int>(listing.prefixes.size()) - 1);
        m_prefixes = listing.prefixes;
        endInsertRows();
    }
    if (listing.objects.size() > objectsBefore) {
        const qsizetype first = m_prefixes.size() + objectsBefore;
        beginInsertRows({}, static_cast<int>(first), static_cast<int>(m_prefixes.size() + listing.objects.size()) - 1);
        m_objects = listing.objects;
        endInsertRows();
    }
}

ObjectAddress ObjectTableModel::address(int row) const
{
    return {m_place.bucket, isPrefix(row) ? m_prefixes.at(row) : m_objects.at(row - m_prefixes.size()).key};
}

int ObjectTableModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_prefixes.size() + m_objects.size());
}

int ObjectTableModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QString ObjectTableModel::prefixText(int row, int column) const
{
    return column == Name ? StorePlace::nameBelow(m_prefixes.at(row), m_folder) : QString();
}

QString ObjectTableModel::objectText(const ObjectSummary &object, int column) const
{
    switch (column) {
    case Name: return StorePlace::nameBelow(object.key, m_folder);
    case Size: return AmountText::bytes(object.size);
    case Modified: return object.lastModified == WallTime{} ? QString() : AmountText::time(object.lastModified);
    case StorageClass: return displayName(object.storageClass);
    }
    return {};
}

QVariant ObjectTableModel::sortValue(int row, int column) const
{
    if (isPrefix(row))
        return m_prefixes.at(row);
    const ObjectSummary &object = m_objects.at(row - m_prefixes.size());
    switch (column) {
    case Name: return object.key;
    case Size: return object.size.value();
    case Modified: return static_cast<qint64>(object.lastModified.time_since_epoch().count());
    case StorageClass: return object.storageClass;
    }
    return {};
}

QVariant ObjectTableModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const int row = index.row();
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole: return isPrefix(row) ? prefixText(row, column) : objectText(m_objects.at(row - m_prefixes.size()), column);
    case Qt::DecorationRole: return column == Name ? QVariant(icon(isPrefix(row) ? IconName::Folder : IconName::File)) : QVariant();
    case Qt::ToolTipRole: return column == Name ? QVariant(StorePlace::text(address(row))) : QVariant();
    case Qt::AccessibleTextRole:
        return column == Name && isPrefix(row) ? QVariant(tr("Folder %1").arg(prefixText(row, column))) : QVariant();
    case Qt::TextAlignmentRole: return column == Size ? QVariant::fromValue(Qt::AlignTrailing | Qt::AlignVCenter) : QVariant();
    case kSortRole: return sortValue(row, column);
    }
    return {};
}

QVariant ObjectTableModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return role == Qt::TextAlignmentRole && section == Size ? QVariant::fromValue(Qt::AlignTrailing | Qt::AlignVCenter) : QVariant();
    switch (section) {
    case Name: return tr("Name", "column");
    case Size: return tr("Size", "column");
    case Modified: return tr("Modified", "column");
    case StorageClass: return tr("Class", "column: storage class");
    }
    return {};
}

ObjectOrder::ObjectOrder(ObjectTableModel &table, QObject *parent) : QSortFilterProxyModel(parent), m_table(table)
{
    setSourceModel(&m_table);
    setSortRole(ObjectTableModel::kSortRole);
    setDynamicSortFilter(true);
}

bool ObjectOrder::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const bool isLeftPrefix = m_table.isPrefix(left.row());
    if (isLeftPrefix != m_table.isPrefix(right.row()))
        return isLeftPrefix == (sortOrder() == Qt::AscendingOrder);
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    // Names by their bytes, as the store itself orders them.
    if (a.typeId() == QMetaType::QByteArray)
        return a.toByteArray() < b.toByteArray();
    return a.toLongLong() < b.toLongLong();
}

}  // namespace packmule
