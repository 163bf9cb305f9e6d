#include "ui/guide/AboutDialog.h"

#include <QAbstractButton>
#include <QApplication>
#include <QDialogButtonBox>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace packmule {

namespace {

struct Library { const char *name, *licence, *purpose; };

/// As their own licence files say; the packages of Debian 13.
constexpr Library kLibraries[] = {
    {"Qt 6", "LGPL-3.0", QT_TRANSLATE_NOOP("packmule::AboutDialog", "window, network, database access")},
    {"QCA", "LGPL-2.1", QT_TRANSLATE_NOOP("packmule::AboutDialog", "hashes and signatures")},
    {"OpenSSL", "Apache-2.0", QT_TRANSLATE_NOOP("packmule::AboutDialog", "TLS")},
    {"SQLite", "public domain", QT_TRANSLATE_NOOP("packmule::AboutDialog", "the journal")},
    {"ISA-L", "BSD-3-Clause", QT_TRANSLATE_NOOP("packmule::AboutDialog", "checksums")},
    {"QtKeychain", "BSD-3-Clause", QT_TRANSLATE_NOOP("packmule::AboutDialog", "the desktop's keyring")},
    {"llhttp", "MIT", QT_TRANSLATE_NOOP("packmule::AboutDialog", "reading HTTP heads")},
    {"wslay", "MIT", QT_TRANSLATE_NOOP("packmule::AboutDialog", "WebSocket frames")},
    {"CLI11", "BSD-3-Clause", QT_TRANSLATE_NOOP("packmule::AboutDialog", "the command line")},
};

constexpr QSize kAboutSize{560, 420};

}  // namespace

AboutDialog::AboutDialog(QWidget *parent) : QDialog(parent)
{
    setObjectName(QStringLiteral("aboutDialog"));
    setWindowTitle(tr("About Packmule"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(kAboutSize);

    auto *name = new QLabel(tr("Packmule %1").arg(QStringLiteral(PACKMULE_VERSION)), this);
    name->setTextFormat(Qt::PlainText);
    QFont large = name->font();
    large.setPointSizeF(large.pointSizeF() * 1.6);
    large.setBold(true);
    name->setFont(large);
    auto *purpose = new QLabel(tr("A stubborn uploader: carries files to S3 and carries on after anything."), this);
    purpose->setWordWrap(true);
    auto *licence = new QLabel(tr("Free software under the MIT licence. It stands on:"), this);
    licence->setWordWrap(true);

    auto *libraries = new QTreeWidget(this);
    libraries->setObjectName(QStringLiteral("libraries"));
    libraries->setAccessibleName(tr("Libraries and their licences"));
    libraries->setRootIsDecorated(false);
    libraries->setHeaderLabels({tr("Library"), tr("Licence"), tr("For")});
    for (const Library &library : kLibraries)
        new QTreeWidgetItem(libraries, {QString::fromUtf8(library.name), QString::fromUtf8(library.licence), tr(library.purpose)});
    libraries->header()->setSectionResizeMode(QHeaderView::ResizeToContents);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, this);
    auto *aboutQt = buttons->addButton(tr("About Qt"), QDialogButtonBox::HelpRole);
    connect(aboutQt, &QAbstractButton::clicked, qApp, &QApplication::aboutQt);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::close);

    auto *layout = new QVBoxLayout(this);
    layout->addWidget(name);
    layout->addWidget(purpose);
    layout->addWidget(licence);
    layout->addWidget(libraries);
    layout->addWidget(buttons);
}

}  // namespace packmule
