#include "ui/browse/ObjectProperties.h"

#include "core/base/Redaction.h"
#include "ui/browse/StorePlace.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QScrollArea>
#include <QVBoxLayout>

namespace packmule {

namespace {

constexpr int kWidth = 560;
constexpr int kHeight = 420;

QLabel *valueLabel(const QString &value, const QString &name)
{
    auto *label = new QLabel(value);
    label->setObjectName(name);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setWordWrap(true);
    label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    return label;
}

}  // namespace

ObjectProperties::ObjectProperties(const ObjectAddress &object, QWidget *parent)
    : QDialog(parent), m_form(new QFormLayout), m_note(new QLabel(tr("Asking the store…")))
{
    setObjectName(QStringLiteral("objectProperties"));
    setWindowTitle(tr("Properties", "of an object"));
    setAttribute(Qt::WA_DeleteOnClose);
    m_note->setObjectName(QStringLiteral("propertiesNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    m_form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_form->setRowWrapPolicy(QFormLayout::DontWrapRows);
    addRow(tr("Name"), displayName(object.key), QStringLiteral("propertyName"));
    addRow(tr("Bucket"), displayName(object.bucket), QStringLiteral("propertyBucket"));

    auto *content = new QWidget;
    auto *column = new QVBoxLayout(content);
    column->addLayout(m_form);
    column->addWidget(m_note);
    column->addStretch();
    auto *area = new QScrollArea;
    area->setObjectName(QStringLiteral("propertiesArea"));
    area->setAccessibleName(tr("Properties", "of an object"));
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->setObjectName(QStringLiteral("propertiesButtons"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(area);
    layout->addWidget(buttons);
    resize(kWidth, kHeight);
}

void ObjectProperties::addRow(const QString &label, const QString &value, const QString &name)
{
    auto *caption = new QLabel(tr("%1:", "label before a value").arg(label));
    caption->setTextFormat(Qt::PlainText);
    QLabel *const shown = valueLabel(value, name);
    shown->setAccessibleName(label);
    caption->setBuddy(shown);
    m_form->addRow(caption, shown);
}

void ObjectProperties::setHead(const ObjectHead &head)
{
    m_note->hide();
    int number = 0;
    for (const auto &[label, value] : rows(head))
        addRow(label, value, QStringLiteral("property%1").arg(++number));
}

void ObjectProperties::setError(const Error &error)
{
    m_note->setText(tr("The store does not tell more about this object. %1", "%1 is a sentence").arg(ErrorText::cause(error)));
    m_note->setToolTip(ErrorText::details(error));
}

QList<std::pair<QString, QString>> ObjectProperties::rows(const ObjectHead &head)
{
    QList<std::pair<QString, QString>> rows;
    const auto add = [&rows](const QString &label, const QString &value) {
        if (!value.isEmpty())
            rows.append({label, value});
    };
    const QString bytes = QLocale().toString(head.size.value());
    add(tr("Size"), head.size.value() < 1024 ? AmountText::bytes(head.size) : tr("%1 (%2 bytes)", "size, then its exact number").arg(AmountText::bytes(head.size), bytes));
    if (head.lastModified != WallTime{})
        add(tr("Modified"), AmountText::time(head.lastModified));
    add(tr("Type", "content type"), displayName(head.contentType));
    add(tr("Storage class"), displayName(head.storageClass));
    add(tr("ETag"), displayName(head.eTag));
    if (!head.checksum.isEmpty()) {
        const QString value = QString::fromLatin1(head.checksum.rawBytes.toBase64());
        const QString algorithm = QString::fromLatin1(checksumAlgorithmName(head.checksum.algorithm));
        add(tr("Checksum"), head.checksum.isComposite ? tr("%1 %2 (of the parts)", "algorithm, value").arg(algorithm, value)
                                                      : tr("%1 %2", "algorithm, value").arg(algorithm, value));
    }
    if (head.partCount > 0)
        add(tr("Parts"), QLocale().toString(head.partCount));
    add(tr("Version"), displayName(head.versionId));
    for (const auto &[name, value] : head.metadata)
        add(tr("Metadata %1", "%1 is its name").arg(displayName(name)), displayName(value));
    return rows;
}

}  // namespace packmule
