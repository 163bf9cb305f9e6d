#include "ui/settings/SettingKeysModel.h"

#include "core/settings/SettingKeys.h"

#include <QFont>

namespace packmule {

SettingKeysModel::SettingKeysModel(SettingsStore &store, QObject *parent) : QAbstractTableModel(parent), m_store(store)
{
    connect(&m_store, &SettingsStore::changed, this, [this] { Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1)); });
}

int SettingKeysModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(settingKeys().size());
}

int SettingKeysModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QByteArray SettingKeysModel::nameAt(int row) const
{
    return settingKeys().at(row).name;
}

QVariant SettingKeysModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid())
        return {};
    const SettingKey &key = settingKeys().at(index.row());
    const bool isChosen = m_store.isChosen(key.name);
    if (role == Qt::FontRole && isChosen && index.column() != Takes) {
        QFont font;
        font.setBold(true);
        return font;
    }
    if (role == Qt::AccessibleDescriptionRole)
        return isChosen ? tr("Chosen by you") : tr("The usual value");
    if (role != Qt::DisplayRole && role != Qt::EditRole)
        return {};
    switch (static_cast<Column>(index.column())) {
    case Name: return QString::fromLatin1(key.name);
    case Value: return key.text(m_store.settings());
    case Takes: return key.form;
    case ColumnCount: break;
    }
    return {};
}

QVariant SettingKeysModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (static_cast<Column>(section)) {
    case Name: return tr("Setting");
    case Value: return tr("Value");
    case Takes: return tr("Takes", "what values a setting takes");
    case ColumnCount: break;
    }
    return {};
}

Qt::ItemFlags SettingKeysModel::flags(const QModelIndex &index) const
{
    const Qt::ItemFlags usual = QAbstractTableModel::flags(index);
    return index.isValid() && index.column() == Value ? usual | Qt::ItemIsEditable : usual;
}

bool SettingKeysModel::setData(const QModelIndex &index, const QVariant &value, int role)
{
    if (!index.isValid() || index.column() != Value || role != Qt::EditRole)
        return false;
    const SettingKey &key = settingKeys().at(index.row());
    AppSettings settings = m_store.settings();
    if (!key.assign(settings, value.toString().trimmed())) {
        Q_EMIT refused(tr("\"%1\" is no value for this setting. It takes: %2.").arg(value.toString(), key.form));
        return false;
    }
    m_store.setSettings(settings);
    return true;
}

}  // namespace packmule
