#include "ui/uploads/UndoBar.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace packmule {

UndoBar::UndoBar(QAction &undo, QWidget *parent) : QFrame(parent), m_undo(undo), m_text(new QLabel)
{
    setObjectName(QStringLiteral("undoBar"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::ToolTipBase);
    m_text->setObjectName(QStringLiteral("undoText"));
    m_text->setForegroundRole(QPalette::ToolTipText);
    auto *button = new QPushButton(tr("Undo"));
    button->setObjectName(QStringLiteral("undoButton"));
    connect(button, &QPushButton::clicked, &undo, &QAction::trigger);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 5, 12, 5);
    layout->addWidget(m_text);
    layout->addWidget(button);
    layout->addStretch();
    hide();
}

void UndoBar::offer(int transfers)
{
    m_text->setText(tr("%n transfer(s) removed. The parts stay on the server.", nullptr, transfers));
    m_undo.setEnabled(transfers > 0);
    setVisible(transfers > 0);
}

}  // namespace packmule
