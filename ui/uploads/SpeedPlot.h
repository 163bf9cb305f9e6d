#pragma once

#include <QList>
#include <QWidget>

namespace packmule {

class SpeedHistory;

/// Speed over the last five minutes: the selected transfer as a filled line, all together as a thin one. The scale changes
/// only in steps of a power of two, so that it does not jump. Thread: GUI. The history outlives it.
class SpeedPlot : public QWidget
{
    Q_OBJECT

public:
    explicit SpeedPlot(SpeedHistory &history, QWidget *parent = nullptr);

    void setTransfer(qint64 transfer);
    QSize minimumSizeHint() const override { return {200, 90}; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void describe();
    void paintLine(QPainter &painter, const QRect &plot, const QList<double> &samples, double top, bool isFilled) const;

    SpeedHistory &m_history;
    qint64 m_transfer = 0;
};

}  // namespace packmule
