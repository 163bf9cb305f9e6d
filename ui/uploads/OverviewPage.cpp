#include "ui/uploads/OverviewPage.h"

#include "core/base/Redaction.h"
#include "ui/common/AmountText.h"
#include "ui/common/ElidedLabel.h"
#include "ui/common/ErrorText.h"
#include "ui/common/Icons.h"
#include "ui/common/Palette.h"
#include "ui/common/StateText.h"
#include "ui/uploads/LayerBar.h"

#include <QFormLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace packmule {

OverviewPage::OverviewPage(const Clock &clock, QWidget *parent)
    : QScrollArea(parent), m_clock(clock), m_facts(new QWidget), m_errorBox(new QWidget), m_empty(new QLabel),
      m_errorText(new QLabel), m_details(new QLabel), m_layers(new LayerBar), m_detailsButton(new QPushButton(tr("Details"))),
      m_reportButton(new QPushButton(icon(IconName::Copy), tr("Copy report")))
{
    setObjectName(QStringLiteral("overviewPage"));
    setFrameShape(NoFrame);
    setWidgetResizable(true);
    auto *inside = new QWidget;
    auto *layout = new QVBoxLayout(inside);
    auto *form = new QFormLayout(m_facts);
    form->setContentsMargins(0, 0, 0, 0);
    form->setVerticalSpacing(3);
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    addRow(form, "state", tr("State"));
    addRow(form, "source", tr("Source"));
    addRow(form, "destination", tr("Destination"));
    addRow(form, "checksum", tr("Checksum"));
    addRow(form, "eTag", tr("ETag"));
    addRow(form, "attempts", tr("Attempts"));
    for (QLabel *label : {m_errorText, m_details, m_empty}) {
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    }
    m_errorText->setObjectName(QStringLiteral("errorText"));
    m_details->setObjectName(QStringLiteral("errorDetails"));
    m_empty->setObjectName(QStringLiteral("overviewEmpty"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_detailsButton->setObjectName(QStringLiteral("detailsButton"));
    m_detailsButton->setCheckable(true);
    m_reportButton->setObjectName(QStringLiteral("copyReport"));
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_detailsButton);
    buttons->addWidget(m_reportButton);
    buttons->addStretch();
    auto *errorLayout = new QVBoxLayout(m_errorBox);
    errorLayout->setContentsMargins(0, 4, 0, 0);
    errorLayout->addWidget(m_errorText);
    errorLayout->addLayout(buttons);
    errorLayout->addWidget(m_details);
    layout->addWidget(m_errorBox);
    auto *across = new QHBoxLayout;
    across->setSpacing(24);
    across->addWidget(m_facts, 3, Qt::AlignTop);
    across->addWidget(m_layers, 2, Qt::AlignTop);
    layout->addLayout(across);
    layout->addWidget(m_empty, 1);
    layout->addStretch();
    setWidget(inside);
    m_details->hide();
    connect(m_detailsButton, &QPushButton::toggled, m_details, &QWidget::setVisible);
    connect(m_reportButton, &QPushButton::clicked, this, &OverviewPage::reportRequested);
    clear({});
}

void OverviewPage::addRow(QFormLayout *form, const char *name, const QString &caption)
{
    auto *label = new ElidedLabel;
    label->setObjectName(QLatin1String(name) + QLatin1String("Fact"));
    label->setCaption(caption);
    form->addRow(tr("%1:", "caption of a value").arg(caption), label);
    m_rows.insert(name, label);
}

void OverviewPage::set(const char *name, const QString &text)
{
    m_rows.value(name)->setText(text.isEmpty() ? QStringLiteral("–") : text);
}

void OverviewPage::show(const ShownTransfer &shown, int attempts)
{
    const TransferSnapshot &transfer = shown.snapshot;
    const TransferRecord &record = transfer.record;
    m_empty->hide();
    m_facts->show();
    m_layers->setVisible(true);
    m_layers->show(transfer);
    set("state", StateText::of(transfer, shown.isVerifying, m_clock.wallNow()));
    set("source", displayName(record.sourcePath));
    set("destination", QStringLiteral("s3://%1/%2").arg(displayName(record.object.bucket), displayName(record.object.key)));
    const QString algorithm = QString::fromLatin1(checksumAlgorithmName(record.integrity.algorithm));
    set("checksum", record.checksum.isEmpty() ? algorithm
                                               : tr("%1 %2", "checksum: algorithm, value").arg(QString::fromLatin1(checksumAlgorithmName(record.checksum.algorithm)), QString::fromLatin1(record.checksum.rawBytes.toBase64())));
    set("eTag", displayName(record.eTag));
    set("attempts", attempts > 0 ? QLocale().toString(attempts) : QString());
    showError(transfer);
}

void OverviewPage::showError(const TransferSnapshot &transfer)
{
    const bool isOver = transfer.record.state == TransferState::Done || transfer.record.state == TransferState::Skipped;
    const Error *error = transfer.record.error ? &*transfer.record.error : transfer.waiting ? &transfer.waiting->error : nullptr;
    const bool hasError = error && !isOver && (transfer.record.error || !error->detail.isEmpty() || error->httpStatus);
    m_errorBox->setVisible(hasError);
    if (!hasError)
        return;
    const QString cause = ErrorText::cause(*error), advice = ErrorText::advice(*error);
    m_errorText->setText(advice.isEmpty() ? cause : tr("%1 %2", "two sentences").arg(cause, advice));
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, tone(transfer.record.error ? Tone::Bad : Tone::Warning, palette()));
    m_errorText->setPalette(colours);
    m_details->setText(ErrorText::details(*error));
    m_details->setVisible(m_detailsButton->isChecked());
}

void OverviewPage::clear(const QString &sentence)
{
    m_empty->setText(sentence.isEmpty() ? tr("Choose a transfer to see how it stands.") : sentence);
    m_empty->show();
    m_facts->hide();
    m_layers->setVisible(false);
    m_errorBox->hide();
}

}  // namespace packmule
