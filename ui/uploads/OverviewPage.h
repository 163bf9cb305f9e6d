#pragma once

#include "core/base/Clock.h"
#include "ui/uploads/ShownTransfer.h"

#include <QHash>
#include <QScrollArea>

class QFormLayout;
class QLabel;
class QPushButton;

namespace packmule {

class ElidedLabel;
class LayerBar;

/// What is to be known of the selected transfer: three layers of progress, where from and to, and what went wrong.
/// Thread: GUI.
class OverviewPage : public QScrollArea
{
    Q_OBJECT

public:
    explicit OverviewPage(const Clock &clock, QWidget *parent = nullptr);

    void show(const ShownTransfer &shown, int attempts);
    void clear(const QString &sentence);

Q_SIGNALS:
    void reportRequested();

private:
    void addRow(QFormLayout *form, const char *name, const QString &caption);
    void set(const char *name, const QString &text);
    void showError(const TransferSnapshot &transfer);

    const Clock &m_clock;
    QWidget *m_facts, *m_errorBox;
    QLabel *m_empty, *m_errorText, *m_details;
    LayerBar *m_layers;
    QPushButton *m_detailsButton, *m_reportButton;
    QHash<QByteArray, ElidedLabel *> m_rows;
};

}  // namespace packmule
