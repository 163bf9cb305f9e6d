#include "ui/browse/StoreNotice.h"

#include "ui/common/ErrorText.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace packmule {

StoreNotice::StoreNotice(QWidget *parent) : QWidget(parent), m_headline(new QLabel), m_sentence(new QLabel), m_button(new QPushButton)
{
    setObjectName(QStringLiteral("notice"));
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.3);
    large.setBold(true);
    m_headline->setFont(large);
    m_headline->setObjectName(QStringLiteral("noticeHeadline"));
    m_sentence->setObjectName(QStringLiteral("noticeSentence"));
    m_button->setObjectName(QStringLiteral("noticeButton"));
    auto *layout = new QVBoxLayout(this);
    layout->addStretch();
    for (QLabel *label : {m_headline, m_sentence}) {
        label->setTextFormat(Qt::PlainText);
        label->setAlignment(Qt::AlignCenter);
        label->setWordWrap(true);
        layout->addWidget(label);
    }
    layout->addSpacing(8);
    layout->addWidget(m_button, 0, Qt::AlignHCenter);
    layout->addStretch();
    connect(m_button, &QPushButton::clicked, this, &StoreNotice::pressed);
}

void StoreNotice::say(const QString &headline, const QString &sentence, const QString &button)
{
    m_headline->setText(headline);
    m_sentence->setText(sentence);
    m_sentence->setVisible(!sentence.isEmpty());
    m_sentence->setToolTip({});
    m_button->setText(button);
    m_button->setVisible(!button.isEmpty());
}

void StoreNotice::say(const Error &error)
{
    say(ErrorText::cause(error), advice(error), tr("Try again"));
    m_sentence->setToolTip(ErrorText::details(error));
}

QString StoreNotice::advice(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::NameNotResolved:
    case ErrorKind::ConnectionRefused: return tr("Check the network, and the address in the connection's settings.");
    case ErrorKind::NetworkUnreachable:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled: return tr("Check the network, then try again.");
    case ErrorKind::TlsUntrusted: return tr("If the store uses a certificate of its own, name its authority in the connection's settings.");
    case ErrorKind::ProxyRefused: return tr("Check the proxy's settings and what it allows.");
    case ErrorKind::Throttled:
    case ErrorKind::ServerFault:
    case ErrorKind::RequestTimedOut:
    case ErrorKind::TryAgain: return tr("Try again in a moment.");
    case ErrorKind::ClockSkewed: return tr("Set this computer's clock, then try again.");
    case ErrorKind::WrongRegion: return tr("Enter the bucket's region in the connection's settings.");
    case ErrorKind::CredentialsMissing: return tr("Enter them in the connection's settings.");
    case ErrorKind::CredentialsExpired: return tr("Sign in again, then try again.");
    case ErrorKind::CredentialsRefused: return tr("Check both keys in the connection's settings.");
    case ErrorKind::AccessDenied: return tr("These credentials may not do this. Ask the bucket's owner for permission, or use another connection.");
    case ErrorKind::NoSuchBucket: return tr("Check the bucket's name, or create it.");
    case ErrorKind::MalformedAnswer: return tr("Check the connection's address: a proxy or a sign-in page may answer in the store's place.");
    case ErrorKind::InvalidRequest:
    case ErrorKind::SourceMissing:
    case ErrorKind::SourceUnreadable:
    case ErrorKind::SourceChanged:
    case ErrorKind::LocalIo:
    case ErrorKind::DiskFull:
    case ErrorKind::JournalUnavailable:
    case ErrorKind::NoSuchKey:
    case ErrorKind::NoSuchUpload:
    case ErrorKind::BodyMismatch:
    case ErrorKind::InvalidPart:
    case ErrorKind::PartTooSmall:
    case ErrorKind::PreconditionFailed:
    case ErrorKind::Conflict:
    case ErrorKind::ChecksumUnknown:
    case ErrorKind::QuotaExceeded:
    case ErrorKind::ServiceRefused:
    case ErrorKind::VerificationFailed:
    case ErrorKind::Cancelled: return {};
    }
    return {};
}

}  // namespace packmule
