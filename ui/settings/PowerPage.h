#pragma once

#include "ui/settings/SettingsPage.h"

namespace packmule {

/// Whether the computer stays awake while something is sent. Thread: GUI.
class PowerPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit PowerPage(SettingsStore &store, QWidget *parent = nullptr);
};

}  // namespace packmule
