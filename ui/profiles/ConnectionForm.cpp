#include "ui/profiles/ConnectionForm.h"

#include "ui/common/Palette.h"
#include "ui/profiles/SecretField.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>

namespace packmule {

namespace {

using Source = ConnectionProfile::Credentials;
using Field = ConnectionDraft::Field;

void addChoice(QComboBox &box, const QString &text, int value)
{
    box.addItem(text, value);
}

void choose(QComboBox &box, int value)
{
    box.setCurrentIndex(std::max(0, box.findData(value)));
}

}  // namespace

ConnectionForm::ConnectionForm(QWidget *parent) : QWidget(parent), m_layout(new QFormLayout(this))
{
    m_layout->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    m_layout->setRowWrapPolicy(QFormLayout::WrapLongRows);
    makeFields();
}

QLineEdit *ConnectionForm::addLine(const char *name, const QString &label, const QString &hint)
{
    auto *line = new QLineEdit(this);
    line->setObjectName(QLatin1String(name));
    line->setAccessibleName(label);
    line->setPlaceholderText(hint);
    line->setMaxLength(1024);
    m_layout->addRow(label, line);
    connect(line, &QLineEdit::textEdited, this, &ConnectionForm::edited);
    return line;
}

void ConnectionForm::makeFields()
{
    m_endpoint = addLine("endpoint", tr("Address"));
    m_region = addLine("region", tr("Region"));
    m_credentials = new QComboBox(this);
    m_credentials->setObjectName(QStringLiteral("credentials"));
    m_credentials->setAccessibleName(tr("Sign in with"));
    addChoice(*m_credentials, tr("An access key"), static_cast<int>(Source::Saved));
    addChoice(*m_credentials, tr("A profile of the AWS files"), static_cast<int>(Source::AwsProfile));
    addChoice(*m_credentials, tr("The AWS variables of the environment"), static_cast<int>(Source::Environment));
    addChoice(*m_credentials, tr("Nothing: public buckets"), static_cast<int>(Source::Anonymous));
    m_layout->addRow(tr("Sign in with"), m_credentials);
    m_accessKeyId = addLine("accessKeyId", tr("Access key id"));
    m_secret = new SecretField(this);
    m_layout->addRow(tr("Secret access key"), m_secret);
    m_awsProfile = new QComboBox(this);
    m_awsProfile->setObjectName(QStringLiteral("awsProfile"));
    m_awsProfile->setAccessibleName(tr("AWS profile"));
    m_awsProfile->setEditable(true);
    m_layout->addRow(tr("AWS profile"), m_awsProfile);
    m_bucket = addLine("bucket", tr("Bucket"), tr("Where files go unless you say otherwise"));
    m_prefix = addLine("prefix", tr("Prefix"), tr("Such as photos/; may be empty"));
    m_name = addLine("connectionName", tr("Name"));
    m_addressing = new QComboBox(this);
    m_addressing->setObjectName(QStringLiteral("addressing"));
    m_addressing->setAccessibleName(tr("Bucket in the address"));
    addChoice(*m_addressing, tr("As the store likes it"), static_cast<int>(AddressingStyle::Auto));
    addChoice(*m_addressing, tr("In the path"), static_cast<int>(AddressingStyle::Path));
    addChoice(*m_addressing, tr("Before the host's name"), static_cast<int>(AddressingStyle::VirtualHosted));
    m_layout->addRow(tr("Bucket in the address"), m_addressing);
    m_caBundle = addLine("caBundle", tr("Certificates"), tr("A file to trust instead of the system's; usually empty"));
    m_problem = new QLabel(this);
    m_problem->setObjectName(QStringLiteral("formProblem"));
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setWordWrap(true);
    m_layout->addRow(m_problem);
    connect(m_credentials, &QComboBox::currentIndexChanged, this, [this] {
        showFieldsOfCredentials();
        Q_EMIT edited();
    });
    connect(m_addressing, &QComboBox::currentIndexChanged, this, &ConnectionForm::edited);
    connect(m_awsProfile, &QComboBox::currentTextChanged, this, &ConnectionForm::edited);
    connect(m_secret, &SecretField::edited, this, &ConnectionForm::edited);
    connect(m_region, &QLineEdit::textEdited, this, &ConnectionForm::followRegion);
    connect(this, &ConnectionForm::edited, this, &ConnectionForm::followName);
    connect(this, &ConnectionForm::edited, this, [this] { showProblem({}); });
}

void ConnectionForm::begin(const ProviderCard &card)
{
    ConnectionProfile profile;
    profile.id = newConnectionId();
    profile.provider = QString::fromLatin1(card.provider);
    profile.region = card.region;
    profile.endpointUrl = ProviderCards::endpointFor(card, card.region);
    edit(profile, false);
    m_endpoint->setPlaceholderText(QString::fromLatin1(card.endpointForm));
    if (card.provider == "r2")
        m_endpoint->setText(QString::fromLatin1(card.endpointForm));
    m_fillsIn = true;
    followName();
}

void ConnectionForm::edit(const ConnectionProfile &profile, bool hasKeptSecret)
{
    const QSignalBlocker quiet(this);
    m_profile = profile;
    m_card = ProviderCards::of(profile.provider);
    m_hasKeptSecret = hasKeptSecret;
    m_keptAccessKeyId = profile.accessKeyId;
    m_fillsIn = false;
    m_name->setText(profile.name);
    m_endpoint->setText(QString::fromUtf8(profile.endpointUrl));
    m_region->setText(QString::fromUtf8(profile.region));
    m_accessKeyId->setText(QString::fromUtf8(profile.accessKeyId));
    m_secret->clear();
    m_secret->setIsKept(hasKeptSecret);
    m_awsProfile->setEditText(profile.awsProfile);
    m_bucket->setText(QString::fromUtf8(profile.bucket));
    m_prefix->setText(QString::fromUtf8(profile.prefix));
    m_caBundle->setText(profile.caBundle);
    choose(*m_credentials, static_cast<int>(profile.credentials));
    choose(*m_addressing, static_cast<int>(profile.addressing));
    const bool isAws = m_card.provider == "aws";
    m_endpoint->setPlaceholderText(isAws ? tr("Found by the region") : QStringLiteral("https://"));
    m_layout->setRowVisible(m_endpoint, !isAws || !profile.endpointUrl.isEmpty());
    m_layout->setRowVisible(m_region, m_card.hasRegion || profile.region != m_card.region);
    showFieldsOfCredentials();
    showProblem({});
}

void ConnectionForm::setAwsProfiles(const QStringList &names)
{
    const QString typed = m_awsProfile->currentText();
    const QSignalBlocker quiet(m_awsProfile);
    m_awsProfile->clear();
    m_awsProfile->addItems(names);
    m_awsProfile->setEditText(typed.isEmpty() && !names.isEmpty() ? names.first() : typed);
}

void ConnectionForm::chooseAwsProfile()
{
    choose(*m_credentials, static_cast<int>(Source::AwsProfile));
}

ConnectionDraft ConnectionForm::draft() const
{
    ConnectionDraft draft;
    ConnectionProfile &profile = draft.profile;
    profile = m_profile;
    profile.name = m_name->text().trimmed();
    profile.endpointUrl = ConnectionDraft::endpointFromText(m_endpoint->text());
    profile.region = m_region->text().trimmed().toUtf8();
    profile.credentials = static_cast<Source>(m_credentials->currentData().toInt());
    profile.accessKeyId = profile.credentials == Source::Saved ? m_accessKeyId->text().trimmed().toUtf8() : QByteArray();
    profile.awsProfile = profile.credentials == Source::AwsProfile ? m_awsProfile->currentText().trimmed() : QString();
    profile.bucket = m_bucket->text().trimmed().toUtf8();
    profile.prefix = m_prefix->text().toUtf8();
    while (profile.prefix.startsWith('/'))
        profile.prefix.remove(0, 1);
    if (!profile.prefix.isEmpty() && !profile.prefix.endsWith('/'))
        profile.prefix += '/';
    profile.addressing = static_cast<AddressingStyle>(m_addressing->currentData().toInt());
    profile.caBundle = m_caBundle->text().trimmed();
    draft.secret = profile.credentials == Source::Saved ? m_secret->secret() : QByteArray();
    draft.hasKeptSecret = m_hasKeptSecret && profile.accessKeyId == m_keptAccessKeyId;
    return draft;
}

void ConnectionForm::forgetSecret()
{
    m_secret->clear();
}

void ConnectionForm::focusFirst()
{
    const bool needsAddress = m_endpoint->text().isEmpty() || m_endpoint->text().contains(QLatin1Char('{'));
    QLineEdit *first = m_layout->isRowVisible(m_endpoint) && needsAddress ? m_endpoint : m_accessKeyId;
    first->setFocus(Qt::OtherFocusReason);
}

/// The address follows the region as long as nobody typed one.
void ConnectionForm::followRegion()
{
    if (m_fillsIn && !m_endpoint->isModified() && m_card.endpointForm.contains("{region}"))
        m_endpoint->setText(QString::fromLatin1(ProviderCards::endpointFor(m_card, m_region->text().trimmed().toLatin1())));
}

void ConnectionForm::followName()
{
    if (m_fillsIn && !m_name->isModified())
        m_name->setText(ConnectionDraft::nameFor(draft().profile, m_card.title));
}

void ConnectionForm::showFieldsOfCredentials()
{
    const auto source = static_cast<Source>(m_credentials->currentData().toInt());
    m_layout->setRowVisible(m_accessKeyId, source == Source::Saved);
    m_layout->setRowVisible(m_secret, source == Source::Saved);
    m_layout->setRowVisible(m_awsProfile, source == Source::AwsProfile);
}

QWidget *ConnectionForm::widgetOf(Field field) const
{
    switch (field) {
    case Field::None: return nullptr;
    case Field::Name: return m_name;
    case Field::Endpoint: return m_endpoint;
    case Field::Region: return m_region;
    case Field::AccessKeyId: return m_accessKeyId;
    case Field::Secret: return m_secret;
    case Field::AwsProfile: return m_awsProfile;
    case Field::Bucket: return m_bucket;
    }
    return nullptr;
}

void ConnectionForm::showProblem(const ConnectionDraft::Problem &problem)
{
    m_problem->setText(problem.sentence);
    m_problem->setVisible(!problem.sentence.isEmpty());
    QPalette colours = palette();
    colours.setColor(QPalette::WindowText, tone(Tone::Bad, palette()));
    m_problem->setPalette(colours);
    if (QWidget *widget = widgetOf(problem.field)) {
        m_layout->setRowVisible(widget, true);
        widget->setFocus(Qt::OtherFocusReason);
    }
}

}  // namespace packmule
