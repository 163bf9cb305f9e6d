#pragma once

#include "app/gui/ClosingQuestion.h"
#include "app/gui/DesktopPresence.h"
#include "core/settings/SettingsStore.h"
#include "ui/MainWindow.h"

#include <QObject>

#include <functional>
#include <memory>

namespace packmule {

/// Shows and hides the one window, and decides what closing it means: to go on in the background, or to quit.
/// Thread: GUI. Owns the window.
class WindowKeeper final : public QObject
{
    Q_OBJECT

public:
    /// @param isSessionEnding then nobody is asked.
    WindowKeeper(std::unique_ptr<MainWindow> window, DesktopPresence &presence, SettingsStore &settings, UserPrompts &prompts,
                 std::function<bool()> isSessionEnding, QObject *parent = nullptr);
    ~WindowKeeper() override;

    MainWindow &window() { return *m_window; }
    /// In front of everything, as far as the desktop allows. @param activationToken of who asked; may be empty.
    void show(const QString &activationToken = {});
    void toggle();
    void close(ClosingQuestion::Occasion occasion);
    void destroyWindow();

Q_SIGNALS:
    /// The journal is to be committed, and the program to end.
    void quitDecided();

private:
    void take(ClosingQuestion::Answer answer);

    std::unique_ptr<MainWindow> m_window;
    DesktopPresence &m_presence;
    SettingsStore &m_settings;
    UserPrompts &m_prompts;
    const std::function<bool()> m_isSessionEnding;
    bool m_isAsking = false;
};

}  // namespace packmule
