#pragma once

#include <QObject>
#include <QTimer>

namespace packmule {

/// Slows a store down: all its connections together read at most so many bytes a second. Thread: the store's.
class ReadBudget : public QObject
{
    Q_OBJECT

public:
    /// @param bytesPerSecond above 0.
    explicit ReadBudget(qint64 bytesPerSecond, QObject *parent = nullptr);

    /// How many of `wanted` bytes may be read now; 0: wait for refilled().
    qint64 take(qint64 wanted);
    /// Was taken, but not read.
    void putBack(qint64 bytes) { m_available += bytes; }

Q_SIGNALS:
    void refilled();

private:
    void refill();

    const qint64 m_bytesPerTick;
    qint64 m_available = 0;
    QTimer m_timer;
};

}  // namespace packmule
