#pragma once

#include "ui/browse/StoreListings.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>

namespace packmule {

/// What is directly below one place, as far as it has been read: prefixes first, then objects. Thread: GUI.
class ObjectTableModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Size, Modified, StorageClass, kColumns };
    static constexpr int kSortRole = Qt::UserRole;

    explicit ObjectTableModel(StoreListings &listings, QObject *parent = nullptr);

    void show(const ObjectAddress &place);
    const ObjectAddress &place() const { return m_place; }

    bool isPrefix(int row) const { return row < m_prefixes.size(); }
    ObjectAddress address(int row) const;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void replace(const ObjectAddress &place);
    void grow(const ObjectAddress &place, qsizetype prefixesBefore, qsizetype objectsBefore);
    QString prefixText(int row, int column) const;
    QString objectText(const ObjectSummary &object, int column) const;
    QVariant sortValue(int row, int column) const;

    StoreListings &m_listings;
    ObjectAddress m_place;
    QByteArray m_folder;               ///< names are shown below it
    QList<QByteArray> m_prefixes;
    QList<ObjectSummary> m_objects;
};

/// Sorts what is there; prefixes stay together before the objects, in either order.
class ObjectOrder : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit ObjectOrder(ObjectTableModel &table, QObject *parent = nullptr);

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;

private:
    ObjectTableModel &m_table;
};

}  // namespace packmule
