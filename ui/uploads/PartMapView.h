#pragma once

#include "core/transfer/TransferListClient.h"

#include <QAbstractScrollArea>

namespace packmule {

class AttemptLog;

/// Each part of the selected transfer as a cell, in reading direction; 10,000 of them are painted in under 10 ms, because only
/// what has to be is. Hovering or walking with the arrow keys tells number, size, attempts and the last error; a click or
/// Return on a part that is tried again retries the transfer now. Thread: GUI. The log outlives it.
class PartMapView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit PartMapView(AttemptLog &log, QWidget *parent = nullptr);

    void setMap(TransferId transfer, const PartMap *map);
    QString sentence(int partIndex) const;
    /// -1: no part there.
    int partAt(const QPoint &position) const;
    static QString standingText(PartStanding standing);

Q_SIGNALS:
    void retryRequested(packmule::TransferId transfer);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void focusInEvent(QFocusEvent *event) override;

private:
    void layOut();
    int columns() const;
    QRect cell(int partIndex) const;
    void setCurrent(int partIndex);
    void choose(int partIndex);

    AttemptLog &m_log;
    TransferId m_transfer = 0;
    PartMap m_map;
    int m_side = 16, m_current = 0;
};

}  // namespace packmule
