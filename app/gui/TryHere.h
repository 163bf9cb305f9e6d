#pragma once

#include "app/gui/TryHereStore.h"
#include "core/settings/SettingsStore.h"

#include <QObject>

#include <functional>
#include <vector>

namespace packmule {

/// The connection "This computer" and the store behind it: made when a person first wants to try Packmule without an
/// account, started with the program ever after. Thread: GUI.
class TryHere final : public QObject
{
    Q_OBJECT

public:
    /// @param folder of the store.
    TryHere(SettingsStore &settings, const QString &folder, QObject *parent = nullptr);

    /// At the program's start: runs the store if there is such a connection.
    void startIfWanted();
    /// Makes the connection if there is none. @param done later, with its id. Errors: LocalIo.
    void begin(std::function<void(Result<QByteArray>)> done);

Q_SIGNALS:
    void failed(const packmule::Error &error);

private:
    std::optional<ConnectionProfile> saved() const;
    void takeAddress(const TryHereStore::Address &address);

    SettingsStore &m_settings;
    const QByteArray m_folder;
    TryHereStore m_store;
    CallHandle m_starting;
    std::vector<std::function<void(Result<QByteArray>)>> m_waiting;
    bool m_isStarting = false, m_isRunning = false;
};

}  // namespace packmule
