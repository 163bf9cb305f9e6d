#include "ui/settings/NotificationsPage.h"

#include <QCheckBox>

namespace packmule {

NotificationsPage::NotificationsPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    addFlag("notifiesDone", tr("When uploads are done"), &AppSettings::notifiesDone);
    addFlag("notifiesAttention", tr("When a transfer needs me"), &AppSettings::notifiesAttention);
    addFlag("notifiesBackOnline", tr("When the network is back and uploads go on"), &AppSettings::notifiesBackOnline);
}

}  // namespace packmule
