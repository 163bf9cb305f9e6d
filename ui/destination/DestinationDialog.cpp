#include "ui/destination/DestinationDialog.h"

#include "core/base/Redaction.h"
#include "ui/common/ErrorText.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace packmule {

namespace {

constexpr qsizetype kShortestBucket = 3, kLongestBucket = 63;   // S3 user guide, "General purpose bucket naming rules"
constexpr qsizetype kLongestPrefix = 1'000;                      // a key has 1,024 bytes, and a name is to follow

QLabel *plainLabel(const char *name, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(QLatin1String(name));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

}  // namespace

DestinationDialog::DestinationDialog(Question question, ListBuckets listBuckets, QWidget *parent)
    : QDialog(parent), m_question(std::move(question)), m_listBuckets(std::move(listBuckets)), m_connection(new QComboBox(this)),
      m_bucket(new QComboBox(this)), m_prefix(new QLineEdit(this)), m_remember(new QCheckBox(tr("Upload here from now on &without asking"), this)),
      m_note(plainLabel("destinationNote", this)), m_where(plainLabel("destinationWhere", this))
{
    setObjectName(QStringLiteral("destinationDialog"));
    setWindowTitle(tr("Where to?", "title of the dialog that asks for the destination"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *headlineLabel = plainLabel("destinationHeadline", this);
    headlineLabel->setText(headline());
    m_connection->setObjectName(QStringLiteral("destinationConnection"));
    m_bucket->setObjectName(QStringLiteral("destinationBucket"));
    m_bucket->setEditable(true);
    m_bucket->setInsertPolicy(QComboBox::NoInsert);
    m_prefix->setObjectName(QStringLiteral("destinationPrefix"));
    m_prefix->setPlaceholderText(tr("photos/2026/", "example of a prefix"));
    m_remember->setObjectName(QStringLiteral("destinationRemember"));
    auto *newConnection = new QPushButton(tr("&New connection…"), this);
    newConnection->setObjectName(QStringLiteral("destinationNewConnection"));
    newConnection->setAutoDefault(false);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_accept = buttons->addButton(m_question.files + m_question.folders > 0 ? tr("&Upload", "button") : tr("&Choose", "button"), QDialogButtonBox::AcceptRole);
    m_accept->setObjectName(QStringLiteral("destinationAccept"));
    m_accept->setDefault(true);

    auto *form = new QFormLayout;
    const auto addRow = [this, form](const QString &label, QWidget *field) {
        form->addRow(label, field);
        field->setAccessibleName(QString(label).remove(QLatin1Char('&')));
    };
    addRow(tr("&Connection"), m_connection);
    addRow(tr("&Bucket"), m_bucket);
    addRow(tr("&Prefix (optional)"), m_prefix);
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(headlineLabel);
    layout->addLayout(form);
    layout->addWidget(m_where);
    layout->addWidget(m_note);
    layout->addWidget(m_remember);
    layout->addStretch();
    auto *last = new QHBoxLayout;
    last->addWidget(newConnection);
    last->addWidget(buttons, 1);
    layout->addLayout(last);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);

    for (const ConnectionProfile &profile : m_question.connections)
        m_connection->addItem(profile.name, profile.id);
    m_connection->setCurrentIndex(std::max(0, m_connection->findData(m_question.preset.connectionId)));
    connect(m_connection, &QComboBox::currentIndexChanged, this, &DestinationDialog::takeConnection);
    connect(m_bucket, &QComboBox::editTextChanged, this, &DestinationDialog::judge);
    connect(m_prefix, &QLineEdit::textChanged, this, &DestinationDialog::judge);
    connect(newConnection, &QPushButton::clicked, this, &DestinationDialog::newConnectionRequested);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    takeConnection();
    m_bucket->setFocus();
}

QString DestinationDialog::headline() const
{
    const auto files = static_cast<int>(m_question.files), folders = static_cast<int>(m_question.folders);
    if (folders == 0 && files > 0)
        return tr("Where shall %n file(s) be uploaded to?", nullptr, files);
    if (files == 0 && folders > 0)
        return tr("Where shall %n folder(s) be uploaded to?", nullptr, folders);
    if (files + folders > 0)
        return tr("Where shall %n file(s) and folder(s) be uploaded to?", nullptr, files + folders);
    return tr("Where shall uploads go?");
}

UploadDestination DestinationDialog::destination() const
{
    return {m_connection->currentData().toByteArray(), m_bucket->currentText().trimmed().toUtf8(), prefixFromText(m_prefix->text())};
}

bool DestinationDialog::isRemembered() const
{
    return m_remember->isChecked();
}

QByteArray DestinationDialog::prefixFromText(const QString &text)
{
    QByteArray prefix = text.trimmed().toUtf8();
    while (prefix.startsWith('/'))
        prefix.remove(0, 1);
    if (!prefix.isEmpty() && !prefix.endsWith('/'))
        prefix += '/';
    return prefix;
}

QString DestinationDialog::refusalOf(const UploadDestination &destination)
{
    const QByteArray &bucket = destination.bucket;
    // Some stores allow capitals and underscores, so only what no store takes is refused.
    const bool isName = std::ranges::all_of(bucket, [](char letter) {
        const auto byte = static_cast<uchar>(letter);
        return byte < 128 && (std::isalnum(byte) != 0 || letter == '-' || letter == '.' || letter == '_');
    });
    if (bucket.isEmpty())
        return tr("Choose a bucket, or type its name.");
    if (!isName)
        return tr("A bucket's name has letters, digits, hyphens and dots only.");
    if (bucket.size() < kShortestBucket || bucket.size() > kLongestBucket)
        return tr("A bucket's name has 3 to 63 characters.");
    if (destination.prefix.size() > kLongestPrefix)
        return tr("The prefix is too long: a key has 1,024 bytes at most.");
    if (destination.prefix.contains("//"))
        return tr("The prefix has two slashes in a row; take one out.");
    for (const QByteArray &name : destination.prefix.split('/')) {
        if (name == "." || name == "..")
            return tr("No part of the prefix can be “.” or “..”.");
    }
    return {};
}

void DestinationDialog::takeConnection()
{
    const QByteArray id = m_connection->currentData().toByteArray();
    const auto profile = std::ranges::find(m_question.connections, id, &ConnectionProfile::id);
    if (profile == m_question.connections.end())
        return;
    const bool isPreset = id == m_question.preset.connectionId;
    m_bucket->clear();
    m_bucket->setEditText(QString::fromUtf8(isPreset ? m_question.preset.bucket : profile->bucket));
    m_prefix->setText(QString::fromUtf8(isPreset ? m_question.preset.prefix : profile->prefix));
    m_note->setText(tr("Looking up the buckets…"));
    m_listing = m_listBuckets(*profile, [this](const Result<QList<BucketSummary>> &buckets) { fillBuckets(buckets); });
    judge();
}

void DestinationDialog::fillBuckets(const Result<QList<BucketSummary>> &buckets)
{
    if (!buckets) {
        m_note->setText(tr("The buckets cannot be listed (%1). Type the bucket's name.").arg(ErrorText::cause(buckets.error())));
        return;
    }
    const QString typed = m_bucket->currentText();
    m_bucket->clear();
    for (const BucketSummary &bucket : *buckets)
        m_bucket->addItem(QString::fromUtf8(bucket.name));
    m_note->setText(buckets->isEmpty() ? tr("There is no bucket yet; make one on the tab Browse.") : QString());
    // What is typed wins; a single bucket needs no choice.
    m_bucket->setEditText(typed.isEmpty() && buckets->size() == 1 ? m_bucket->itemText(0) : typed);
}

void DestinationDialog::judge()
{
    const UploadDestination chosen = destination();
    const QString refusal = refusalOf(chosen);
    m_accept->setEnabled(refusal.isEmpty());
    m_where->setText(refusal.isEmpty() ? tr("Goes to s3://%1/%2").arg(displayName(chosen.bucket), displayName(chosen.prefix)) : refusal);
}

}  // namespace packmule
