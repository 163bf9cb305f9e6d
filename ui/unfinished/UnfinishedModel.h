#pragma once

#include "core/transfer/AbortRule.h"
#include "ui/unfinished/UnfinishedRow.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QSortFilterProxyModel>

#include <functional>

namespace packmule {

class Clock;

/// The unfinished uploads of one bucket. Rows are known by key and upload id, since others may vanish. Thread: GUI.
class UnfinishedModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Object, Started, Age, Parts, Bytes, Cost, Deleted, Transfer, kColumns };
    static constexpr int kSortRole = Qt::UserRole;
    using Id = std::pair<QByteArray, QByteArray>;   ///< key, upload id

    explicit UnfinishedModel(const Clock &clock, QObject *parent = nullptr);

    static Id idOf(const UnfinishedUpload &upload) { return {upload.object.key, upload.uploadId}; }
    const UnfinishedRow &row(int row) const { return m_rows.at(row); }
    const UnfinishedRow *find(const Id &id) const;

    /// Others than before; what was counted of those that are still there stays.
    void replace(const QList<UnfinishedUpload> &uploads);
    void append(const QList<UnfinishedUpload> &uploads);
    void remove(const QList<Id> &ids);
    /// Changes the rows that are still there.
    void change(const QList<Id> &ids, const std::function<void(UnfinishedRow &)> &change);
    /// nullopt: not known (yet, or not to be read).
    void setRules(const std::optional<QList<AbortRule>> &rules);
    void setPrice(double pricePerGib);
    /// Ages are a minute older.
    void age();

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

private:
    void tellColumn(int column);
    void number();
    QString text(const UnfinishedRow &row, int column) const;
    QString countedText(const UnfinishedRow &row, int column) const;
    QString deletedText(const UnfinishedRow &row) const;
    QString hint(const UnfinishedRow &row, int column) const;
    QVariant sortValue(const UnfinishedRow &row, int column) const;
    std::optional<WallTime> deletion(const UnfinishedRow &row) const;

    const Clock &m_clock;
    QList<UnfinishedRow> m_rows;
    QHash<Id, int> m_numbers;
    std::optional<QList<AbortRule>> m_rules;
    double m_price = 0;
};

/// Sorts by number, not by text; filters by the object's name.
class UnfinishedOrder : public QSortFilterProxyModel
{
    Q_OBJECT

public:
    explicit UnfinishedOrder(UnfinishedModel &model, QObject *parent = nullptr);

protected:
    bool lessThan(const QModelIndex &left, const QModelIndex &right) const override;
};

}  // namespace packmule
