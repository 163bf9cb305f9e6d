#include "ui/browse/CreateBucketDialog.h"

#include "ui/browse/StorePlace.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace packmule {

CreateBucketDialog::CreateBucketDialog(const QString &connection, QWidget *parent)
    : QDialog(parent), m_name(new QLineEdit), m_note(new QLabel), m_create(new QPushButton(tr("Create bucket")))
{
    setObjectName(QStringLiteral("createBucketDialog"));
    setWindowTitle(tr("New bucket"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *caption = new QLabel(tr("&Name of the new bucket on %1:").arg(QString(connection).replace(QLatin1Char('&'), QLatin1String("&&"))));
    caption->setTextFormat(Qt::PlainText);
    caption->setWordWrap(true);
    caption->setBuddy(m_name);
    m_name->setObjectName(QStringLiteral("bucketName"));
    m_name->setAccessibleName(tr("Name of the new bucket"));
    m_note->setObjectName(QStringLiteral("bucketNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_create->setObjectName(QStringLiteral("createBucket"));
    m_create->setDefault(true);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->setObjectName(QStringLiteral("createBucketButtons"));
    buttons->addButton(m_create, QDialogButtonBox::AcceptRole);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(caption);
    layout->addWidget(m_name);
    layout->addWidget(m_note);
    layout->addStretch();
    layout->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 60);
    connect(m_name, &QLineEdit::textChanged, this, &CreateBucketDialog::judge);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [this] {
        Q_EMIT bucketNamed(m_name->text().toUtf8());
        accept();
    });
    judge();
}

void CreateBucketDialog::judge()
{
    const QString refusal = StorePlace::bucketRefusal(m_name->text());
    m_create->setEnabled(refusal.isEmpty());
    m_note->setText(refusal.isEmpty() ? tr("All users of the store share one space of names, so an ordinary name may be taken.") : refusal);
}

}  // namespace packmule
