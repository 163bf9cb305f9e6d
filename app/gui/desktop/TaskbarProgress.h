#pragma once

#include <QDBusConnection>

#include <optional>

namespace packmule {

/// The bar on the program's icon in dock or taskbar, by the signal com.canonical.Unity.LauncherEntry.Update, which
/// GNOME's docks, KDE and others read. Nobody answers; without a session bus nothing happens. Thread: GUI.
class TaskbarProgress final
{
public:
    explicit TaskbarProgress(const QDBusConnection &sessionBus) : m_bus(sessionBus) {}
    ~TaskbarProgress() { show(std::nullopt, 0); }
    TaskbarProgress(const TaskbarProgress &) = delete;
    TaskbarProgress &operator=(const TaskbarProgress &) = delete;

    /// @param percent 0 to 100; nullopt: no bar.   @param needingAttention 0: no number.
    void show(std::optional<int> percent, int needingAttention);

private:
    QDBusConnection m_bus;
    std::optional<int> m_percent;
    int m_needingAttention = 0;
};

}  // namespace packmule
