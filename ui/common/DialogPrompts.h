#pragma once

#include "ui/common/UserPrompts.h"

#include <QPointer>
#include <QWidget>

namespace packmule {

/// Asks by dialogs over the window; they are opened and never waited for. Thread: GUI.
class DialogPrompts final : public UserPrompts
{
public:
    /// @param window may be set later and may vanish; without one the dialogs stand alone.
    explicit DialogPrompts(QWidget *window = nullptr) : m_window(window) {}
    void setWindow(QWidget *window) { m_window = window; }

    void ask(const UserQuestion &question, std::function<void(UserAnswer)> answered) override;
    void chooseFiles(const QString &title, std::function<void(QStringList paths)> chosen) override;
    void chooseFolder(const QString &title, std::function<void(QString path)> chosen) override;

private:
    QPointer<QWidget> m_window;
    QString m_lastFolder;
};

}  // namespace packmule
