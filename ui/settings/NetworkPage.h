#pragma once

#include "ui/settings/SettingsPage.h"

namespace packmule {

/// How requests are sent. Thread: GUI.
class NetworkPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit NetworkPage(SettingsStore &store, QWidget *parent = nullptr);
};

}  // namespace packmule
