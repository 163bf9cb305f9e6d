#pragma once

#include "core/settings/AppSettings.h"
#include "ui/common/UserPrompts.h"

#include <QCoreApplication>

#include <functional>

namespace packmule {

/// What closing the window or quitting means while transfers are active: asked once, then remembered.
/// Thread: GUI.
class ClosingQuestion
{
    Q_DECLARE_TR_FUNCTIONS(ClosingQuestion)

public:
    enum class Occasion { WindowClosed, QuitChosen };
    enum class Answer { Stay, KeepRunning, Quit };

    /// @param hasTray false: starting the program again is how the window comes back, and the question says so.
    static UserQuestion question(Occasion occasion, bool hasTray, int active);
    static Answer answerOf(const UserAnswer &answer);
    /// Stay means: ask.
    static Answer settledAnswer(Occasion occasion, AppSettings::OnClose onClose, bool isBusy);
};

}  // namespace packmule
