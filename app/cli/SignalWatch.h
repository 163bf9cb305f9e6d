#pragma once

#include <QObject>
#include <QSocketNotifier>

#include <memory>

namespace packmule {

/// SIGINT, SIGTERM and SIGHUP as Qt signals, through a pipe that the handler writes to. The first asks to end; a second
/// ends the process at once with status 130 from inside the handler, so it works even when the event loop hangs.
/// Thread: main; one per process.
class SignalWatch : public QObject
{
    Q_OBJECT

public:
    explicit SignalWatch(QObject *parent = nullptr);
    ~SignalWatch() override;

Q_SIGNALS:
    void endAsked(int signalNumber);

private:
    void readPipe();

    std::unique_ptr<QSocketNotifier> m_notifier;
};

}  // namespace packmule
