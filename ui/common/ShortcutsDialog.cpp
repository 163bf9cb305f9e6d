#include "ui/common/ShortcutsDialog.h"

#include "ui/common/ShortcutBook.h"
#include "ui/common/ShortcutModel.h"

#include <QDialogButtonBox>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace packmule {

ShortcutsDialog::ShortcutsDialog(ShortcutBook &book, QWidget *parent)
    : QDialog(parent), m_book(book), m_model(new ShortcutModel(book, this)), m_table(new QTableView), m_keys(new QKeySequenceEdit),
      m_assign(new QPushButton(tr("&Assign"))), m_warning(new QLabel)
{
    setObjectName(QStringLiteral("shortcutsDialog"));
    setWindowTitle(tr("Keyboard shortcuts"));
    m_table->setObjectName(QStringLiteral("shortcutTable"));
    m_table->setAccessibleName(tr("Actions and their keys"));
    m_table->setModel(m_model);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(ShortcutModel::What, QHeaderView::Stretch);
    m_table->horizontalHeader()->setSectionResizeMode(ShortcutModel::Keys, QHeaderView::ResizeToContents);
    m_keys->setObjectName(QStringLiteral("shortcutKeys"));
    m_keys->setAccessibleName(tr("New keys"));
    m_keys->setMaximumSequenceLength(1);
    m_keys->setClearButtonEnabled(true);
    m_assign->setObjectName(QStringLiteral("assignShortcut"));
    m_warning->setObjectName(QStringLiteral("shortcutWarning"));
    m_warning->setTextFormat(Qt::PlainText);
    m_warning->setWordWrap(true);
    auto *label = new QLabel(tr("New &keys:"));
    label->setBuddy(m_keys);
    auto *line = new QHBoxLayout;
    line->addWidget(label);
    line->addWidget(m_keys, 1);
    line->addWidget(m_assign);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close | QDialogButtonBox::RestoreDefaults);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(m_table, 1);
    layout->addLayout(line);
    layout->addWidget(m_warning);
    layout->addWidget(buttons);
    resize(460, 520);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);
    connect(buttons->button(QDialogButtonBox::RestoreDefaults), &QPushButton::clicked, &book, &ShortcutBook::restoreDefaults);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ShortcutsDialog::showCurrent);
    connect(m_keys, &QKeySequenceEdit::keySequenceChanged, this, &ShortcutsDialog::warnOfHolder);
    connect(m_assign, &QPushButton::clicked, this, &ShortcutsDialog::assign);
    m_table->selectRow(0);
}

void ShortcutsDialog::showCurrent()
{
    if (const int row = m_table->currentIndex().row(); row >= 0)
        m_keys->setKeySequence(m_book.keysOf(row));
}

void ShortcutsDialog::warnOfHolder()
{
    const int row = m_table->currentIndex().row();
    const QAction *holder = row < 0 ? nullptr : m_book.holderOf(m_keys->keySequence(), m_book.actions().at(row));
    m_warning->setText(holder ? tr("“%1” has these keys now and would lose them.").arg(QString(holder->text()).remove(QLatin1Char('&'))) : QString());
}

void ShortcutsDialog::assign()
{
    if (const int row = m_table->currentIndex().row(); row >= 0)
        m_book.assign(row, m_keys->keySequence());
    warnOfHolder();
}

}  // namespace packmule
