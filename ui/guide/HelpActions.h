#pragma once

class QMenu;
class QWidget;

namespace packmule {

/// Fills the Help menu of a window: user guide (F1) and About. Each opens one window at a time. Thread: GUI.
void addHelpActions(QMenu &menu, QWidget &window);

}  // namespace packmule
