#include "ui/MainWindow.h"

#include "ui/common/Icons.h"
#include "ui/uploads/DropIntake.h"
#include "ui/uploads/DropOverlay.h"

#include <QAction>
#include <QClipboard>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFile>
#include <QGuiApplication>
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
    : QMainWindow(parent), m_services(services), m_tabs(new QTabWidget(this)), m_uploads(new UploadsPage(services)),
      m_overlay(new DropOverlay(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Packmule"));
    setAcceptDrops(true);
    resize(1180, 720);
    m_tabs->setObjectName(QStringLiteral("tabs"));
    m_tabs->setDocumentMode(true);
    m_tabs->addTab(m_uploads, tr("Transfers", "tab"));
    if (browse)
        m_tabs->addTab(browse, tr("Browse", "tab"));
    if (unfinished)
        m_tabs->addTab(unfinished, tr("Unfinished uploads", "tab"));
    setCentralWidget(m_tabs);
    makeMenus();
    makeToolBar();
    restoreGeometryAndTabs();
}

MainWindow::~MainWindow() = default;

void MainWindow::makeMenus()
{
    const auto add = [this](QMenu *menu, const char *name, const QString &text, const QKeySequence &keys, auto slot) {
        QAction *action = menu->addAction(text, this, slot);
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcut(keys);
        return action;
    };
    QMenu *file = menuBar()->addMenu(tr("&File"));
    file->setObjectName(QStringLiteral("fileMenu"));
    m_addFiles = add(file, "addFiles", tr("Add &files…"), QKeySequence(Qt::CTRL | Qt::Key_O), &MainWindow::chooseFiles);
    m_addFiles->setIcon(icon(IconName::AddFiles));
    m_addFolder = add(file, "addFolder", tr("Add f&older…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O), &MainWindow::chooseFolder);
    m_addFolder->setIcon(icon(IconName::AddFolder));
    add(file, "paste", tr("&Paste files"), QKeySequence(QKeySequence::Paste), &MainWindow::paste);
    file->addSeparator();
    add(file, "connections", tr("&Connections…"), {}, &MainWindow::connectionsRequested);
    add(file, "settings", tr("&Settings…"), QKeySequence(Qt::CTRL | Qt::Key_Comma), &MainWindow::settingsRequested);
    file->addSeparator();
    add(file, "closeWindow", tr("Close &window"), QKeySequence(Qt::CTRL | Qt::Key_W), &MainWindow::close);
    add(file, "quit", tr("&Quit"), QKeySequence(Qt::CTRL | Qt::Key_Q), &MainWindow::quitRequested);
    m_helpMenu = menuBar()->addMenu(tr("&Help"));
    m_helpMenu->setObjectName(QStringLiteral("helpMenu"));
    m_helpMenu->menuAction()->setVisible(false);
}

void MainWindow::makeToolBar()
{
    QToolBar *bar = addToolBar(tr("Toolbar"));
    bar->setObjectName(QStringLiteral("toolBar"));
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    bar->addAction(m_addFiles);
    bar->addAction(m_addFolder);
}

void MainWindow::restoreGeometryAndTabs()
{
    restoreGeometry(m_services.state.kept(QStringLiteral("window/geometry")));
    m_tabs->setCurrentIndex(m_services.state.kept(QStringLiteral("window/tab")).toInt());
    connect(m_tabs, &QTabWidget::currentChanged, this,
            [this](int tab) { m_services.state.keep(QStringLiteral("window/tab"), QByteArray::number(tab)); });
}

void MainWindow::setDestinationText(const QString &destination)
{
    m_destination = destination;
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
