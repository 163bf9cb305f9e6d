#include "tests/support/chaosproxy/ChaosPipe.h"

#include <algorithm>

namespace packmule {

namespace {

/// Small, so that a slowed line is felt by the sender soon and not after megabytes.
constexpr qint64 kBufferBytes = 64 * 1024;
/// What is under way on a line of latency, so that latency alone does not limit the rate.
constexpr qint64 kUnderWayBytes = 8 * 1024 * 1024;

}  // namespace

ChaosPipe::ChaosPipe(QTcpSocket &from, QTcpSocket &to, std::mt19937_64 &random, std::function<void(const QByteArray &)> onBytes)
    : m_from(from), m_to(to), m_random(random), m_onBytes(std::move(onBytes))
{
    m_time.start();
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_from.setReadBufferSize(kBufferBytes);
    connect(&m_timer, &QTimer::timeout, this, &ChaosPipe::release);
    connect(&m_from, &QTcpSocket::readyRead, this, &ChaosPipe::pump);
    connect(&m_to, &QTcpSocket::bytesWritten, this, &ChaosPipe::pump);
}

void ChaosPipe::setToxics(const QList<Toxic> &toxics)
{
    m_toxics = toxics;
    for (Toxic &toxic : m_toxics) {
        if (toxic.isStop() && toxic.offset == 0)
            toxic.offset = m_position;
    }
    m_isHole = false;
    m_isSwallowing = false;
    pump();
}

void ChaosPipe::finish(Ending ending)
{
    if (m_isFinished)
        return;
    // The rest has to be read before the end is queued behind it.
    while (!m_isFinished && !m_isHole && m_from.bytesAvailable() > 0)
        take(m_from.read(kBufferBytes));
    if (!m_isHole)
        scheduleEnd(ending);
}

void ChaosPipe::pump()
{
    if (m_to.state() != QAbstractSocket::ConnectedState)
        return;
    // A stop at the present position acts without waiting for another byte (a hole from the start on).
    while (!m_isFinished && !m_isHole) {
        const Toxic *stop = nextStop();
        if (stop && stop->offset == m_position) {
            stopBy(*stop);
            continue;
        }
        if (m_from.bytesAvailable() <= 0 || m_queued >= queueLimit() || m_to.bytesToWrite() >= kBufferBytes)
            return;
        take(m_from.read(kBufferBytes));
    }
}

void ChaosPipe::take(QByteArray bytes)
{
    if (m_isSwallowing) {
        m_position += bytes.size();
        m_onBytes(bytes);
        return;
    }
    const Toxic *stop = nextStop();
    QByteArray rest;
    if (stop && stop->offset - m_position < bytes.size()) {
        rest = bytes.sliced(stop->offset - m_position);
        bytes.truncate(stop->offset - m_position);
    }
    m_onBytes(bytes);
    flip(bytes);
    m_position += bytes.size();
    schedule(bytes);
    if (stop && m_position == stop->offset && !rest.isEmpty()) {
        stopBy(*stop);
        if (m_isSwallowing)
            take(rest);
    }
}

void ChaosPipe::schedule(const QByteArray &bytes)
{
    const qint64 size = pieceSize();
    for (qsizetype at = 0; at < bytes.size(); at += size) {
        const QByteArray piece = bytes.mid(at, size);
        m_queued += piece.size();
        m_queue.push_back({.due = dueOf(piece.size(), at == 0), .act = Act::Write, .bytes = piece});
    }
    release();
}

void ChaosPipe::scheduleEnd(Ending ending)
{
    m_isFinished = true;
    m_queue.push_back({.due = std::max(now(), m_lastDue), .act = Act::Ended, .bytes = {}, .ending = ending});
    release();
}

void ChaosPipe::stopBy(const Toxic &toxic)
{
    if (toxic.kind == Toxic::Kind::Truncate) {
        m_isSwallowing = true;
        m_toxics.removeIf([](const Toxic &other) { return other.kind == Toxic::Kind::Truncate; });
    } else if (toxic.kind == Toxic::Kind::Timeout) {
        m_isHole = true;
        if (toxic.closeAfter.count() > 0)
            QTimer::singleShot(toxic.closeAfter, this, [this] { scheduleEnd(Ending::Politely); });
    } else {
        scheduleEnd(toxic.kind == Toxic::Kind::ResetPeer ? Ending::ByReset : Ending::Politely);
    }
}

void ChaosPipe::flip(QByteArray &bytes) const
{
    for (const Toxic &toxic : m_toxics) {
        const qint64 at = toxic.offset - m_position;
        if (toxic.kind == Toxic::Kind::BitFlip && at >= 0 && at < bytes.size())
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << toxic.bit));
    }
}

const Toxic *ChaosPipe::nextStop() const
{
    const Toxic *next = nullptr;
    for (const Toxic &toxic : m_toxics) {
        if (toxic.isStop() && toxic.offset >= m_position && (!next || toxic.offset < next->offset))
            next = &toxic;
    }
    return next;
}

ChaosPipe::Milliseconds ChaosPipe::dueOf(qint64 size, bool isFirst)
{
    Milliseconds due = now();
    for (const Toxic &toxic : m_toxics) {
        if (toxic.kind == Toxic::Kind::Latency) {
            std::uniform_int_distribution<qint64> jitter(-toxic.jitter.count(), toxic.jitter.count());
            due += std::max(Milliseconds(0), toxic.latency + Milliseconds(jitter(m_random)));
        }
        if (toxic.kind == Toxic::Kind::Slicer && !isFirst)
            due = std::max(due, m_lastDue + toxic.delay);
    }
    for (const Toxic &toxic : m_toxics) {
        if (toxic.kind != Toxic::Kind::Bandwidth)
            continue;
        m_freeAtMs = std::max(m_freeAtMs, static_cast<double>(now().count()))
            + static_cast<double>(size) * 1000 / static_cast<double>(toxic.bytesPerSecond);
        due = std::max(due, Milliseconds(static_cast<qint64>(m_freeAtMs)));
    }
    m_lastDue = std::max(m_lastDue, due);
    return m_lastDue;
}

qint64 ChaosPipe::queueLimit() const
{
    const auto has = [this](Toxic::Kind kind) {
        return std::ranges::any_of(m_toxics, [kind](const Toxic &toxic) { return toxic.kind == kind; });
    };
    return has(Toxic::Kind::Latency) && !has(Toxic::Kind::Bandwidth) ? kUnderWayBytes : kBufferBytes;
}

qint64 ChaosPipe::pieceSize() const
{
    qint64 size = kBufferBytes;
    for (const Toxic &toxic : m_toxics) {
        if (toxic.kind == Toxic::Kind::Slicer)
            size = std::min(size, toxic.size);
        if (toxic.kind == Toxic::Kind::Bandwidth)
            size = std::min(size, std::max<qint64>(1, toxic.bytesPerSecond / 50));
    }
    return size;
}

void ChaosPipe::release()
{
    while (!m_queue.empty() && m_queue.front().due <= now()) {
        const Item item = std::move(m_queue.front());
        m_queue.pop_front();
        if (item.act == Act::Ended) {
            Q_EMIT ended(item.ending);
            return;
        }
        m_queued -= item.bytes.size();
        m_forwarded += item.bytes.size();
        m_to.write(item.bytes);
        Q_EMIT forwardedBytes(item.bytes.size());
    }
    if (!m_queue.empty())
        m_timer.start(m_queue.front().due - now());
    if (m_queued < queueLimit() && m_from.bytesAvailable() > 0)
        QMetaObject::invokeMethod(this, &ChaosPipe::pump, Qt::QueuedConnection);
}

}  // namespace packmule
