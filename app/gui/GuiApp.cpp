#include "app/gui/GuiApp.h"

#include "app/SavedConnections.h"
#include "app/gui/desktop/Autostart.h"
#include "core/journal/JournalLocation.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"
#include "ui/guide/HelpActions.h"

#include <QApplication>
#include <QDesktopServices>
#include <QFile>
#include <QFileInfo>
#include <QMenu>
#include <QPointer>
#include <QUrl>

#include <utility>

namespace packmule {

namespace {

constexpr Milliseconds kPatience{3'000};   // the journal promises 2 s; a hung disk must not keep the session from ending

ColourScheme schemeOf(AppSettings::Theme theme)
{
    switch (theme) {
    case AppSettings::Theme::System: return ColourScheme::System;
    case AppSettings::Theme::Light: return ColourScheme::Light;
    case AppSettings::Theme::Dark: return ColourScheme::Dark;
    }
    return ColourScheme::System;
}

}  // namespace

GuiApp::GuiApp(QApplication &application, const GuiOptions &options, const AwsEnvironment &environment)
    : m_options(options), m_environment(environment), m_settings(dataFolder()), m_state(dataFolder()),
      m_secrets([this] { return m_settings.settings().keepsSecretsInFile; }), m_relayedSecrets(m_secrets.store()), m_engine(m_thread), m_transfers(m_thread), m_stores(m_thread), m_appearance(application),
      m_tryHere(m_settings, localStoreFolder()),
      m_presence(m_engine, m_scheduler, m_settings, [] { return QApplication::applicationState() == Qt::ApplicationActive; }),
      m_sessionEnd(application), m_connections({m_settings, m_secrets.store(), m_thread, m_stores, m_prompts, m_disk, m_tryHere, m_scheduler, environment}),
      m_destinations({m_settings, m_state, m_stores, m_prompts, m_scheduler, m_connections}),
      m_uploads({m_destinations, m_stores, m_engine, m_prompts, m_disk, m_scheduler, [this] { return m_settings.settings(); },
                 [this](AppSettings::Conflict conflict) {
                     AppSettings changed = m_settings.settings();
                     changed.conflict = conflict;
                     m_settings.setSettings(changed);
                 }}),
      m_pages({m_stores, m_prompts, m_state, m_clock, m_scheduler}, m_transfers, m_settings),
      m_window(std::make_unique<MainWindow>(WindowServices{m_transfers, m_engine, m_prompts, m_state, m_clock, m_scheduler}, m_pages.browse(),
                                            m_pages.unfinished()),
               m_presence, m_settings, m_prompts, [this] { return m_sessionEnd.isAnnounced(); })
{
    m_prompts.setWindow(&m_window.window());
    m_connections.setWindow(&m_window.window());
    m_destinations.setWindow(&m_window.window());
    m_autostart = m_settings.settings().startAtLogin;
    connect(&m_settings, &SettingsStore::changed, this, &GuiApp::takeSettings);
    takeSettings();
    connect(&m_thread, &EngineThread::standingChanged, this, &GuiApp::takeStanding);
    joinWindow();
    joinUploads();
    joinDesktop();
}

GuiApp::~GuiApp()
{
    m_window.destroyWindow();
}

void GuiApp::joinWindow()
{
    MainWindow &window = m_window.window();
    connect(&window, &MainWindow::filesGiven, &m_uploads, &UploadFlow::begin);
    const auto showDestination = [this, &window] { window.setDestinationText(m_destinations.text()); };
    connect(&m_destinations, &Destinations::changed, &window, showDestination);
    showDestination();
    const auto showConnections = [this, &window] { window.setConnections(m_pages.connections()); };
    connect(&m_pages, &StorePages::connectionsChanged, &window, showConnections);
    showConnections();
    connect(&window, &MainWindow::limitToggled, this, [this](bool isLimited) {
        AppSettings changed = m_settings.settings();
        changed.isLimited = isLimited;
        m_settings.setSettings(changed);
    });
    connect(&window, &MainWindow::folderRequested, this,
            [](const QByteArray &path) { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(QFile::decodeName(path)).path())); });
    connect(&m_presence.watch(), &ActivityWatch::networkLost, &window, [&window] { window.setNetwork(false); });
    connect(&m_presence.watch(), &ActivityWatch::networkBack, &window, [&window] { window.setNetwork(true); });
    addHelpActions(window.helpMenu(), window);
    window.helpMenu().menuAction()->setVisible(true);
    connect(&window, &MainWindow::settingsRequested, this, [this] { showSettings(SettingsDialog::Page::General); });
    connect(&window, &MainWindow::connectionsRequested, this, [this] { showSettings(SettingsDialog::Page::Connections); });
    connect(&m_window, &WindowKeeper::quitDecided, this, &GuiApp::endNow);
}

void GuiApp::joinUploads()
{
    connect(&m_uploads, &UploadFlow::said, this, [this](const QString &sentence) { m_window.window().say(sentence); });
    connect(&m_uploads, &UploadFlow::refused, this, &GuiApp::tell);
    connect(&m_uploads, &UploadFlow::accepted, this, &GuiApp::askForAutostart);
    connect(&m_pages, &StorePages::newConnectionRequested, &m_connections, &ConnectionDesk::add);
    connect(&m_pages, &StorePages::said, this, [this](const QString &sentence) { m_window.window().say(sentence); });
    connect(&m_pages, &StorePages::filesDropped, &m_uploads, &UploadFlow::beginAt);
    connect(&m_tryHere, &TryHere::failed, this, [this](const Error &error) { tell(tr("The local store cannot start"), ErrorText::cause(error)); });
}

void GuiApp::joinDesktop()
{
    TrayIcon &tray = m_presence.tray();
    connect(&tray, &TrayIcon::pauseAllRequested, this, [this] { changeAll(QueueVerb::Pause); });
    connect(&tray, &TrayIcon::resumeAllRequested, this, [this] { changeAll(QueueVerb::Resume); });
    connect(&tray, &TrayIcon::addFilesRequested, this, [this] {
        m_window.show();
        m_prompts.chooseFiles(tr("Add files"), [self = QPointer(this)](const QStringList &files) {
            QList<QByteArray> paths;
            for (const QString &file : files)
                paths.append(QFile::encodeName(file));
            if (self && !paths.isEmpty())
                self->m_uploads.begin(paths);
        });
    });
    connect(&m_sessionEnd, &SessionEnd::endAsked, this, &GuiApp::endNow);
}

void GuiApp::start()
{
    EngineChoices choices;
    choices.journalPath = m_options.journalPath;
    choices.environment = m_environment;
    choices.transport = m_options.transport.value_or(m_settings.settings().transport == AppSettings::Transport::Qt ? TransportKind::Qt : TransportKind::Direct);
    choices.secrets = &m_relayedSecrets;
    m_thread.start(std::move(choices));
    const auto takePaths = [this] {
        if (!m_options.paths.isEmpty())
            m_uploads.begin(m_options.paths);
    };
    const bool makesStore = m_options.triesHere && m_settings.connections().isEmpty();
    if (makesStore)
        m_tryHere.begin([takePaths](const Result<QByteArray> &) { takePaths(); });
    else
        m_tryHere.startIfWanted();
    // Without a tray nobody would find the way back.
    if (!m_options.isInBackground || !m_presence.tray().isSeen())
        m_window.show();
    if (!makesStore)
        takePaths();
}

void GuiApp::takeCall(const WindowCall &call)
{
    m_window.show(call.activationToken);
    if (!call.paths.isEmpty())
        m_uploads.begin(call.paths);
}

void GuiApp::takeStanding()
{
    const EngineStanding &standing = m_thread.standing();
    if (standing.state == EngineStanding::State::Failed && standing.error) {
        m_prompts.ask({tr("The list of transfers cannot be opened"), ErrorText::cause(*standing.error) + QLatin1Char('\n') + ErrorText::details(*standing.error),
                       {tr("Try again"), tr("Quit")}, {}},
                      [self = QPointer(this)](const UserAnswer &answer) {
                          if (!self)
                              return;
                          if (answer.choice == 0)
                              self->m_thread.tryAgain();
                          else
                              self->endNow();
                      });
    }
    setLimits();
    // What ran when the program ended goes on by itself; what was paused stays paused.
    if (standing.state == EngineStanding::State::Here && !std::exchange(m_isResumed, true))
        m_resuming = m_engine.resume(0, [](const Result<ResumeAnswer> &) {});
    if (standing.state == EngineStanding::State::Opening)
        m_isResumed = false;
}

void GuiApp::takeSettings()
{
    const AppSettings &settings = m_settings.settings();
    m_appearance.setScheme(schemeOf(settings.theme));
    m_window.window().setLimit(settings.isLimited, settings.isLimited ? AmountText::rate(static_cast<double>(settings.bandwidthLimit.value())) : QString());
    setLimits();
    if (settings.startAtLogin == std::exchange(m_autostart, settings.startAtLogin))
        return;
    const bool isOn = m_autostart == AppSettings::StartAtLogin::Yes;
    m_writingAutostart = m_disk.ask<Result<void>>([isOn, program = QApplication::applicationFilePath()] { return Autostart(program).switchTo(isOn); },
                                                  [this](const Result<void> &written) {
                                                      if (!written)
                                                          tell(tr("Packmule cannot be started at login"), written.error().detail);
                                                  });
}

/// For the engine of this process; another process's has limits of its own.
void GuiApp::setLimits()
{
    if (m_thread.standing().state != EngineStanding::State::Here)
        return;
    const AppSettings &settings = m_settings.settings();
    EngineLimits limits;
    limits.slots = settings.slots;
    for (const BandwidthPeriod &period : settings.bandwidth())
        limits.bandwidth.entries.append({period.minuteOfDay, period.perSecond});
    m_limiting = m_engine.setLimits(limits, [](const Result<void> &) {});
}

void GuiApp::showSettings(SettingsDialog::Page page)
{
    if (!m_settingsDialog) {
        m_settingsDialog = new SettingsDialog(m_connections.services(), &m_window.window());
        m_settingsDialog->setAttribute(Qt::WA_DeleteOnClose);
    }
    m_settingsDialog->showPage(page);
    m_settingsDialog->show();
    m_settingsDialog->raise();
}

void GuiApp::changeAll(QueueVerb verb)
{
    m_changing = m_engine.change(verb, {}, [this](const Result<int> &changed) {
        if (!changed)
            tell(tr("That did not work"), ErrorText::cause(changed.error()));
    });
}

void GuiApp::tell(const QString &title, const QString &text)
{
    m_prompts.ask({title, text, {tr("Close", "a message")}, {}}, [](UserAnswer) {});
}

void GuiApp::askForAutostart()
{
    if (m_settings.settings().startAtLogin != AppSettings::StartAtLogin::NotAsked)
        return;
    AppSettings asked = m_settings.settings();
    asked.startAtLogin = AppSettings::StartAtLogin::No;
    m_settings.setSettings(asked);
    m_prompts.ask({tr("Start Packmule at login?"), tr("Uploads that a shutdown interrupts then go on by themselves when you are back."),
                   {tr("Not now"), tr("Start at login")}, {}},
                  [self = QPointer(this)](const UserAnswer &answer) {
                      if (!self || answer.choice != 1)
                          return;
                      AppSettings changed = self->m_settings.settings();
                      changed.startAtLogin = AppSettings::StartAtLogin::Yes;
                      self->m_settings.setSettings(changed);
                  });
}

void GuiApp::endNow()
{
    if (std::exchange(m_isEnding, true))
        return;
    // Not quit(): that would first ask the window, which asks a person.
    const auto quit = [] { QApplication::exit(0); };
    m_ending = m_scheduler.after(kPatience, quit);
    m_thread.stop(quit);
}

}  // namespace packmule
