#include "ui/settings/SettingsPage.h"

#include "ui/common/Palette.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <utility>

namespace packmule {

SettingsPage::SettingsPage(SettingsStore &store, QWidget *parent) : QWidget(parent), m_store(store), m_form(new QFormLayout)
{
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(m_form);
    layout->addStretch(1);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::WrapLongRows);
    connect(&m_store, &SettingsStore::changed, this, &SettingsPage::refresh);
}

QComboBox *SettingsPage::addChoice(const char *name, const QString &label, const QList<Choice> &choices, std::function<int(const AppSettings &)> read,
                                   std::function<void(AppSettings &, int)> write)
{
    auto *box = new QComboBox(this);
    box->setObjectName(QLatin1String(name));
    box->setAccessibleName(label);
    box->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    for (const Choice &choice : choices)
        box->addItem(choice.text, choice.value);
    m_form->addRow(label, box);
    connect(box, &QComboBox::currentIndexChanged, this, [this, box, write = std::move(write)] {
        change([&](AppSettings &settings) { write(settings, box->currentData().toInt()); });
    });
    follow([box, read = std::move(read)](const AppSettings &settings) { box->setCurrentIndex(std::max(0, box->findData(read(settings)))); });
    return box;
}

QCheckBox *SettingsPage::addFlag(const char *name, const QString &text, bool AppSettings::*member)
{
    auto *box = new QCheckBox(text, this);
    box->setObjectName(QLatin1String(name));
    m_form->addRow(box);
    connect(box, &QCheckBox::toggled, this, [this, member](bool isOn) { change([&](AppSettings &settings) { settings.*member = isOn; }); });
    follow([box, member](const AppSettings &settings) { box->setChecked(settings.*member); });
    return box;
}

QLabel *SettingsPage::addNote(const QString &text)
{
    auto *note = new QLabel(text, this);
    note->setTextFormat(Qt::PlainText);
    note->setWordWrap(true);
    note->setForegroundRole(QPalette::PlaceholderText);
    m_form->addRow(note);
    return note;
}

void SettingsPage::follow(std::function<void(const AppSettings &)> show)
{
    m_fields.push_back(std::move(show));
    const bool wasShowing = std::exchange(m_isShowing, true);
    m_fields.back()(m_store.settings());
    m_isShowing = wasShowing;
}

void SettingsPage::refresh()
{
    const bool wasShowing = std::exchange(m_isShowing, true);
    for (const auto &show : m_fields)
        show(m_store.settings());
    m_isShowing = wasShowing;
}

void SettingsPage::change(const std::function<void(AppSettings &)> &write)
{
    if (m_isShowing)
        return;
    AppSettings settings = m_store.settings();
    write(settings);
    m_store.setSettings(settings);
}

}  // namespace packmule
