#pragma once

#include "core/settings/SettingsStore.h"

#include <QWidget>

class QLabel;
class QSortFilterProxyModel;
class QTableView;

namespace packmule {

class SettingKeysModel;

/// Every setting by name, to be searched and edited. Thread: GUI.
class AdvancedPage final : public QWidget
{
    Q_OBJECT

public:
    explicit AdvancedPage(SettingsStore &store, QWidget *parent = nullptr);

private:
    void restoreSelected();

    SettingsStore &m_store;
    SettingKeysModel *m_model;
    QSortFilterProxyModel *m_found;
    QTableView *m_table;
    QLabel *m_message;
};

}  // namespace packmule
