#pragma once

#include <QDialog>

class QKeySequenceEdit;
class QLabel;
class QPushButton;
class QTableView;

namespace packmule {

class ShortcutBook;
class ShortcutModel;

/// Keyboard shortcuts: choose an action, press its new keys. Applied at once. Thread: GUI. The book outlives it.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT

public:
    explicit ShortcutsDialog(ShortcutBook &book, QWidget *parent = nullptr);

private:
    void showCurrent();
    void warnOfHolder();
    void assign();

    ShortcutBook &m_book;
    ShortcutModel *m_model;
    QTableView *m_table;
    QKeySequenceEdit *m_keys;
    QPushButton *m_assign;
    QLabel *m_warning;
};

}  // namespace packmule
