#pragma once

#include "core/settings/SettingsStore.h"

#include <QAbstractTableModel>

namespace packmule {

/// Every setting by its name, with its value as text: the page "Advanced". Values can be edited; one that cannot be is
/// refused with a sentence. Thread: GUI. The store outlives it.
class SettingKeysModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Name, Value, Takes, ColumnCount };

    explicit SettingKeysModel(SettingsStore &store, QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex &index) const override;
    bool setData(const QModelIndex &index, const QVariant &value, int role) override;

    QByteArray nameAt(int row) const;

Q_SIGNALS:
    void refused(const QString &sentence);

private:
    SettingsStore &m_store;
};

}  // namespace packmule
