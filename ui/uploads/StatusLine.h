#pragma once

#include <QObject>

class QAction;
class QLabel;
class QStatusBar;

namespace packmule {

class IconLabel;
class SpeedHistory;

/// The lasting part of the status bar: speed of all, the limit, the network. Thread: GUI. Everything given outlives it.
class StatusLine : public QObject
{
    Q_OBJECT

public:
    StatusLine(QStatusBar &bar, SpeedHistory &speeds, QAction &limit, QObject *parent);

    /// "Limited to 2.0 MiB/s", or empty.
    void setLimit(const QString &sentence);
    void setNetwork(bool isOnline, const QString &sentence);

private:
    void showSpeed();

    SpeedHistory &m_speeds;
    QLabel *m_speed, *m_limit, *m_network;
    IconLabel *m_networkSign;
};

}  // namespace packmule
