#include "ui/settings/AdvancedPage.h"

#include "ui/settings/SettingKeysModel.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

namespace packmule {

AdvancedPage::AdvancedPage(SettingsStore &store, QWidget *parent)
    : QWidget(parent), m_store(store), m_model(new SettingKeysModel(store, this)), m_found(new QSortFilterProxyModel(this)), m_table(new QTableView(this)),
      m_message(new QLabel(this))
{
    auto *search = new QLineEdit(this);
    search->setObjectName(QStringLiteral("settingsSearch"));
    search->setAccessibleName(tr("Search the settings"));
    search->setPlaceholderText(tr("Search the settings"));
    search->setClearButtonEnabled(true);
    m_found->setSourceModel(m_model);
    m_found->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_found->setFilterKeyColumn(-1);
    m_table->setObjectName(QStringLiteral("settingsTable"));
    m_table->setAccessibleName(tr("All settings"));
    m_table->setModel(m_found);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setTabKeyNavigation(false);
    m_table->resizeColumnsToContents();
    auto *restore = new QPushButton(tr("Back to the usual value"), this);
    restore->setObjectName(QStringLiteral("restoreDefault"));
    m_message->setObjectName(QStringLiteral("settingsMessage"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_message, 1);
    foot->addWidget(restore);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(search);
    layout->addWidget(m_table, 1);
    layout->addLayout(foot);
    connect(search, &QLineEdit::textChanged, m_found, &QSortFilterProxyModel::setFilterFixedString);
    connect(m_model, &SettingKeysModel::refused, m_message, &QLabel::setText);
    connect(&m_store, &SettingsStore::changed, m_message, &QLabel::clear);
    connect(restore, &QPushButton::clicked, this, &AdvancedPage::restoreSelected);
}

void AdvancedPage::restoreSelected()
{
    const QModelIndex current = m_found->mapToSource(m_table->currentIndex());
    if (current.isValid())
        m_store.restoreDefault(m_model->nameAt(current.row()));
}

}  // namespace packmule
