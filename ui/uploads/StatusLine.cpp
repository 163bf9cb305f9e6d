#include "ui/uploads/StatusLine.h"

#include "ui/common/AmountText.h"
#include "ui/common/IconLabel.h"
#include "ui/uploads/SpeedHistory.h"

#include <QAction>
#include <QLabel>
#include <QStatusBar>
#include <QToolButton>

namespace packmule {

StatusLine::StatusLine(QStatusBar &bar, SpeedHistory &speeds, QAction &limit, QObject *parent)
    : QObject(parent), m_speeds(speeds), m_speed(new QLabel), m_limit(new QLabel), m_network(new QLabel), m_networkSign(new IconLabel(IconName::Online, 16))
{
    bar.setObjectName(QStringLiteral("statusBar"));
    auto *turtle = new QToolButton;
    turtle->setObjectName(QStringLiteral("limitButton"));
    turtle->setDefaultAction(&limit);
    turtle->setToolButtonStyle(Qt::ToolButtonIconOnly);
    turtle->setAutoRaise(true);
    m_speed->setObjectName(QStringLiteral("totalSpeed"));
    m_limit->setObjectName(QStringLiteral("limitText"));
    m_network->setObjectName(QStringLiteral("networkText"));
    for (QLabel *label : {m_speed, m_limit, m_network})
        label->setTextFormat(Qt::PlainText);
    // As wide as it may get: what stands beside it does not move with every digit.
    m_speed->setMinimumWidth(m_speed->fontMetrics().horizontalAdvance(AmountText::rate(1023.9 * 1024 * 1024)) + 12);
    bar.addPermanentWidget(m_networkSign);
    bar.addPermanentWidget(m_network);
    bar.addPermanentWidget(m_speed);
    bar.addPermanentWidget(m_limit);
    bar.addPermanentWidget(turtle);
    connect(&speeds, &SpeedHistory::sampled, this, &StatusLine::showSpeed);
    showSpeed();
    setLimit({});
    setNetwork(true, {});
}

void StatusLine::showSpeed()
{
    const QString rate = AmountText::rate(m_speeds.total());
    const QString text = rate.isEmpty() ? tr("Idle", "nothing is being sent") : rate;
    if (text == m_speed->text())
        return;
    m_speed->setText(text);
    m_speed->setAccessibleName(tr("Speed of all transfers: %1").arg(text));
}

void StatusLine::setLimit(const QString &sentence)
{
    m_limit->setText(sentence);
    m_limit->setVisible(!sentence.isEmpty());
}

void StatusLine::setNetwork(bool isOnline, const QString &sentence)
{
    m_network->setText(sentence.isEmpty() ? (isOnline ? tr("Online") : tr("No network")) : sentence);
    m_networkSign->setIcon(isOnline ? IconName::Online : IconName::Offline);
}

}  // namespace packmule
