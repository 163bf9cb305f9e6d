#pragma once

#include "core/stream/LengthProbe.h"
#include "core/stream/ReconnectWaits.h"
#include "core/stream/StreamEnding.h"

namespace packmule {

struct StreamAppenderOptions {
    StreamAddress address;
    HttpHeaders fields;               ///< Authorization and what the user wants to send
    bool waitsForItsTurn = false;     ///< another appender is there: ask again every second
    std::optional<int> mostReconnects;
    qint64 bufferLimit = 4 * 1024 * 1024;
};

/// Appends to an httpfstream resource. With our server every byte is kept until it is acknowledged, so that a new
/// connection goes on exactly, and finish() is a fact of its own beside a crash. With any other server nothing is
/// acknowledged: a lost connection is the end, said with the length that the server then has, and finish() compares it.
///
/// | state      | leaves it when                                                                                     |
/// |------------|----------------------------------------------------------------------------------------------------|
/// | Idle       | start() → Asking                                                                                   |
/// | Asking     | 101 of ours → Appending; of another → Probing; 403 → Waiting or Over; 410 → Over; lost → Waiting    |
/// | Probing    | the length before is known → Appending                                                             |
/// | Appending  | all is sent and finish() was called → Closing; lost → Waiting (ours), Checking (another's)          |
/// | Closing    | closed as agreed → Over (ours), Checking (another's); else as Appending                             |
/// | Checking   | the length after is known → Over                                                                   |
/// | Waiting    | the wait is over → Asking                                                                          |
/// | Over       | –                                                                                                  |
///
/// Thread: the one that made it.
class StreamAppender final : public QObject, private StreamExchangeUser
{
    Q_OBJECT

public:
    StreamAppender(StreamAppenderOptions options, StreamExchangeContext context, QObject *parent = nullptr);
    ~StreamAppender() override;

    void start();
    /// @return how many bytes were taken: as many as there is room for. Nothing once finish() was called.
    qint64 write(QByteArrayView bytes);
    qint64 room() const;
    /// These are all bytes: finished() or failed() follows.
    void finish();
    /// Says that there will be no more and that it is not all: our server calls the stream crashed at once.
    void abort();
    /// The stream's offset behind the last byte that is known to be stored (ours), or was handed to the network.
    qint64 storedOffset() const { return m_base; }

Q_SIGNALS:
    void connected(qint64 offset);
    void stored(qint64 offset);
    void hasRoom();
    /// Another appender is active.
    void busy();
    void reconnecting(packmule::Milliseconds wait, const packmule::Error &why);
    /// @param length of the whole stream.
    void finished(qint64 length);
    void failed(const packmule::Error &error);

private:
    enum class State { Idle, Asking, Probing, Appending, Closing, Checking, Waiting, Over };

    void ask();
    void exchangeUpgraded(const HttpHead &answer) override;
    void exchangeAnswered(const HttpHead &answer) override;
    void exchangeBody(QByteArrayView) override {}
    void exchangeFinished() override {}
    void exchangeFailed(const Error &error) override { retryLater(error); }
    void webSocketBytes(QByteArrayView view) override;
    void webSocketMessageEnded() override;
    void webSocketHasRoom() override { pump(); }
    void webSocketEnded(const WebSocketEnd &end) override;

    Result<void> goOnAt(qint64 offset, const QByteArray &leaseId);
    void probeThenBegin();
    void begin();
    void pump();
    void acknowledge(qint64 offset);
    void closeIfFinished();
    void checkLength(const Error &ifShort, int triesLeft);
    void retryLater(const Error &why);
    void waitThenAsk(Milliseconds wait);
    void keepAlive();
    void fail(const Error &error);
    void endWell();
    void dropExchange() { StreamExchange::retire(std::move(m_exchange)); }
    qint64 totalOffset() const { return m_base + m_buffer.size() - m_taken; }

    const StreamAppenderOptions m_options;
    const StreamExchangeContext m_context;
    State m_state = State::Idle;
    std::unique_ptr<StreamExchange> m_exchange;
    std::unique_ptr<LengthProbe> m_probe;
    bool m_isOurServer = false;
    QByteArray m_leaseId;
    bool m_hasBegun = false;       ///< m_base counts from the stream's real length
    QByteArray m_buffer;           ///< bytes from m_taken on are not acknowledged
    qsizetype m_taken = 0;         ///< of m_buffer: done with, kept until it is worth moving the rest
    qint64 m_base = 0;             ///< the stream's offset of m_buffer[m_taken]
    qsizetype m_sent = 0;          ///< of m_buffer, on this connection, counted from m_taken
    bool m_isFinishing = false;
    QByteArray m_message;          ///< of the server, as far as it has come
    ReconnectWaits m_waits;
    CallHandle m_timer;
    CallHandle m_pongTimer;
};

}  // namespace packmule
