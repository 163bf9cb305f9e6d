#include "app/gui/ClosingQuestion.h"

namespace packmule {

UserQuestion ClosingQuestion::question(Occasion occasion, bool hasTray, int active)
{
    const QString title = occasion == Occasion::WindowClosed ? tr("Keep uploading?") : tr("Quit while uploading?");
    QStringList sentences;
    sentences << tr("%n transfer(s) have not ended.", nullptr, active);
    sentences << (hasTray ? tr("Packmule can go on in the background; its icon in the tray opens the window again.")
                          : tr("Packmule can go on in the background; start it again to see the window."));
    sentences << tr("If it quits, everything is kept and goes on at the next start.");
    return {title, sentences.join(QLatin1Char('\n')),
            {tr("Cancel", "neither close nor quit"), tr("Keep running"), tr("Pause and quit")},
            tr("Remember my choice")};
}

ClosingQuestion::Answer ClosingQuestion::answerOf(const UserAnswer &answer)
{
    switch (answer.choice) {
    case 1: return Answer::KeepRunning;
    case 2: return Answer::Quit;
    default: return Answer::Stay;
    }
}

ClosingQuestion::Answer ClosingQuestion::settledAnswer(Occasion occasion, AppSettings::OnClose onClose, bool isBusy)
{
    if (!isBusy)
        return Answer::Quit;
    switch (onClose) {
    case AppSettings::OnClose::Ask: return Answer::Stay;
    // Who chooses Quit in the menu means it, whatever closing the window was made to mean.
    case AppSettings::OnClose::KeepRunning: return occasion == Occasion::WindowClosed ? Answer::KeepRunning : Answer::Stay;
    case AppSettings::OnClose::Quit: return Answer::Quit;
    }
    return Answer::Stay;
}

}  // namespace packmule
