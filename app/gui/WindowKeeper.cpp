#include "app/gui/WindowKeeper.h"

#include <QGuiApplication>
#include <QPointer>

#include <utility>

namespace packmule {

WindowKeeper::WindowKeeper(std::unique_ptr<MainWindow> window, DesktopPresence &presence, SettingsStore &settings, UserPrompts &prompts,
                           std::function<bool()> isSessionEnding, QObject *parent)
    : QObject(parent), m_window(std::move(window)), m_presence(presence), m_settings(settings), m_prompts(prompts),
      m_isSessionEnding(std::move(isSessionEnding))
{
    m_window->setAsksBeforeClosing(true);
    connect(m_window.get(), &MainWindow::closeRequested, this, [this] { close(ClosingQuestion::Occasion::WindowClosed); });
    connect(m_window.get(), &MainWindow::quitRequested, this, [this] { close(ClosingQuestion::Occasion::QuitChosen); });
    connect(&m_presence.tray(), &TrayIcon::quitRequested, this, [this] { close(ClosingQuestion::Occasion::QuitChosen); });
    connect(&m_presence.tray(), &TrayIcon::openWindowRequested, this, [this] { show(); });
    connect(&m_presence.tray(), &TrayIcon::toggleWindowRequested, this, &WindowKeeper::toggle);
    connect(&m_presence, &DesktopPresence::openWindowRequested, this, &WindowKeeper::show);
}

WindowKeeper::~WindowKeeper() = default;

void WindowKeeper::destroyWindow()
{
    m_window.reset();
}

void WindowKeeper::show(const QString &activationToken)
{
    if (!m_window)
        return;
    // Qt reads it from here when the window asks to be activated under Wayland.
    if (!activationToken.isEmpty())
        qputenv("XDG_ACTIVATION_TOKEN", activationToken.toUtf8());
    if (m_window->isMinimized())
        m_window->showNormal();
    m_window->show();
    m_window->raise();
    m_window->activateWindow();
    m_presence.watch().forgetAttention();
}

void WindowKeeper::toggle()
{
    if (m_window && m_window->isVisible() && m_window->isActiveWindow())
        m_window->hide();
    else
        show();
}

void WindowKeeper::close(ClosingQuestion::Occasion occasion)
{
    const Activity &activity = m_presence.activity();
    if (m_isSessionEnding()) {
        take(ClosingQuestion::Answer::Quit);
        return;
    }
    const auto settled = ClosingQuestion::settledAnswer(occasion, m_settings.settings().onClose, activity.isBusy());
    if (settled != ClosingQuestion::Answer::Stay) {
        take(settled);
        return;
    }
    if (std::exchange(m_isAsking, true))
        return;
    show();
    m_prompts.ask(ClosingQuestion::question(occasion, m_presence.tray().isSeen(), activity.active + activity.queued),
                  [self = QPointer(this)](const UserAnswer &answer) {
                      if (!self)
                          return;
                      self->m_isAsking = false;
                      const auto chosen = ClosingQuestion::answerOf(answer);
                      if (answer.isRemembered && chosen != ClosingQuestion::Answer::Stay) {
                          AppSettings settings = self->m_settings.settings();
                          settings.onClose = chosen == ClosingQuestion::Answer::Quit ? AppSettings::OnClose::Quit : AppSettings::OnClose::KeepRunning;
                          self->m_settings.setSettings(settings);
                      }
                      self->take(chosen);
                  });
}

void WindowKeeper::take(ClosingQuestion::Answer answer)
{
    switch (answer) {
    case ClosingQuestion::Answer::Stay:
        return;
    case ClosingQuestion::Answer::KeepRunning:
        m_window->hide();
        return;
    case ClosingQuestion::Answer::Quit:
        m_window->hide();
        Q_EMIT quitDecided();
        return;
    }
}

}  // namespace packmule
