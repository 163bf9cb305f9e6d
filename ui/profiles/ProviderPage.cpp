#include "ui/profiles/ProviderPage.h"

#include "ui/common/Icons.h"
#include "ui/profiles/ProviderCards.h"

#include <QCommandLinkButton>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace packmule {

namespace {
constexpr int kColumns = 3;

QCommandLinkButton *makeCard(const QString &name, const QString &title, const QString &summary, IconName picture, QWidget *parent)
{
    auto *card = new QCommandLinkButton(title, summary, parent);
    card->setObjectName(name);
    card->setAccessibleName(title);
    card->setAccessibleDescription(summary);
    card->setIcon(icon(picture));
    card->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    return card;
}

QLabel *makeHeading(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    QFont font = label->font();
    font.setBold(true);
    label->setFont(font);
    return label;
}

}  // namespace

ProviderPage::ProviderPage(Ways ways, QWidget *parent) : QWidget(parent), m_note(new QLabel(this))
{
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(makeHeading(tr("Where is your store?"), this));
    auto *grid = new QGridLayout;
    int at = 0;
    for (const ProviderCard &card : ProviderCards::all()) {
        auto *button = makeCard(QStringLiteral("provider_") + QString::fromLatin1(card.provider), card.title, card.summary, IconName::Bucket, this);
        connect(button, &QCommandLinkButton::clicked, this, [this, provider = card.provider] { Q_EMIT providerChosen(provider); });
        grid->addWidget(button, at / kColumns, at % kColumns);
        ++at;
    }
    layout->addLayout(grid);
    if (ways.hasAwsProfiles || ways.hasTryHere) {
        layout->addSpacing(8);
        layout->addWidget(makeHeading(tr("Or without typing anything"), this));
        auto *others = new QGridLayout;
        if (ways.hasAwsProfiles) {
            auto *profiles = makeCard(QStringLiteral("useAwsProfiles"), tr("Use my AWS profiles"), tr("Those that the AWS command line uses"), IconName::File, this);
            connect(profiles, &QCommandLinkButton::clicked, this, &ProviderPage::awsProfilesChosen);
            others->addWidget(profiles, 0, 0);
        }
        if (ways.hasTryHere) {
            auto *here = makeCard(QStringLiteral("tryHere"), tr("Try it here"), tr("A store in a folder of this computer; no account is needed"), IconName::Folder, this);
            connect(here, &QCommandLinkButton::clicked, this, &ProviderPage::tryHereChosen);
            others->addWidget(here, 0, 1);
        }
        layout->addLayout(others);
    }
    m_note->setObjectName(QStringLiteral("providerNote"));
    m_note->setTextFormat(Qt::PlainText);
    m_note->setWordWrap(true);
    layout->addStretch(1);
    layout->addWidget(m_note);
}

void ProviderPage::setNote(const QString &sentence)
{
    m_note->setText(sentence);
}

}  // namespace packmule
