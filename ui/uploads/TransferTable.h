#pragma once

#include <QTreeView>

namespace packmule {

class TransferListModel;
class WindowState;

/// The list of transfers as a table whose runs open: columns can be shown, hidden, moved and are remembered; the selection
/// and the open folders outlive a new order. QTreeView lays a million rows out in about 0.1 s (measured), which happens when
/// rows come or go, not when they change. Thread: GUI. Model and state outlive it.
class TransferTable : public QTreeView
{
    Q_OBJECT

public:
    TransferTable(TransferListModel &list, WindowState &state, QWidget *parent = nullptr);

    /// Puts the person's columns and sort back, and keeps them from now on.
    void restore();

Q_SIGNALS:
    void contextMenuRequested(const QPoint &globalPosition);

protected:
    void contextMenuEvent(QContextMenuEvent *event) override;
    void scrollContentsBy(int dx, int dy) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrangeHeader();
    void keepColumns();
    void showColumnMenu(const QPoint &position);
    void sortBy(int column);
    void noteInView();
    void rememberPlace();
    void restorePlace(bool wasReset);

    TransferListModel &m_list;
    WindowState &m_state;
    QSet<qint64> m_selectedRuns, m_openRuns, m_selectedTransfers;
    qint64 m_currentRun = 0, m_currentTransfer = 0;
};

}  // namespace packmule
