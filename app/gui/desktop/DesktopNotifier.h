#pragma once

#include <QByteArray>
#include <QDBusConnection>
#include <QHash>
#include <QList>
#include <QObject>
#include <QString>

#include <optional>
#include <utility>

namespace packmule {

/// One message to somebody who is looking elsewhere. Plain text; foreign names went through displayName().
struct DesktopNotice {
    QByteArray tag;                                   ///< a later notice with the same tag takes this one's place
    QString title, text;
    QList<std::pair<QString, QString>> actions;       ///< name and label; "default" is the click on the notice itself
    bool isUrgent = false;
};

/// Notices through org.freedesktop.Notifications, which also obeys "do not disturb". Where nobody serves that,
/// unserved() hands the notice back for the tray. Thread: GUI; never waits.
class DesktopNotifier final : public QObject
{
    Q_OBJECT

public:
    explicit DesktopNotifier(const QDBusConnection &sessionBus, QObject *parent = nullptr);

    void show(const DesktopNotice &notice);
    /// Whether the server has given it an id and it was not closed since.
    bool isShown(const QByteArray &tag) const { return m_ids.contains(tag); }

Q_SIGNALS:
    /// @param activationToken lets the window come to the front under Wayland; often empty.
    void actionChosen(const QByteArray &tag, const QString &action, const QString &activationToken);
    void unserved(const packmule::DesktopNotice &notice);

private Q_SLOTS:
    void takeAction(uint id, const QString &action);
    void takeToken(uint id, const QString &token);
    void takeClosed(uint id, uint reason);

private:
    void askAbilities();
    void send(const DesktopNotice &notice);

    QDBusConnection m_bus;
    std::optional<bool> m_readsMarkup;     ///< nullopt: not known yet, notices wait
    bool m_isAsking = false;
    QList<DesktopNotice> m_waiting;
    QHash<QByteArray, uint> m_ids;         ///< by tag
    QHash<uint, QString> m_tokens;
};

}  // namespace packmule
