#include "ui/common/DialogPrompts.h"

#include <QAbstractButton>
#include <QCheckBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>

namespace packmule {

void DialogPrompts::ask(const UserQuestion &question, std::function<void(UserAnswer)> answered)
{
    auto *box = new QMessageBox(m_window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName(QStringLiteral("questionDialog"));
    box->setWindowTitle(question.title);
    box->setIcon(QMessageBox::Question);
    box->setTextFormat(Qt::PlainText);
    box->setText(question.text);
    QList<QAbstractButton *> buttons;
    for (const QString &choice : question.choices) {
        auto *button = box->addButton(choice, buttons.isEmpty() ? QMessageBox::RejectRole : QMessageBox::ActionRole);
        button->setObjectName(QStringLiteral("choice%1").arg(buttons.size()));
        buttons.append(button);
    }
    if (!buttons.isEmpty()) {
        box->setDefaultButton(qobject_cast<QPushButton *>(buttons.first()));
        box->setEscapeButton(buttons.first());
    }
    if (!question.remember.isEmpty()) {
        auto *remember = new QCheckBox(question.remember);
        remember->setObjectName(QStringLiteral("rememberBox"));
        box->setCheckBox(remember);
    }
    QObject::connect(box, &QMessageBox::finished, box, [box, buttons, answered = std::move(answered)](int) {
        const auto index = static_cast<int>(buttons.indexOf(box->clickedButton()));
        answered({.choice = std::max(index, 0), .isRemembered = box->checkBox() && box->checkBox()->isChecked()});
    });
    box->open();
}

void DialogPrompts::chooseFiles(const QString &title, std::function<void(QStringList paths)> chosen)
{
    auto *dialog = new QFileDialog(m_window, title, m_lastFolder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("filesDialog"));
    dialog->setFileMode(QFileDialog::ExistingFiles);
    QObject::connect(dialog, &QFileDialog::filesSelected, dialog, [this, chosen = std::move(chosen)](const QStringList &paths) {
        if (!paths.isEmpty())
            m_lastFolder = QFileInfo(paths.first()).path();
        chosen(paths);
    });
    dialog->open();
}

void DialogPrompts::chooseFolder(const QString &title, std::function<void(QString path)> chosen)
{
    auto *dialog = new QFileDialog(m_window, title, m_lastFolder);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("folderDialog"));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog, [this, chosen = std::move(chosen)](const QString &path) {
        m_lastFolder = path;
        chosen(path);
    });
    dialog->open();
}

}  // namespace packmule
