#pragma once

#include <QAbstractTableModel>

namespace packmule {

class ShortcutBook;

/// The shortcut book as a table: what, keys. The keys can be edited. Thread: GUI. The book outlives it.
class ShortcutModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { What, Keys, kColumns };

    explicit ShortcutModel(ShortcutBook &book, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ShortcutBook &m_book;
};

}  // namespace packmule
