#pragma once

#include <QWidget>

namespace packmule {

/// What stands where the list would be as long as there is nothing in it: where to drop, and two buttons. With a filter or a
/// search that matches nothing it says so instead. Thread: GUI.
class DropZone : public QWidget
{
    Q_OBJECT

public:
    DropZone(QAction &addFiles, QAction &addFolder, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

}  // namespace packmule
