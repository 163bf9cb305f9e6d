#include "ui/unfinished/UnfinishedModel.h"

#include "core/base/Clock.h"
#include "core/base/Redaction.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/AmountText.h"

#include <QLocale>

#include <algorithm>
#include <functional>
#include <limits>

namespace packmule {

UnfinishedModel::UnfinishedModel(const Clock &clock, QObject *parent) : QAbstractTableModel(parent), m_clock(clock)
{
}

const UnfinishedRow *UnfinishedModel::find(const Id &id) const
{
    const auto found = m_numbers.find(id);
    return found == m_numbers.end() ? nullptr : &m_rows.at(*found);
}

void UnfinishedModel::number()
{
    m_numbers.clear();
    for (int row = 0; row < m_rows.size(); ++row)
        m_numbers.insert(idOf(m_rows.at(row).upload), row);
}

void UnfinishedModel::replace(const QList<UnfinishedUpload> &uploads)
{
    QList<UnfinishedRow> rows;
    for (const UnfinishedUpload &upload : uploads) {
        const UnfinishedRow *before = find(idOf(upload));
        UnfinishedRow row = before ? *before : UnfinishedRow{};
        row.upload = upload;
        rows.append(row);
    }
    beginResetModel();
    m_rows = rows;
    number();
    endResetModel();
}

void UnfinishedModel::append(const QList<UnfinishedUpload> &uploads)
{
    QList<UnfinishedRow> rows;
    for (const UnfinishedUpload &upload : uploads) {
        if (!m_numbers.contains(idOf(upload)))
            rows.append({.upload = upload});
    }
    if (rows.isEmpty())
        return;
    beginInsertRows({}, static_cast<int>(m_rows.size()), static_cast<int>(m_rows.size() + rows.size()) - 1);
    m_rows.append(rows);
    number();
    endInsertRows();
}

void UnfinishedModel::remove(const QList<Id> &ids)
{
    QList<int> rows;
    for (const Id &id : ids) {
        if (const auto found = m_numbers.constFind(id); found != m_numbers.constEnd())
            rows.append(*found);
    }
    std::sort(rows.begin(), rows.end(), std::greater<>());
    for (const int row : std::as_const(rows)) {
        beginRemoveRows({}, row, row);
        m_numbers.remove(idOf(m_rows.at(row).upload));
        m_rows.removeAt(row);
        endRemoveRows();
    }
    number();
}

void UnfinishedModel::change(const QList<Id> &ids, const std::function<void(UnfinishedRow &)> &change)
{
    int first = rowCount();
    int last = -1;
    for (const Id &id : ids) {
        const auto found = m_numbers.constFind(id);
        if (found == m_numbers.constEnd())
            continue;
        change(m_rows[*found]);
        first = std::min(first, *found);
        last = std::max(last, *found);
    }
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, kColumns - 1));
}

void UnfinishedModel::setRules(const std::optional<QList<AbortRule>> &rules)
{
    m_rules = rules;
    tellColumn(Deleted);
}

void UnfinishedModel::setPrice(double pricePerGib)
{
    m_price = pricePerGib;
    tellColumn(Cost);
}

void UnfinishedModel::age()
{
    tellColumn(Age);
}

void UnfinishedModel::tellColumn(int column)
{
    if (!m_rows.isEmpty())
        Q_EMIT dataChanged(index(0, column), index(static_cast<int>(m_rows.size()) - 1, column));
}

int UnfinishedModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int UnfinishedModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

std::optional<WallTime> UnfinishedModel::deletion(const UnfinishedRow &row) const
{
    return m_rules ? abortTime(*m_rules, row.upload.object.key, row.upload.initiated) : std::nullopt;
}

QString UnfinishedModel::deletedText(const UnfinishedRow &row) const
{
    if (!m_rules)
        return {};
    const auto when = deletion(row);
    return when ? AmountText::time(*when) : tr("never", "deleted by a rule of the bucket");
}

QString UnfinishedModel::countedText(const UnfinishedRow &row, int column) const
{
    switch (row.counting) {
    case UnfinishedRow::Counting::No:
    case UnfinishedRow::Counting::UnderWay: return tr("…", "being counted");
    case UnfinishedRow::Counting::Failed: return tr("not known", "the parts could not be counted");
    case UnfinishedRow::Counting::Done: break;
    }
    if (column == Parts)
        return QLocale().toString(row.parts);
    return column == Bytes ? AmountText::bytes(row.bytes) : UnfinishedText::cost(UnfinishedText::monthlyCost(row.bytes, m_price));
}

QString UnfinishedModel::text(const UnfinishedRow &row, int column) const
{
    switch (column) {
    case Object: return displayName(row.upload.object.key);
    case Started: return AmountText::time(row.upload.initiated);
    case Age: return UnfinishedText::age(row.upload.initiated, m_clock.wallNow());
    case Parts:
    case Bytes:
    case Cost: return countedText(row, column);
    case Deleted: return deletedText(row);
    case Transfer:
        if (row.isAborting)
            return tr("Being aborted…");
        return row.neededBy != 0 ? tr("A transfer in your list") : QString();
    }
    return {};
}

QString UnfinishedModel::hint(const UnfinishedRow &row, int column) const
{
    if (column == Object)
        return StorePlace::text(row.upload.object);
    return column == Transfer && row.neededBy != 0 ? tr("Transfer %1 in your list goes on with this upload.").arg(QLocale().toString(row.neededBy)) : QString();
}

QVariant UnfinishedModel::sortValue(const UnfinishedRow &row, int column) const
{
    const qint64 begun = row.upload.initiated.time_since_epoch().count();
    const bool isCounted = row.counting == UnfinishedRow::Counting::Done;
    switch (column) {
    case Object: return row.upload.object.key;
    case Started: return begun;
    case Age: return -begun;
    case Parts: return isCounted ? qint64{row.parts} : qint64{-1};
    case Bytes:
    case Cost: return isCounted ? row.bytes.value() : qint64{-1};
    case Deleted: {
        const auto when = deletion(row);
        return when ? static_cast<qint64>(when->time_since_epoch().count()) : std::numeric_limits<qint64>::max();
    }
    case Transfer: return row.neededBy;
    }
    return {};
}

QVariant UnfinishedModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const UnfinishedRow &row = m_rows.at(index.row());
    const int column = index.column();
    const bool isNumber = column == Parts || column == Bytes || column == Cost;
    switch (role) {
    case Qt::DisplayRole: return text(row, column);
    case Qt::ToolTipRole: return hint(row, column);
    case Qt::TextAlignmentRole: return isNumber ? QVariant::fromValue(Qt::AlignTrailing | Qt::AlignVCenter) : QVariant();
    case kSortRole: return sortValue(row, column);
    }
    return {};
}

QVariant UnfinishedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole && (section == Parts || section == Bytes || section == Cost))
        return QVariant::fromValue(Qt::AlignTrailing | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    const bool isHint = role == Qt::ToolTipRole;
    switch (section) {
    case Object: return isHint ? tr("What the upload is to become") : tr("Object", "column");
    case Started: return isHint ? QString() : tr("Started", "column");
    case Age: return isHint ? QString() : tr("Age", "column");
    case Parts: return isHint ? tr("Parts that the store has; they are counted when a row comes into view") : tr("Parts", "column");
    case Bytes: return isHint ? tr("What these parts take up in the store") : tr("Size", "column");
    case Cost: return isHint ? tr("At the price of the settings") : tr("Cost a month", "column");
    case Deleted: return isHint ? tr("When a rule of the bucket deletes the upload") : tr("Deleted by the bucket", "column");
    case Transfer: return isHint ? tr("Whether one of your transfers goes on with it") : tr("Belongs to", "column");
    }
    return {};
}

UnfinishedOrder::UnfinishedOrder(UnfinishedModel &model, QObject *parent) : QSortFilterProxyModel(parent)
{
    setSourceModel(&model);
    setSortRole(UnfinishedModel::kSortRole);
    setFilterKeyColumn(UnfinishedModel::Object);
    setFilterCaseSensitivity(Qt::CaseInsensitive);
}

bool UnfinishedOrder::lessThan(const QModelIndex &left, const QModelIndex &right) const
{
    const QVariant a = left.data(sortRole());
    const QVariant b = right.data(sortRole());
    if (a.typeId() == QMetaType::QByteArray)
        return a.toByteArray() < b.toByteArray();
    return a.toLongLong() < b.toLongLong();
}

}  // namespace packmule
