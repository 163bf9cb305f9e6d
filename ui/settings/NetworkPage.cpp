#include "ui/settings/NetworkPage.h"

#include <QComboBox>

namespace packmule {

NetworkPage::NetworkPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    using Transport = AppSettings::Transport;
    addChoice("transport", tr("Requests are sent"),
              {{tr("By Packmule itself"), static_cast<int>(Transport::Direct)}, {tr("By Qt's own HTTP client"), static_cast<int>(Transport::Qt)}},
              [](const AppSettings &settings) { return static_cast<int>(settings.transport); },
              [](AppSettings &settings, int value) { settings.transport = static_cast<Transport>(value); });
    addNote(tr("Qt's client is slower. It is there for a server or a proxy that does not get on with Packmule's own. Another choice holds from the next start on."));
    addNote(tr("A proxy is taken from the variables https_proxy, http_proxy and no_proxy."));
}

}  // namespace packmule
