#pragma once

#include "ui/settings/SettingsPage.h"

namespace packmule {

/// Which notices the desktop shows. Thread: GUI.
class NotificationsPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit NotificationsPage(SettingsStore &store, QWidget *parent = nullptr);
};

}  // namespace packmule
