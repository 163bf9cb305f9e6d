#pragma once

#include "core/base/Scheduler.h"
#include "core/net/direct/AcknowledgedBytes.h"
#include "core/net/direct/AddressRace.h"
#include "core/net/direct/ConnectionKey.h"
#include "core/net/direct/ConnectionUser.h"
#include "core/net/direct/OutgoingBody.h"
#include "core/net/direct/ResponseReader.h"

#include <QObject>
#include <QSslConfiguration>

#include <memory>

class QSslSocket;
class QTcpSocket;

namespace packmule {

/// What goes out in one exchange.
struct WireRequest {
    QByteArray head;             ///< as writtenHead() made it
    QIODevice *body = nullptr;   ///< seekable; null if there is none
    qint64 bodyStart = 0;
    qint64 bodySize = 0;
    bool isForHead = false;      ///< the method is HEAD
    bool asksBeforeBody = false; ///< the head says Expect: 100-continue
};

/// One TCP or TLS connection that carries one HTTP/1.1 exchange after the other.
/// Reads before every write, so that an answer which comes early is seen before the write that a closed peer would refuse;
/// keeps at most one batch unsent in the socket (README.md: why 96 KiB).
/// Thread: the one that made it. Owned by ConnectionPool; ends by deleteLater(), as a signal of its own may be the reason.
///
/// | state | event | next |
/// |---|---|---|
/// | Connecting | the socket stands, TLS too; a user waits | Sending |
/// | Connecting | the same without a user | Idle |
/// | Idle | begin() | Sending |
/// | Idle | the peer says or closes anything | Closed |
/// | Sending | the last of head and body is handed to the socket | Receiving |
/// | Sending | a final answer of 300 and above begins: the body ends here | Receiving, then Closed |
/// | Sending | a 2xx ends before the body: that cannot be true | Closed (malformed) |
/// | Sending | the body cannot be read | Closed |
/// | Receiving | the answer has ended, both sides keep the connection | Idle |
/// | Receiving | the answer has ended otherwise | Closed |
/// | any | leave() in mid-exchange, close(), an error | Closed |
class Connection final : public QObject
{
    Q_OBJECT

public:
    enum class State { Connecting, Idle, Sending, Receiving, Closed };

    /// Batches above 128 KiB leave the second-level cache and make QSslSocket move its buffers (facts D6).
    static constexpr qint64 kBatchBytes = 96 * 1024;
    /// With Expect: how long the body waits for a 100 that may never come (curl's figure; RFC 9110, 10.1.1 wants one).
    static constexpr Milliseconds kContinueLimit{1'000};

    /// @param sessionTicket of an earlier handshake, to shorten this one; may be empty.
    Connection(ConnectionKey key, QSslConfiguration tls, QByteArray sessionTicket, Scheduler &scheduler, QObject *parent);
    ~Connection() override;

    void open();
    /// Idle, or Connecting without a user. From now on `user` is told, until it leaves or the exchange ends.
    void begin(const WireRequest &request, ConnectionUser &user);
    /// The user goes, without being told more.
    void leave();
    /// The user can take bytes again.
    void resumeReading();
    void close();
    /// Closes once idle.
    void closeAfterExchange() { m_closesAfterExchange = true; }

    State state() const { return m_state; }
    const ConnectionKey &key() const { return m_key; }
    const QSslConfiguration &tls() const { return m_tls; }
    /// The peer has closed it, or said something unasked. Only while idle.
    bool isStale() const { return m_kernel.hasUnread(); }

    qint64 bodyHandedOver() const { return m_body.position(); }
    bool isBodyHandedOver() const { return m_body.isHandedOver(); }
    /// What of the body the peer has surely got; without the kernel's word (isAcknowledgementKnown) what has left Qt.
    qint64 bodyAcknowledged() const;
    bool isAcknowledgementKnown() const { return m_kernel.unacknowledged().has_value(); }

Q_SIGNALS:
    void becameIdle();
    void closed();
    void ticketArrived(const QByteArray &sessionTicket);

private:
    std::unique_ptr<QTcpSocket> newSocket() const;
    void onDescriptor(qintptr descriptor);
    void takeSocket(std::unique_ptr<QTcpSocket> socket);
    void onConnected();
    void onStanding();
    void onReadable();
    void onWritten();
    void onLost();

    void startExchange();
    void send();
    void sendLater();
    bool sendBatch();
    bool mayWriteNow();
    qint64 unsent() const;
    void read();
    void feed(QByteArrayView bytes);
    void onAnswerHead(const HttpHead &head);
    void onContinue();
    void finishExchange();
    void conclude();
    void breakOff(ConnectionBreak why);
    ConnectionBreak networkBreak() const;

    const ConnectionKey m_key;
    const QSslConfiguration m_tls;
    const QByteArray m_sessionTicket;
    Scheduler &m_scheduler;
    State m_state = State::Connecting;
    std::unique_ptr<AddressRace> m_race;
    std::unique_ptr<QTcpSocket> m_socket;
    QSslSocket *m_secure = nullptr;  // the same socket, if it is one
    AcknowledgedBytes m_kernel;
    ResponseReader m_reader;

    ConnectionUser *m_user = nullptr;
    WireRequest m_request;
    OutgoingBody m_body;
    bool m_isHeadOut = false;
    bool m_awaitsContinue = false;
    bool m_isCut = false;            // the body was not sent to its end
    bool m_keepsAlive = false;
    bool m_isReadingPaused = false;
    bool m_isReused = false;
    bool m_closesAfterExchange = false;
    bool m_isAtEnd = false;          // a read has found the peer's end of the connection
    bool m_isLost = false;           // Qt has told of an error or the end, while reading was paused
    bool m_isSending = false;        // on the stack
    bool m_isReading = false;        // on the stack
    bool m_isSendQueued = false;
    int m_deferrals = 0;
    int m_status = 0;
    QByteArray m_readBuffer;
    CallHandle m_continueLimit;
    QMetaObject::Connection m_bodyReady;
};

}  // namespace packmule
