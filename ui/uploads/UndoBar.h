#pragma once

#include <QFrame>

class QAction;
class QLabel;

namespace packmule {

/// Offers to take a removal back while that is possible. Thread: GUI.
class UndoBar : public QFrame
{
    Q_OBJECT

public:
    explicit UndoBar(QAction &undo, QWidget *parent = nullptr);

    /// 0: nothing to undo any more.
    void offer(int transfers);

private:
    QAction &m_undo;
    QLabel *m_text;
};

}  // namespace packmule
