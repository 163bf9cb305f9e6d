#pragma once

#include <QIcon>

#include <optional>

namespace packmule {

enum class TrayState { Idle, Active, Paused, Waiting, NeedsAttention };

/// The program's mark, and its form in the tray: each state has a shape of its own, not only a colour. Drawn, so that it
/// is sharp at any size and no image plugin is needed. Thread: GUI.
QIcon programIcon();
/// @param percent shown in figures while Active.
QIcon trayIcon(TrayState state, std::optional<int> percent);

}  // namespace packmule
