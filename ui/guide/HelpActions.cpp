#include "ui/guide/HelpActions.h"

#include "ui/guide/AboutDialog.h"
#include "ui/guide/GuideWindow.h"

#include <QAction>
#include <QCoreApplication>
#include <QMenu>
#include <QPointer>

namespace packmule {

namespace {

/// Raises the window that `opened` points to, or makes it.
template<typename Window, typename Make>
void showOne(QPointer<Window> &opened, Make make)
{
    if (!opened)
        opened = make();
    opened->show();
    opened->raise();
    opened->activateWindow();
}

}  // namespace

void addHelpActions(QMenu &menu, QWidget &window)
{
    QAction *guide = menu.addAction(QCoreApplication::translate("packmule::HelpActions", "User &guide"));
    guide->setObjectName(QStringLiteral("actionUserGuide"));
    guide->setShortcut(QKeySequence::HelpContents);
    QObject::connect(guide, &QAction::triggered, &window, [&window, opened = QPointer<GuideWindow>()]() mutable {
        showOne(opened, [&window] { return new GuideWindow(window.locale(), &window); });
    });
    QAction *about = menu.addAction(QCoreApplication::translate("packmule::HelpActions", "&About Packmule"));
    about->setObjectName(QStringLiteral("actionAbout"));
    about->setMenuRole(QAction::AboutRole);
    QObject::connect(about, &QAction::triggered, &window, [&window, opened = QPointer<AboutDialog>()]() mutable {
        showOne(opened, [&window] { return new AboutDialog(&window); });
    });
    menu.menuAction()->setVisible(true);
}

}  // namespace packmule
