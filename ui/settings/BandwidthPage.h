#pragma once

#include "ui/settings/SettingsPage.h"

class QDoubleSpinBox;
class QPushButton;
class QTableWidget;

namespace packmule {

/// The turtle: one limit, or one by the time of day. Thread: GUI.
class BandwidthPage final : public SettingsPage
{
    Q_OBJECT

public:
    explicit BandwidthPage(SettingsStore &store, QWidget *parent = nullptr);

private:
    void addTimetable();
    void fill(const QList<BandwidthPeriod> &timetable);
    void readTable();
    void addPeriod();
    void removePeriod();

    QTableWidget *m_table = nullptr;
    QPushButton *m_remove = nullptr;
};

}  // namespace packmule
