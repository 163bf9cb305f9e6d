#include "ui/MainWindow.h"

#include "ui/common/ShortcutBook.h"
#include "ui/common/ShortcutsDialog.h"
#include "ui/uploads/DropIntake.h"
#include "ui/uploads/DropOverlay.h"
#include "ui/uploads/StatusLine.h"

#include <QAction>
#include <QClipboard>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFile>
#include <QGuiApplication>
#include <QLineEdit>
#include <QTabBar>
#include <QMenuBar>
#include <QMimeData>
#include <QPointer>
#include <QStatusBar>
#include <QTabWidget>
#include <QToolBar>

namespace packmule {

namespace {

constexpr int kSayMilliseconds = 8000;

}  // namespace

MainWindow::MainWindow(const WindowServices &services, QWidget *browse, QWidget *unfinished, QWidget *parent)
    : QMainWindow(parent), m_services(services), m_tabs(new QTabWidget(this)), m_actions(new TransferActions(this)),
      m_uploads(new UploadsPage(services, *m_actions)), m_shortcuts(new ShortcutBook(services.state, this)),
      m_status(new StatusLine(*statusBar(), m_uploads->speeds(), *m_actions->limit, this)), m_overlay(new DropOverlay(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Packmule"));
    setAcceptDrops(true);
    resize(1180, 720);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setAccessibleName(tr("Pages"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_uploads, tr("Transfers", "tab"));
    if (browse)
        m_tabs->addTab(browse, tr("Browse", "tab"));
    if (unfinished)
        m_tabs->addTab(unfinished, tr("Unfinished uploads", "tab"));
    m_tabs->tabBar()->setVisible(m_tabs->count() > 1);
    setCentralWidget(m_tabs);
    makeMenus();
    makeToolBar();
    for (QAction *action : m_actions->all())
        m_shortcuts->add(action);
    restoreGeometryAndTabs();
    connect(m_actions->addFiles, &QAction::triggered, this, &MainWindow::chooseFiles);
    connect(m_actions->addFolder, &QAction::triggered, this, &MainWindow::chooseFolder);
    connect(m_actions->limit, &QAction::triggered, this, &MainWindow::limitToggled);
    connect(m_uploads, &UploadsPage::said, this, &MainWindow::say);
    connect(m_uploads, &UploadsPage::folderRequested, this, &MainWindow::folderRequested);
}

MainWindow::~MainWindow() = default;

QAction *MainWindow::addAction(QMenu *menu, const char *name, const QString &text, const QKeySequence &keys, std::function<void()> action)
{
    QAction *made = menu->addAction(text);
    made->setObjectName(QString::fromLatin1(name));
    made->setShortcut(keys);
    connect(made, &QAction::triggered, this, [action = std::move(action)] { action(); });
    m_shortcuts->add(made);
    return made;
}

void MainWindow::makeMenus()
{
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->setObjectName(QStringLiteral("fileMenu"));
    file->addActions({m_actions->addFiles, m_actions->addFolder});
    addAction(file, "paste", tr("&Paste files"), QKeySequence(QKeySequence::Paste), [this] { paste(); });
    file->addSeparator();
    addAction(file, "connections", tr("&Connections…"), {}, [this] { Q_EMIT connectionsRequested(); });
    addAction(file, "settings", tr("&Settings…"), Qt::CTRL | Qt::Key_Comma, [this] { Q_EMIT settingsRequested(); });
    addAction(file, "editShortcuts", tr("&Keyboard shortcuts…"), {}, [this] { editShortcuts(); });
    file->addSeparator();
    addAction(file, "closeWindow", tr("Close &window"), Qt::CTRL | Qt::Key_W, [this] { close(); });
    addAction(file, "quit", tr("&Quit"), Qt::CTRL | Qt::Key_Q, [this] { Q_EMIT quitRequested(); });
    makeTransferMenu();
    QMenu *view = menuBar()->addMenu(tr("&View"));
    view->setObjectName(QStringLiteral("viewMenu"));
    view->addAction(m_actions->details);
    for (int tab = 0; tab < m_tabs->count() && m_tabs->count() > 1; ++tab) {
        const QString keys = QStringLiteral("Ctrl+%1").arg(tab + 1);
        addAction(view, qPrintable(QStringLiteral("showTab%1").arg(tab)), m_tabs->tabText(tab), QKeySequence(keys), [this, tab] { m_tabs->setCurrentIndex(tab); });
    }
    m_helpMenu = menuBar()->addMenu(tr("&Help"));
    m_helpMenu->setObjectName(QStringLiteral("helpMenu"));
    m_helpMenu->menuAction()->setVisible(false);  // until somebody puts something in
}

void MainWindow::makeTransferMenu()
{
    QMenu *menu = menuBar()->addMenu(tr("&Transfer"));
    menu->setObjectName(QStringLiteral("transferMenuBar"));
    menu->addActions({m_actions->start, m_actions->pause, m_actions->retry, m_actions->remove, m_actions->undoRemoval});
    menu->addSeparator();
    menu->addActions({m_actions->startAll, m_actions->pauseAll, m_actions->retryAll});
    menu->addSeparator();
    menu->addActions({m_actions->moveTop, m_actions->moveUp, m_actions->moveDown, m_actions->moveBottom});
    menu->addSeparator();
    menu->addActions({m_actions->openFolder, m_actions->copyUri, m_actions->selectAll, m_actions->find});
    menu->addSeparator();
    menu->addAction(m_actions->limit);
}

void MainWindow::makeToolBar()
{
    QToolBar *bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setAccessibleName(tr("Toolbar"));
    bar->setMovable(false);
    bar->setContextMenuPolicy(Qt::PreventContextMenu);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->setIconSize({18, 18});
    bar->addActions({m_actions->addFiles, m_actions->addFolder});
    bar->addSeparator();
    bar->addActions({m_actions->start, m_actions->pause, m_actions->retry, m_actions->remove});
    bar->addSeparator();
    bar->addAction(m_actions->limit);
    auto *space = new QWidget;
    space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(space);
    m_uploads->searchField().setMaximumWidth(30 * fontMetrics().averageCharWidth());
    bar->addWidget(&m_uploads->searchField());
}

void MainWindow::restoreGeometryAndTabs()
{
    restoreGeometry(m_services.state.kept(QStringLiteral("window/geometry")));
    m_tabs->setCurrentIndex(m_services.state.kept(QStringLiteral("window/tab")).toInt());
    connect(m_tabs, &QTabWidget::currentChanged, this, [this](int tab) {
        m_services.state.keep(QStringLiteral("window/tab"), QByteArray::number(tab));
        m_actions->setListShown(m_tabs->currentWidget() == m_uploads);
    });
    m_actions->setListShown(m_tabs->currentWidget() == m_uploads);
}

void MainWindow::setDestinationText(const QString &destination)
{
    m_destination = destination;
}

void MainWindow::setConnections(const QList<NamedConnection> &connections)
{
    m_uploads->setConnections(connections);
}

void MainWindow::setNetwork(bool isOnline, const QString &sentence)
{
    m_status->setNetwork(isOnline, sentence);
}

void MainWindow::setLimit(bool isOn, const QString &amount)
{
    m_actions->limit->setChecked(isOn);
    m_status->setLimit(isOn ? tr("Limited to %1", "%1 is a speed").arg(amount) : QString());
}

void MainWindow::showTransfer(TransferId transfer, RunId run)
{
    m_tabs->setCurrentWidget(m_uploads);
    m_uploads->showTransfer(transfer, run);
}

void MainWindow::editShortcuts()
{
    auto *dialog = new ShortcutsDialog(*m_shortcuts, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::say(const QString &sentence)
{
    statusBar()->showMessage(sentence, kSayMilliseconds);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_services.state.keep(QStringLiteral("window/geometry"), saveGeometry());
    event->setAccepted(!m_asksBeforeClosing);
    if (m_asksBeforeClosing)
        Q_EMIT closeRequested();
}

void MainWindow::hideEvent(QHideEvent *event)
{
    QMainWindow::hideEvent(event);
    if (!event->spontaneous())
        m_uploads->commands().finishRemoval();  // nobody sees the offer to undo any more
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const DroppedPaths dropped = DropIntake::read(event->mimeData());
    if (dropped.paths.isEmpty())
        m_overlay->showRefusal(dropped.refusal);
    else
        m_overlay->showDestination(m_destination, dropped.paths.size());
    event->setDropAction(Qt::CopyAction);  // whatever the other side suggests: the files stay where they are
    event->accept();                       // also to say why not
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent *)
{
    m_overlay->hide();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    m_overlay->hide();
    event->setDropAction(Qt::CopyAction);
    event->accept();
    take(event->mimeData());
}

void MainWindow::take(const QMimeData *content)
{
    const DroppedPaths dropped = DropIntake::read(content);
    if (dropped.paths.isEmpty())
        say(dropped.refusal);
    else
        Q_EMIT filesGiven(dropped.paths);
}

void MainWindow::paste()
{
    take(QGuiApplication::clipboard()->mimeData());
}

void MainWindow::chooseFiles()
{
    m_services.prompts.chooseFiles(tr("Choose files to upload"), [window = QPointer(this)](const QStringList &paths) {
        QList<QByteArray> raw;
        for (const QString &path : paths)
            raw.append(QFile::encodeName(path));
        if (window && !raw.isEmpty())
            Q_EMIT window->filesGiven(raw);
    });
}

void MainWindow::chooseFolder()
{
    m_services.prompts.chooseFolder(tr("Choose a folder to upload"), [window = QPointer(this)](const QString &path) {
        if (window && !path.isEmpty())
            Q_EMIT window->filesGiven({QFile::encodeName(path)});
    });
}

}  // namespace packmule
