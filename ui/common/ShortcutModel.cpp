#include "ui/common/ShortcutModel.h"

#include "ui/common/ShortcutBook.h"

namespace packmule {

ShortcutModel::ShortcutModel(ShortcutBook &book, QObject *parent) : QAbstractTableModel(parent), m_book(book)
{
    connect(&book, &ShortcutBook::changed, this, [this] {
        if (rowCount() > 0)
            Q_EMIT dataChanged(index(0, Keys), index(rowCount() - 1, Keys));
    });
}

int ShortcutModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_book.actions().size());
}

int ShortcutModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : kColumns;
}

QVariant ShortcutModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || (role != Qt::DisplayRole && role != Qt::EditRole))
        return {};
    if (index.column() == What) {
        QString text = m_book.actions().at(index.row())->text();
        return text.remove(QLatin1Char('&')).remove(QChar(0x2026));
    }
    const QKeySequence keys = m_book.keysOf(index.row());
    return role == Qt::EditRole ? QVariant::fromValue(keys) : QVariant(keys.toString(QKeySequence::NativeText));
}

bool ShortcutModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (role != Qt::EditRole || !checkIndex(index, CheckIndexOption::IndexIsValid) || index.column() != Keys)
        return false;
    m_book.assign(index.row(), value.value<QKeySequence>());
    return true;
}

Qt::ItemFlags ShortcutModel::flags(const QModelIndex &index) const
{
    if (!index.isValid())
        return QAbstractTableModel::flags(index);
    const Qt::ItemFlags flags = QAbstractTableModel::flags(index) | Qt::ItemNeverHasChildren;
    return index.column() == Keys ? flags | Qt::ItemIsEditable : flags;
}

QVariant ShortcutModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == What ? tr("Action") : tr("Keys", "keyboard shortcut");
}

}  // namespace packmule
