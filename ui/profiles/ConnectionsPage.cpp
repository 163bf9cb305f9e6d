#include "ui/profiles/ConnectionsPage.h"

#include "core/base/Redaction.h"
#include "core/settings/ConnectionJson.h"
#include "ui/common/Icons.h"
#include "ui/profiles/ConnectionDialog.h"
#include "ui/profiles/ProviderCards.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace packmule {

namespace {

constexpr int kIdRole = Qt::UserRole;

QString lineOf(const ConnectionProfile &profile)
{
    const QString place = profile.endpointUrl.isEmpty() ? ProviderCards::of(profile.provider).title : displayName(profile.endpointUrl);
    return QStringLiteral("%1 — %2").arg(displayName(profile.name.toUtf8()), place);
}

}  // namespace

ConnectionsPage::ConnectionsPage(const ConnectionServices &services, QWidget *parent)
    : QWidget(parent), m_services(services), m_list(new QListWidget(this)), m_message(new QLabel(this))
{
    setObjectName(QStringLiteral("connectionsPage"));
    m_list->setObjectName(QStringLiteral("connectionsList"));
    m_list->setAccessibleName(tr("Saved connections"));
    m_list->setTextElideMode(Qt::ElideMiddle);
    m_message->setObjectName(QStringLiteral("connectionsMessage"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    auto *column = new QVBoxLayout;
    const auto addButton = [this, column](const char *name, const QString &text, void (ConnectionsPage::*slot)()) {
        auto *button = new QPushButton(text, this);
        button->setObjectName(QLatin1String(name));
        button->setAutoDefault(false);
        connect(button, &QPushButton::clicked, this, slot);
        column->addWidget(button);
        return button;
    };
    addButton("addConnection", tr("Add…"), &ConnectionsPage::add);
    m_edit = addButton("editConnection", tr("Edit…"), &ConnectionsPage::editSelected);
    m_duplicate = addButton("duplicateConnection", tr("Duplicate…"), &ConnectionsPage::duplicateSelected);
    m_remove = addButton("removeConnection", tr("Remove"), &ConnectionsPage::removeSelected);
    column->addSpacing(12);
    addButton("importConnections", tr("Import…"), &ConnectionsPage::importFile);
    m_export = addButton("exportConnections", tr("Export…"), &ConnectionsPage::exportAll);
    column->addStretch(1);
    auto *row = new QHBoxLayout;
    row->addWidget(m_list, 1);
    row->addLayout(column);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(row, 1);
    layout->addWidget(m_message);
    connect(m_list, &QListWidget::currentRowChanged, this, &ConnectionsPage::showButtons);
    connect(m_list, &QListWidget::itemActivated, this, &ConnectionsPage::editSelected);
    connect(&m_services.settings, &SettingsStore::connectionsChanged, this, &ConnectionsPage::fill);
    fill();
}

void ConnectionsPage::fill()
{
    const QByteArray before = selected();
    m_list->clear();
    for (const ConnectionProfile &profile : m_services.settings.connections()) {
        auto *item = new QListWidgetItem(icon(profile.isLocalStore ? IconName::Folder : IconName::Connection), lineOf(profile), m_list);
        item->setData(kIdRole, profile.id);
        if (profile.id == before)
            m_list->setCurrentItem(item);
    }
    if (m_list->currentRow() < 0 && m_list->count() > 0)
        m_list->setCurrentRow(0);
    say(m_list->count() == 0 ? tr("No connection is saved yet. Add one to upload to your store.") : QString());
    showButtons();
}

QByteArray ConnectionsPage::selected() const
{
    const QListWidgetItem *item = m_list->currentItem();
    return item ? item->data(kIdRole).toByteArray() : QByteArray();
}

void ConnectionsPage::showButtons()
{
    const auto profile = m_services.settings.connection(selected());
    m_edit->setEnabled(profile && !profile->isLocalStore);
    m_duplicate->setEnabled(profile && !profile->isLocalStore);
    m_remove->setEnabled(profile.has_value());
    m_export->setEnabled(m_list->count() > 0);
}

void ConnectionsPage::open(ConnectionDialog *dialog)
{
    if (m_dialog)
        m_dialog->reject();
    m_dialog = dialog;
    dialog->open();
}

void ConnectionsPage::add()
{
    open(new ConnectionDialog(m_services, ConnectionDialog::Occasion::Add, this));
}

void ConnectionsPage::edit(const QByteArray &connectionId)
{
    for (int row = 0; row < m_list->count(); ++row) {
        if (m_list->item(row)->data(kIdRole).toByteArray() == connectionId) {
            m_list->setCurrentRow(row);
            editSelected();
            return;
        }
    }
}

void ConnectionsPage::editSelected()
{
    const auto profile = m_services.settings.connection(selected());
    if (profile && !profile->isLocalStore)
        open(new ConnectionDialog(m_services, *profile, this));
}

void ConnectionsPage::duplicateSelected()
{
    auto profile = m_services.settings.connection(selected());
    if (!profile)
        return;
    profile->id = newConnectionId();
    profile->name = uniqueConnectionName(profile->name, m_services.settings.connections());
    open(new ConnectionDialog(m_services, *profile, this));
}

void ConnectionsPage::removeSelected()
{
    const auto profile = m_services.settings.connection(selected());
    if (!profile)
        return;
    const QPointer<ConnectionsPage> alive(this);
    m_services.prompts.ask({.title = tr("Remove connection"),
                            .text = tr("The connection \"%1\" and its secret are forgotten. Transfers that use it wait until it is added again; nothing in the store is touched.")
                                        .arg(displayName(profile->name.toUtf8())),
                            .choices = {tr("Keep"), tr("Remove")},
                            .remember = {}},
                           [alive, id = profile->id](const UserAnswer &answer) {
                               if (!alive || answer.choice != 1)
                                   return;
                               alive->m_services.settings.removeConnection(id);
                               alive->m_removing = alive->m_services.secrets.remove(id, [alive](const SecretResult<void> &removed) {
                                   if (alive && !removed)
                                       alive->say(tr("The connection is removed, but the keyring still holds its secret."));
                               });
                           });
}

void ConnectionsPage::exportAll()
{
    auto *dialog = new QFileDialog(this, tr("Export connections"));
    dialog->setObjectName(QStringLiteral("exportDialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("json"));
    dialog->selectFile(QStringLiteral("packmule-connections.json"));
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString &path) {
        QFile file(path);
        const QByteArray bytes = exportedConnections(m_services.settings.connections());
        const bool isWritten = file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.flush();
        say(isWritten ? tr("The connections were exported, without their secrets.") : tr("The file cannot be written: %1").arg(file.errorString()));
    });
    dialog->open();
}

void ConnectionsPage::importFile()
{
    const QPointer<ConnectionsPage> alive(this);
    m_services.prompts.chooseFiles(tr("Import connections"), [alive](const QStringList &paths) {
        if (alive && !paths.isEmpty())
            alive->import(paths.first());
    });
}

void ConnectionsPage::import(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        say(tr("The file cannot be read: %1").arg(file.errorString()));
        return;
    }
    const auto imported = importedConnections(file.read(1 << 20), m_services.settings.connections());
    if (!imported) {
        say(tr("This is no file of exported connections."));
        return;
    }
    for (const ConnectionProfile &profile : *imported)
        m_services.settings.saveConnection(profile);
    say(tr("%n connections were imported. Their secrets were not in the file: edit each to enter it.", nullptr, static_cast<int>(imported->size())));
}

void ConnectionsPage::say(const QString &sentence)
{
    m_message->setText(sentence);
    m_message->setVisible(!sentence.isEmpty());
}

}  // namespace packmule
