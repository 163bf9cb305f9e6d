#include "ui/settings/PowerPage.h"

#include <QCheckBox>

namespace packmule {

PowerPage::PowerPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    addFlag("inhibitsSleep", tr("Keep the computer awake while something is sent"), &AppSettings::inhibitsSleep);
    QCheckBox *onBattery = addFlag("inhibitsSleepOnBattery", tr("On battery too"), &AppSettings::inhibitsSleepOnBattery);
    follow([onBattery](const AppSettings &settings) { onBattery->setEnabled(settings.inhibitsSleep); });
    addNote(tr("Uploads carry on by themselves after sleep, too; nothing that was sent is lost."));
}

}  // namespace packmule
