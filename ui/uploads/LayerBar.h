#pragma once

#include <QWidget>

namespace packmule {

struct TransferSnapshot;

/// Three bars, one below the other: sent, acknowledged by the store, verified. Thread: GUI.
class LayerBar : public QWidget
{
    Q_OBJECT

public:
    explicit LayerBar(QWidget *parent = nullptr);

    void show(const TransferSnapshot &transfer);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    struct Layer { QString name, amount; double fraction = 0; };

    QList<Layer> m_layers;
};

}  // namespace packmule
