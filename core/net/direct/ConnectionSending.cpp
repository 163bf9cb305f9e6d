// The way out of a Connection: batches, each after a look at what has come in.
#include "core/net/direct/Connection.h"

#include <QScopedValueRollback>
#include <QSslSocket>

#include <algorithm>
#include <cstring>

namespace packmule {

namespace {

/// Then the other connections have their turn.
constexpr int kBatchesATurn = 4;
/// What lies unread in the kernel reaches us through the event loop within a turn or two, unless it is of no concern to us.
constexpr int kMaxDeferrals = 3;

}  // namespace

void Connection::send()
{
    if (m_isSending)
        return;
    const QScopedValueRollback sending(m_isSending, true);
    for (int batches = 0; m_state == State::Sending && unsent() < kBatchBytes; ++batches) {
        if (batches == kBatchesATurn) {
            sendLater();
            return;
        }
        if (!mayWriteNow() || !sendBatch())
            return;
    }
}

void Connection::sendLater()
{
    if (std::exchange(m_isSendQueued, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_isSendQueued = false;
            send();
        },
        Qt::QueuedConnection);
}

/// Reading comes first: a write to a connection that the peer has reset makes Qt drop what lies there unread.
bool Connection::mayWriteNow()
{
    if (m_isReadingPaused || !m_kernel.hasUnread()) {
        m_deferrals = 0;
        return true;
    }
    if (++m_deferrals <= kMaxDeferrals) {
        sendLater();
        return false;
    }
    m_deferrals = 0;
    return true;
}

/// @return false if there is nothing more to do now.
bool Connection::sendBatch()
{
    const qint64 headBytes = m_isHeadOut ? 0 : m_request.head.size();
    const qint64 bodyBytes = m_awaitsContinue ? 0 : std::min(m_body.size() - m_body.position(), std::max(kBatchBytes - headBytes, qint64(1)));
    if (m_isHeadOut && bodyBytes == 0 && m_body.size() > m_body.position())
        return false;  // onContinue() or its limit goes on
    // A new one each time, because Qt takes a QByteArray into its buffer as it is and would copy a reused one's bytes.
    QByteArray bytes(headBytes + bodyBytes, Qt::Uninitialized);
    if (headBytes > 0)
        std::memcpy(bytes.data(), m_request.head.constData(), static_cast<size_t>(headBytes));
    qint64 filled = headBytes;
    if (bodyBytes > 0) {
        const OutgoingBody::Batch batch = m_body.read(bytes.data() + headBytes, bodyBytes);
        if (batch.outcome == OutgoingBody::Outcome::Failed) {
            breakOff({.cause = ConnectionBreak::Cause::Body, .reason = m_body.failureReason()});
            return false;
        }
        filled += batch.count;
    }
    if (filled == 0)
        return false;  // the body's readyRead goes on
    const bool isAfterHead = std::exchange(m_isHeadOut, true);
    if (m_body.isHandedOver())
        m_state = State::Receiving;
    bytes.truncate(filled);
    if (m_socket->write(bytes) < 0) {
        onLost();
        return false;
    }
    m_socket->flush();  // TLS would encrypt in a turn of its own otherwise
    if (m_state == State::Closed || !m_user)
        return false;
    if (!isAfterHead && m_awaitsContinue) {
        m_continueLimit = m_scheduler.after(kContinueLimit, [this] { onContinue(); });
    }
    m_user->requestMoved();
    return m_state == State::Sending;
}

qint64 Connection::unsent() const
{
    if (!m_socket)
        return 0;
    return m_secure ? m_secure->bytesToWrite() + m_secure->encryptedBytesToWrite() : m_socket->bytesToWrite();
}

void Connection::onWritten()
{
    if (m_state == State::Sending)
        send();
    if (m_user && m_state != State::Connecting && m_state != State::Closed)
        m_user->requestMoved();
}

qint64 Connection::bodyAcknowledged() const
{
    const qint64 outstanding = unsent() + m_kernel.unacknowledged().value_or(0);
    return std::max<qint64>(0, m_body.position() - outstanding);
}

}  // namespace packmule
