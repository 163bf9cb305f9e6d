#pragma once

#include "ui/settings/SettingsPage.h"

namespace packmule {

/// Colours, language, closing, start at login. Thread: GUI.
class GeneralPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit GeneralPage(SettingsStore &store, QWidget *parent = nullptr);
};

}  // namespace packmule
