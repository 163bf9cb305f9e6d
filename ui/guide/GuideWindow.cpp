#include "ui/guide/GuideWindow.h"

#include <QDir>
#include <QFile>
#include <QKeySequence>
#include <QLineEdit>
#include <QListWidget>
#include <QShortcut>
#include <QSplitter>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace packmule {

namespace {

constexpr QSize kGuideSize{860, 620};

QStringList pagesOf(const QString &language)
{
    const QDir folder(QStringLiteral(":/guide/") + language);
    QStringList paths;
    for (const QString &name : folder.entryList({QStringLiteral("*.md")}, QDir::Files, QDir::Name))
        paths.append(folder.filePath(name));
    return paths;
}

QString textOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

/// The page's own first line, "# Your first upload".
QString titleOf(const QString &path)
{
    return textOf(path).section(QLatin1Char('\n'), 0, 0).mid(2).trimmed();
}

}  // namespace

QStringList guidePages(const QLocale &locale)
{
    for (const QString &name : {locale.name(), locale.name().section(QLatin1Char('_'), 0, 0)}) {
        if (const QStringList pages = pagesOf(name); !pages.isEmpty())
            return pages;
    }
    return pagesOf(QStringLiteral("en"));
}

GuideWindow::GuideWindow(const QLocale &locale, QWidget *parent) : QWidget(parent, Qt::Window), m_pages(guidePages(locale))
{
    setObjectName(QStringLiteral("guideWindow"));
    setWindowTitle(tr("User guide"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(kGuideSize);

    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("guidePages"));
    m_list->setAccessibleName(tr("Pages of the guide"));
    for (const QString &path : std::as_const(m_pages))
        m_list->addItem(titleOf(path));
    m_page = new QTextBrowser(this);
    m_page->setObjectName(QStringLiteral("guidePage"));
    m_page->setAccessibleName(tr("Page of the guide"));
    m_page->setOpenLinks(false);
    m_search = new QLineEdit(this);
    m_search->setObjectName(QStringLiteral("guideSearch"));
    m_search->setAccessibleName(tr("Search the guide"));
    m_search->setPlaceholderText(tr("Search the guide"));
    m_search->setClearButtonEnabled(true);

    auto *side = new QWidget(this);
    auto *sideLayout = new QVBoxLayout(side);
    sideLayout->setContentsMargins({});
    sideLayout->addWidget(m_search);
    sideLayout->addWidget(m_list);
    auto *splitter = new QSplitter(this);
    splitter->addWidget(side);
    splitter->addWidget(m_page);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({kGuideSize.width() / 4, kGuideSize.width() * 3 / 4});
    auto *layout = new QVBoxLayout(this);
    layout->addWidget(splitter);

    connect(m_list, &QListWidget::currentRowChanged, this, &GuideWindow::showPage);
    connect(m_search, &QLineEdit::returnPressed, this, [this] { findNext(m_search->text()); });
    connect(new QShortcut(QKeySequence::Find, this), &QShortcut::activated, m_search, [this] { m_search->setFocus(); });
    connect(new QShortcut(QKeySequence::Close, this), &QShortcut::activated, this, &QWidget::close);
    connect(new QShortcut(Qt::Key_Escape, this), &QShortcut::activated, this, &QWidget::close);
    m_list->setCurrentRow(0);
}

void GuideWindow::showPage(int row)
{
    if (row >= 0 && row < m_pages.size())
        m_page->setMarkdown(textOf(m_pages.at(row)));
}

/// On this page after the cursor, then on the pages that follow, round to this one.
void GuideWindow::findNext(const QString &text)
{
    if (text.isEmpty() || m_pages.isEmpty() || m_page->find(text))
        return;
    const int here = qMax(0, m_list->currentRow());
    const int pages = static_cast<int>(m_pages.size());
    for (int step = 1; step <= pages; ++step) {
        const int row = (here + step) % pages;
        if (!textOf(m_pages.at(row)).contains(text, Qt::CaseInsensitive))
            continue;
        m_list->setCurrentRow(row);
        m_page->moveCursor(QTextCursor::Start);
        m_page->find(text);
        return;
    }
}

}  // namespace packmule
