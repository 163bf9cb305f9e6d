#include "ui/settings/GeneralPage.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLocale>

namespace packmule {

namespace {

/// Those that the catalogues are complete for; each in its own language.
constexpr const char *kLanguages[] = {"en", "de", "fr", "es", "ja", "zh_CN", "ar"};

QString ownName(const char *language)
{
    const QLocale locale{QLatin1String(language)};
    QString name = locale.language() == QLocale::English ? QStringLiteral("English") : locale.nativeLanguageName();
    if (!name.isEmpty())
        name[0] = name[0].toUpper();
    return name;
}

}  // namespace

GeneralPage::GeneralPage(SettingsStore &store, QWidget *parent) : SettingsPage(store, parent)
{
    using Theme = AppSettings::Theme;
    addChoice("theme", tr("Colours"),
              {{tr("As the desktop"), static_cast<int>(Theme::System)}, {tr("Light", "colours"), static_cast<int>(Theme::Light)},
               {tr("Dark", "colours"), static_cast<int>(Theme::Dark)}},
              [](const AppSettings &settings) { return static_cast<int>(settings.theme); },
              [](AppSettings &settings, int value) { settings.theme = static_cast<Theme>(value); });
    QList<Choice> languages{{tr("As the desktop"), -1}};
    for (int at = 0; const char *language : kLanguages)
        languages.append({ownName(language), at++});
    addChoice("language", tr("Language"), languages,
              [](const AppSettings &settings) {
                  const auto found = std::ranges::find_if(kLanguages, [&](const char *known) { return settings.language == QLatin1String(known); });
                  return found == std::end(kLanguages) ? -1 : static_cast<int>(found - std::begin(kLanguages));
              },
              [](AppSettings &settings, int value) { settings.language = value < 0 ? QString() : QLatin1String(kLanguages[value]); });
    addNote(tr("Another language holds from the next start on."));
    using OnClose = AppSettings::OnClose;
    addChoice("onClose", tr("Closing the window during uploads"),
              {{tr("Ask"), static_cast<int>(OnClose::Ask)}, {tr("Keep running in the background"), static_cast<int>(OnClose::KeepRunning)},
               {tr("Pause and quit"), static_cast<int>(OnClose::Quit)}},
              [](const AppSettings &settings) { return static_cast<int>(settings.onClose); },
              [](AppSettings &settings, int value) { settings.onClose = static_cast<OnClose>(value); });
    auto *atLogin = new QCheckBox(tr("Start when I log in"), this);
    atLogin->setObjectName(QStringLiteral("startAtLogin"));
    form().addRow(atLogin);
    connect(atLogin, &QCheckBox::toggled, this, [this](bool isOn) {
        change([&](AppSettings &settings) { settings.startAtLogin = isOn ? AppSettings::StartAtLogin::Yes : AppSettings::StartAtLogin::No; });
    });
    follow([atLogin](const AppSettings &settings) { atLogin->setChecked(settings.startAtLogin == AppSettings::StartAtLogin::Yes); });
}

}  // namespace packmule
