#include "app/gui/DesktopPresence.h"

#include "core/base/Redaction.h"
#include "ui/common/ErrorText.h"

namespace packmule {

DesktopPresence::DesktopPresence(EngineClient &engine, Scheduler &scheduler, SettingsStore &settings, std::function<bool()> isWindowInFront, QObject *parent)
    : QObject(parent), m_settings(settings), m_isWindowInFront(std::move(isWindowInFront)), m_watch(engine, scheduler),
      m_notifier(QDBusConnection::sessionBus()), m_taskbar(QDBusConnection::sessionBus()),
      m_inhibitor(QDBusConnection::systemBus(), QDBusConnection::sessionBus(), tr("Packmule is uploading"))
{
    connect(&m_watch, &ActivityWatch::changed, this, &DesktopPresence::showActivity);
    connect(&m_watch, &ActivityWatch::attentionNeeded, this, &DesktopPresence::takeAttention);
    connect(&m_watch, &ActivityWatch::networkBack, this, [this] {
        if (m_settings.settings().notifiesBackOnline)
            notify("network", tr("Back online"), tr("Uploads go on."), false);
    });
    connect(&engine, &EngineClient::runEnded, this, [this](RunId, const RunOutcome &outcome) { takeRunEnd(outcome); });
    connect(&m_settings, &SettingsStore::changed, this, &DesktopPresence::takeSettings);
    connect(&m_notifier, &DesktopNotifier::unserved, this, [this](const DesktopNotice &notice) { m_tray.showMessage(notice.title, notice.text); });
    connect(&m_notifier, &DesktopNotifier::actionChosen, this,
            [this](const QByteArray &, const QString &, const QString &token) { Q_EMIT openWindowRequested(token); });
    connect(&m_tray, &TrayIcon::limitRequested, this, [this](bool isLimited) {
        AppSettings changed = m_settings.settings();
        changed.isLimited = isLimited;
        m_settings.setSettings(changed);
    });
    takeSettings();
}

void DesktopPresence::takeSettings()
{
    m_tray.showLimit(m_settings.settings().isLimited);
    m_inhibitor.setOnMainsOnly(!m_settings.settings().inhibitsSleepOnBattery);
    showActivity();
}

void DesktopPresence::showActivity()
{
    const Activity &activity = m_watch.activity();
    m_tray.show(activity);
    m_taskbar.show(activity.isBusy() ? activity.percent : std::nullopt, activity.needingAttention);
    m_inhibitor.setWanted(activity.isSending() && m_settings.settings().inhibitsSleep);
}

void DesktopPresence::takeRunEnd(const RunOutcome &outcome)
{
    const SummaryEvent &summary = outcome.summary;
    if (outcome.isInterrupted || summary.completed == 0 || summary.failed > 0 || !m_settings.settings().notifiesDone)
        return;
    notify("done", tr("Uploaded and verified"), tr("%n file(s) are in the store.", nullptr, summary.completed), false);
}

void DesktopPresence::takeAttention(const TransferEvent &event)
{
    const auto *failed = std::get_if<FailedEvent>(&event.body);
    if (!failed || !m_settings.settings().notifiesAttention)
        return;
    notify("attention", tr("An upload needs your attention"),
           tr("%1: %2", "file, what happened").arg(displayName(event.source), ErrorText::cause(failed->error)), true);
}

void DesktopPresence::notify(const QByteArray &tag, const QString &title, const QString &text, bool isUrgent)
{
    if (m_isWindowInFront())
        return;
    m_notifier.show({.tag = tag, .title = title, .text = text, .actions = {{QStringLiteral("default"), tr("Show", "the window")}}, .isUrgent = isUrgent});
}

}  // namespace packmule
