#include "ui/profiles/SecretField.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

namespace packmule {

SecretField::SecretField(QWidget *parent) : QWidget(parent), m_line(new QLineEdit(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_line->setObjectName(QStringLiteral("secretAccessKey"));
    m_line->setAccessibleName(tr("Secret access key"));
    m_line->setEchoMode(QLineEdit::Password);
    m_line->setInputMethodHints(Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    m_line->setMaxLength(1024);
    auto *show = new QToolButton(this);
    show->setObjectName(QStringLiteral("showSecret"));
    show->setCheckable(true);
    show->setText(tr("Show", "the secret that was typed"));
    show->setAccessibleName(tr("Show the secret access key"));
    show->setFocusPolicy(Qt::StrongFocus);
    connect(show, &QToolButton::toggled, m_line, [this](bool isShown) { m_line->setEchoMode(isShown ? QLineEdit::Normal : QLineEdit::Password); });
    connect(m_line, &QLineEdit::textEdited, this, &SecretField::edited);
    layout->addWidget(m_line, 1);
    layout->addWidget(show);
    setFocusProxy(m_line);
}

QByteArray SecretField::secret() const
{
    return m_line->text().trimmed().toUtf8();
}

void SecretField::setIsKept(bool isKept)
{
    m_line->setPlaceholderText(isKept ? tr("Kept; type here to replace it") : QString());
}

void SecretField::clear()
{
    m_line->clear();
}

}  // namespace packmule
