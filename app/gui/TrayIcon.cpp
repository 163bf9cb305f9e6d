#include "app/gui/TrayIcon.h"

#include <QAction>

namespace packmule {

TrayIcon::TrayIcon(QObject *parent) : QObject(parent)
{
    m_menu.setObjectName(QStringLiteral("trayMenu"));
    const auto add = [this](const char *name, const QString &text, auto signal) {
        QAction *action = m_menu.addAction(text);
        action->setObjectName(QLatin1String(name));
        connect(action, &QAction::triggered, this, [this, signal] { Q_EMIT (this->*signal)(); });
        return action;
    };
    add("trayOpen", tr("Open &window"), &TrayIcon::openWindowRequested);
    add("trayAddFiles", tr("Add &files…"), &TrayIcon::addFilesRequested);
    m_menu.addSeparator();
    add("trayPauseAll", tr("&Pause all"), &TrayIcon::pauseAllRequested);
    add("trayResumeAll", tr("&Resume all"), &TrayIcon::resumeAllRequested);
    m_limit = m_menu.addAction(tr("&Limit the speed"));
    m_limit->setObjectName(QStringLiteral("trayLimit"));
    m_limit->setCheckable(true);
    connect(m_limit, &QAction::triggered, this, &TrayIcon::limitRequested);
    m_menu.addSeparator();
    add("trayQuit", tr("&Quit"), &TrayIcon::quitRequested);
    m_icon.setContextMenu(&m_menu);
    connect(&m_icon, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
        if (reason == QSystemTrayIcon::Trigger)
            Q_EMIT toggleWindowRequested();
    });
    connect(&m_icon, &QSystemTrayIcon::messageClicked, this, &TrayIcon::openWindowRequested);
    show(Activity{});
    m_icon.show();
}

TrayIcon::~TrayIcon() = default;

bool TrayIcon::isSeen() const
{
    return QSystemTrayIcon::isSystemTrayAvailable();
}

TrayState TrayIcon::stateOf(const Activity &activity)
{
    if (activity.needingAttention > 0)
        return TrayState::NeedsAttention;
    if (activity.active > 0 && activity.waiting == activity.active)
        return TrayState::Waiting;
    if (activity.isBusy())
        return TrayState::Active;
    return activity.paused > 0 ? TrayState::Paused : TrayState::Idle;
}

QString TrayIcon::toolTipOf(const Activity &activity)
{
    switch (stateOf(activity)) {
    case TrayState::Idle:
        return tr("Packmule: nothing to do");
    case TrayState::Active:
        return tr("Packmule: uploading, %1 %").arg(activity.percent.value_or(0));
    case TrayState::Paused:
        return tr("Packmule: %n transfer(s) paused", nullptr, activity.paused);
    case TrayState::Waiting:
        return tr("Packmule: %n transfer(s) waiting", nullptr, activity.waiting);
    case TrayState::NeedsAttention:
        return tr("Packmule: %n transfer(s) need your attention", nullptr, activity.needingAttention);
    }
    return {};
}

void TrayIcon::show(const Activity &activity)
{
    const std::pair now{stateOf(activity), activity.percent};
    m_icon.setToolTip(toolTipOf(activity));
    if (m_shown == now)
        return;
    m_shown = now;
    m_icon.setIcon(trayIcon(now.first, now.second));
}

void TrayIcon::showLimit(bool isLimited)
{
    m_limit->setChecked(isLimited);
}

void TrayIcon::showMessage(const QString &title, const QString &text)
{
    m_icon.showMessage(title, text, programIcon());
}

}  // namespace packmule
