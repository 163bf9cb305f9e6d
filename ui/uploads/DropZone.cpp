#include "ui/uploads/DropZone.h"

#include "ui/common/IconLabel.h"
#include "ui/common/Palette.h"

#include <QAction>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace packmule {

DropZone::DropZone(QAction &addFiles, QAction &addFolder, QWidget *parent) : QWidget(parent)
{
    setObjectName(QStringLiteral("dropZone"));
    setAccessibleName(tr("No transfers yet"));
    auto *picture = new IconLabel(IconName::Drop, 56);
    auto *headline = new QLabel(tr("Drop files here"));
    headline->setObjectName(QStringLiteral("dropHeadline"));
    headline->setAlignment(Qt::AlignCenter);
    QFont large = font();
    large.setPointSizeF(large.pointSizeF() * 1.7);
    headline->setFont(large);
    auto *line = new QLabel(tr("They are uploaded in parts, carried on after any interruption, and verified at the end."));
    line->setObjectName(QStringLiteral("dropLine"));
    line->setAlignment(Qt::AlignCenter);
    line->setWordWrap(true);
    const auto button = [](const char *name, const QString &text, QAction &action) {
        auto *made = new QPushButton(action.icon(), text);
        made->setObjectName(QString::fromLatin1(name));
        QObject::connect(made, &QPushButton::clicked, &action, &QAction::trigger);
        return made;
    };
    auto *buttons = new QHBoxLayout;
    buttons->addStretch();
    buttons->addWidget(button("chooseFiles", tr("Choose &files…"), addFiles));
    buttons->addWidget(button("chooseFolder", tr("Choose a f&older…"), addFolder));
    buttons->addStretch();
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(48, 24, 48, 24);
    layout->setSpacing(12);
    layout->addStretch();
    for (QWidget *widget : QList<QWidget *>{picture, headline, line})
        layout->addWidget(widget);
    layout->addLayout(buttons);
    layout->addStretch();
}

void DropZone::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().color(QPalette::Base));
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(tone(Tone::PartEdge, palette()), 1.5, Qt::DashLine));
    painter.drawRoundedRect(rect().adjusted(16, 16, -16, -16), 10, 10);
}

}  // namespace packmule
