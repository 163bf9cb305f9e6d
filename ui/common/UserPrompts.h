#pragma once

#include <QString>
#include <QStringList>

#include <functional>

namespace packmule {

/// A question to the person at the window. The first choice is the safe one and has the focus.
struct UserQuestion {
    QString title, text;        ///< plain text; one sentence what, one why
    QStringList choices;        ///< button texts; at least one
    QString remember;           ///< text of a "remember this" box, "" = none
};

struct UserAnswer {
    int choice = 0;             ///< index into choices; closing the question is choice 0
    bool isRemembered = false;
};

/// Whoever asks the person: dialogs in the program, recorded answers in tests. Never blocks: the answer comes later.
/// Thread: GUI.
class UserPrompts
{
public:
    virtual ~UserPrompts() = default;
    virtual void ask(const UserQuestion &question, std::function<void(UserAnswer)> answered) = 0;
    virtual void chooseFiles(const QString &title, std::function<void(QStringList paths)> chosen) = 0;
    virtual void chooseFolder(const QString &title, std::function<void(QString path)> chosen) = 0;
};

}  // namespace packmule
