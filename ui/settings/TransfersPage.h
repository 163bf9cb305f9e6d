#pragma once

#include "ui/settings/SettingsPage.h"

namespace packmule {

/// How files are sent: slots, part size, files that change, objects that are there already. Thread: GUI.
class TransfersPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit TransfersPage(SettingsStore &store, QWidget *parent = nullptr);

private:
    void addPartSize();
};

}  // namespace packmule
