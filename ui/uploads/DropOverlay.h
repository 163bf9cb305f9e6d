#pragma once

#include <QWidget>

namespace packmule {

/// Lies over the window while something is dragged over it and tells where it would go, or why it cannot. It takes no
/// events. Thread: GUI.
class DropOverlay : public QWidget
{
    Q_OBJECT

public:
    explicit DropOverlay(QWidget *covered);

    void showDestination(const QString &destination, qsizetype files);
    void showRefusal(const QString &reason);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void showOver(const QString &headline, const QString &line, bool isRefusal);

    QString m_headline, m_line;
    bool m_isRefusal = false;
};

}  // namespace packmule
