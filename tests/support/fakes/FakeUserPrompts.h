#pragma once

#include "ui/common/UserPrompts.h"

#include <QList>

#include <utility>

namespace packmule {

/// Remembers every question and answers when the test says so.
class FakeUserPrompts final : public UserPrompts
{
public:
    QList<UserQuestion> questions;
    QStringList files;
    QString folder;

    void ask(const UserQuestion &question, std::function<void(UserAnswer)> answered) override
    {
        questions.append(question);
        m_answered = std::move(answered);
    }
    void chooseFiles(const QString &, std::function<void(QStringList paths)> chosen) override { chosen(files); }
    void chooseFolder(const QString &, std::function<void(QString path)> chosen) override { chosen(folder); }

    bool isAsking() const { return m_answered != nullptr; }
    void answer(int choice)
    {
        if (const auto answered = std::exchange(m_answered, nullptr))
            answered({.choice = choice, .isRemembered = false});
    }

private:
    std::function<void(UserAnswer)> m_answered;
};

}  // namespace packmule
