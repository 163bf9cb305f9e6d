#include "app/gui/desktop/DesktopNotifier.h"

#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

#include <utility>

namespace packmule {

namespace {

// Source: Desktop Notifications Specification 1.3.
const QLatin1String kService("org.freedesktop.Notifications"), kPath("/org/freedesktop/Notifications");

QDBusMessage methodCall(const char *method)
{
    return QDBusMessage::createMethodCall(kService, kPath, kService, QLatin1String(method));
}

QVariantMap hintsOf(const DesktopNotice &notice)
{
    constexpr uchar kNormal = 1, kCritical = 2;
    return {{QStringLiteral("desktop-entry"), QStringLiteral("packmule")},
            {QStringLiteral("category"), QStringLiteral("transfer")},
            {QStringLiteral("urgency"), QVariant::fromValue<uchar>(notice.isUrgent ? kCritical : kNormal)}};
}

}  // namespace

DesktopNotifier::DesktopNotifier(const QDBusConnection &sessionBus, QObject *parent) : QObject(parent), m_bus(sessionBus)
{
    if (!m_bus.isConnected())
        return;
    m_bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this, SLOT(takeAction(uint, QString)));
    m_bus.connect(kService, kPath, kService, QStringLiteral("ActivationToken"), this, SLOT(takeToken(uint, QString)));
    m_bus.connect(kService, kPath, kService, QStringLiteral("NotificationClosed"), this, SLOT(takeClosed(uint, uint)));
}

void DesktopNotifier::show(const DesktopNotice &notice)
{
    if (!m_bus.isConnected()) {
        QMetaObject::invokeMethod(this, [this, notice] { Q_EMIT unserved(notice); }, Qt::QueuedConnection);
        return;
    }
    if (m_readsMarkup) {
        send(notice);
        return;
    }
    m_waiting.append(notice);
    askAbilities();
}

void DesktopNotifier::askAbilities()
{
    if (std::exchange(m_isAsking, true))
        return;
    auto *answer = new QDBusPendingCallWatcher(m_bus.asyncCall(methodCall("GetCapabilities")), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer] {
        answer->deleteLater();
        m_isAsking = false;
        const QDBusPendingReply<QStringList> reply = *answer;
        const QList<DesktopNotice> waiting = std::exchange(m_waiting, {});
        if (!reply.isError())
            m_readsMarkup = reply.value().contains(QLatin1String("body-markup"));
        for (const DesktopNotice &notice : waiting) {
            if (m_readsMarkup)
                send(notice);
            else
                Q_EMIT unserved(notice);
        }
    });
}

void DesktopNotifier::send(const DesktopNotice &notice)
{
    constexpr int kServersChoice = -1;
    QStringList actions;
    for (const auto &[name, label] : notice.actions)
        actions << name << label;
    QDBusMessage call = methodCall("Notify");
    // A server that reads markup would take "<b>.txt" for a tag.
    call << QStringLiteral("Packmule") << m_ids.value(notice.tag) << QStringLiteral("packmule") << notice.title
         << (*m_readsMarkup ? notice.text.toHtmlEscaped() : notice.text) << actions << hintsOf(notice) << kServersChoice;
    auto *answer = new QDBusPendingCallWatcher(m_bus.asyncCall(call), this);
    connect(answer, &QDBusPendingCallWatcher::finished, this, [this, answer, notice] {
        answer->deleteLater();
        const QDBusPendingReply<uint> reply = *answer;
        if (reply.isError()) {
            m_readsMarkup.reset();  // another server may come
            Q_EMIT unserved(notice);
            return;
        }
        m_ids.insert(notice.tag, reply.value());
    });
}

void DesktopNotifier::takeAction(uint id, const QString &action)
{
    const QByteArray tag = m_ids.key(id);
    if (!tag.isEmpty())
        Q_EMIT actionChosen(tag, action, m_tokens.take(id));
}

void DesktopNotifier::takeToken(uint id, const QString &token)
{
    if (!m_ids.key(id).isEmpty())
        m_tokens.insert(id, token);
}

void DesktopNotifier::takeClosed(uint id, uint)
{
    const QByteArray tag = m_ids.key(id);
    m_tokens.remove(id);
    if (!tag.isEmpty())
        m_ids.remove(tag);
}

}  // namespace packmule
