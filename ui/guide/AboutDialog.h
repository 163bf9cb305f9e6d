#pragma once

#include <QDialog>

namespace packmule {

/// Version, licence, and whose libraries are inside under which licence. Thread: GUI. Deletes itself when closed.
class AboutDialog final : public QDialog
{
    Q_OBJECT

public:
    explicit AboutDialog(QWidget *parent = nullptr);
};

}  // namespace packmule
