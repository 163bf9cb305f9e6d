#pragma once

#include "tests/support/chaosproxy/Toxic.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>

#include <deque>
#include <functional>
#include <random>

namespace packmule {

/// One direction of one connection: reads from one socket, harms, and writes to the other when it is time.
/// Thread: the one that made it. Owns neither socket; both must outlive it.
class ChaosPipe final : public QObject
{
    Q_OBJECT
public:
    enum class Ending { Politely, ByReset };

    /// @param onBytes sees the bytes as they came. @param random draws jitter.
    ChaosPipe(QTcpSocket &from, QTcpSocket &to, std::mt19937_64 &random, std::function<void(const QByteArray &)> onBytes);

    /// Replaces the harms; offsets count from the connection's beginning, a stop at 0 means now, and one that has passed
    /// is passed.
    void setToxics(const QList<Toxic> &toxics);
    /// No byte comes any more: what is queued still goes, then ended() is told.
    void finish(Ending ending);
    qint64 forwarded() const { return m_forwarded; }
    /// Looks again for bytes (the other side has connected, or has room).
    void pump();

Q_SIGNALS:
    void ended(packmule::ChaosPipe::Ending ending);
    void forwardedBytes(qint64 count);

private:
    using Milliseconds = std::chrono::milliseconds;
    enum class Act { Write, Ended };
    struct Item {
        Milliseconds due;
        Act act = Act::Write;
        QByteArray bytes;
        Ending ending = Ending::Politely;
    };

    void take(QByteArray bytes);
    void schedule(const QByteArray &bytes);
    void scheduleEnd(Ending ending);
    void stopBy(const Toxic &toxic);
    void flip(QByteArray &bytes) const;
    const Toxic *nextStop() const;
    Milliseconds dueOf(qint64 size, bool isFirst);
    qint64 pieceSize() const;
    qint64 queueLimit() const;
    void release();
    Milliseconds now() const { return Milliseconds(m_time.elapsed()); }

    QTcpSocket &m_from;
    QTcpSocket &m_to;
    std::mt19937_64 &m_random;
    std::function<void(const QByteArray &)> m_onBytes;
    QList<Toxic> m_toxics;
    std::deque<Item> m_queue;
    QElapsedTimer m_time;
    QTimer m_timer;
    double m_freeAtMs = 0;       // when the bandwidth allows the next byte
    Milliseconds m_lastDue{0};
    qint64 m_position = 0;       // bytes taken from the source
    qint64 m_queued = 0;
    qint64 m_forwarded = 0;
    bool m_isHole = false;
    bool m_isSwallowing = false;
    bool m_isFinished = false;
};

}  // namespace packmule
