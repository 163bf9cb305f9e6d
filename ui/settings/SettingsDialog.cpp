#include "ui/settings/SettingsDialog.h"

#include "ui/common/Palette.h"
#include "ui/profiles/ConnectionsPage.h"
#include "ui/settings/AdvancedPage.h"
#include "ui/settings/BandwidthPage.h"
#include "ui/settings/GeneralPage.h"
#include "ui/settings/NetworkPage.h"
#include "ui/settings/NotificationsPage.h"
#include "ui/settings/PowerPage.h"
#include "ui/settings/TransfersPage.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace packmule {

namespace {

QString noticeText(const SettingsNotice &notice)
{
    switch (notice.kind) {
    case SettingsNotice::Kind::Damaged:
        return SettingsDialog::tr("The settings file was damaged and is kept as %1. The usual settings hold; connections must be added again.").arg(notice.subject);
    case SettingsNotice::Kind::Unreadable:
        return SettingsDialog::tr("The settings file %1 cannot be read. The usual settings hold.").arg(notice.subject);
    case SettingsNotice::Kind::BadValue:
        return SettingsDialog::tr("The settings file holds no usable value for %1. The usual one holds.").arg(notice.subject);
    case SettingsNotice::Kind::BadConnection:
        return SettingsDialog::tr("The settings file holds a connection that cannot be used. It was left alone.");
    }
    return {};
}

}  // namespace

SettingsDialog::SettingsDialog(const ConnectionServices &services, QWidget *parent)
    : QDialog(parent), m_titles(new QListWidget(this)), m_pages(new QStackedWidget(this)), m_connections(new ConnectionsPage(services, this)),
      m_message(new QLabel(this))
{
    SettingsStore &store = services.settings;
    setObjectName(QStringLiteral("settingsDialog"));
    setWindowTitle(tr("Settings"));
    m_titles->setObjectName(QStringLiteral("settingsPages"));
    m_titles->setAccessibleName(tr("Pages of the settings"));
    // In the order of Page.
    addPage(tr("General"), new GeneralPage(store, this));
    addPage(tr("Connections"), m_connections);
    addPage(tr("Transfers"), new TransfersPage(store, this));
    addPage(tr("Bandwidth"), new BandwidthPage(store, this));
    addPage(tr("Notifications"), new NotificationsPage(store, this));
    addPage(tr("Power"), new PowerPage(store, this));
    addPage(tr("Network"), new NetworkPage(store, this));
    addPage(tr("Advanced"), new AdvancedPage(store, this));
    m_titles->setMaximumWidth(m_titles->sizeHintForColumn(0) + 2 * m_titles->frameWidth() + fontMetrics().averageCharWidth() * 4);
    m_titles->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_message->setObjectName(QStringLiteral("settingsNotice"));
    m_message->setTextFormat(Qt::PlainText);
    m_message->setWordWrap(true);
    m_message->setVisible(false);
    auto *row = new QHBoxLayout;
    row->addWidget(m_titles);
    row->addWidget(m_pages, 1);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    buttons->button(QDialogButtonBox::Close)->setObjectName(QStringLiteral("closeSettings"));
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(row, 1);
    layout->addWidget(m_message);
    layout->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_titles, &QListWidget::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
    const auto say = [this](const QString &sentence) {
        m_message->setText(sentence);
        m_message->setVisible(true);
    };
    connect(&store, &SettingsStore::saveFailed, this, [say](const Error &error) {
        say(tr("What was changed holds until Packmule ends, because it cannot be written: %1").arg(error.detail));
    });
    connect(&store, &SettingsStore::saved, m_message, &QLabel::hide);
    connect(&store, &SettingsStore::noticed, this, [say](const SettingsNotice &notice) { say(noticeText(notice)); });
    for (const SettingsNotice &notice : store.notices())
        say(noticeText(notice));
    m_titles->setCurrentRow(0);
    resize(fontMetrics().averageCharWidth() * 110, fontMetrics().height() * 32);
}

void SettingsDialog::addPage(const QString &title, QWidget *page)
{
    m_titles->addItem(title);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(page);
    m_pages->addWidget(scroll);
}

void SettingsDialog::showPage(Page page)
{
    m_titles->setCurrentRow(static_cast<int>(page));
}

}  // namespace packmule
