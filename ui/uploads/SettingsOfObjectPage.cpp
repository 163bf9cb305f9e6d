#include "ui/uploads/SettingsOfObjectPage.h"

#include "core/base/Redaction.h"
#include "ui/common/AmountText.h"
#include "ui/common/ElidedLabel.h"

#include <QFormLayout>
#include <QLabel>

namespace packmule {

SettingsOfObjectPage::SettingsOfObjectPage(QWidget *parent) : QScrollArea(parent)
{
    setObjectName(QStringLiteral("objectSettingsPage"));
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    auto *inside = new QWidget;
    m_form = new QFormLayout(inside);
    m_form->setVerticalSpacing(3);
    m_form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    setWidget(inside);
}

void SettingsOfObjectPage::add(const char *name, const QString &caption, const QString &text)
{
    auto *label = new ElidedLabel;
    label->setObjectName(QLatin1String(name) + QLatin1String("Setting"));
    label->setCaption(caption);
    label->setText(text);
    m_form->addRow(tr("%1:", "caption of a value").arg(caption), label);
}

void SettingsOfObjectPage::show(const TransferSnapshot &transfer, const QString &connection)
{
    clear();
    const TransferRecord &record = transfer.record;
    if (!connection.isEmpty())
        add("connection", tr("Connection"), connection);
    add("bucket", tr("Bucket"), displayName(record.object.bucket));
    add("key", tr("Object key"), displayName(record.object.key));
    const bool isPlanned = record.partSize.value() > 0;
    add("method", tr("Sent as"), isPlanned ? tr("%n part(s) of %1", "multipart upload", transfer.parts).arg(AmountText::bytes(record.partSize))
                                           : tr("One piece", "a single PutObject"));
    const QString algorithm = QString::fromLatin1(checksumAlgorithmName(record.integrity.algorithm));
    add("integrity", tr("Proved by"), algorithm.isEmpty() ? tr("The payload's signature") : algorithm);
    if (!record.versionId.isEmpty())
        add("version", tr("Version"), displayName(record.versionId));
    if (record.abortDate)
        add("abortDate", tr("Unfinished parts are deleted on"), AmountText::time(*record.abortDate));
}

void SettingsOfObjectPage::clear()
{
    while (m_form->rowCount() > 0)
        m_form->removeRow(0);
}

}  // namespace packmule
