#pragma once

#include <QLocale>
#include <QStringList>
#include <QWidget>

class QLineEdit;
class QListWidget;
class QTextBrowser;

namespace packmule {

/// The pages of the user guide for one language, in order: resource paths of Markdown files. English where a language has
/// none. Pure, but for looking into the resources.
QStringList guidePages(const QLocale &locale);

/// F1: the user guide, a list of pages beside the page. Thread: GUI. Deletes itself when closed; one at a time is the caller's
/// business.
class GuideWindow final : public QWidget
{
    Q_OBJECT

public:
    explicit GuideWindow(const QLocale &locale, QWidget *parent = nullptr);

private:
    void showPage(int row);
    void findNext(const QString &text);

    QStringList m_pages;
    QListWidget *m_list;
    QTextBrowser *m_page;
    QLineEdit *m_search;
};

}  // namespace packmule
