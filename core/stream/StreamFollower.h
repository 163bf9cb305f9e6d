#pragma once

#include "core/stream/FollowSession.h"
#include "core/stream/PrefixDigest.h"
#include "core/stream/ReconnectWaits.h"
#include "core/stream/StreamEnding.h"
#include "core/stream/StreamExchange.h"

namespace packmule {

struct StreamFollowerOptions {
    StreamAddress address;
    HttpHeaders fields;               ///< Authorization and what the user wants to send
    qint64 from = 0;                  ///< offset to begin at
    bool waitsForStream = false;      ///< 404: ask again every second
    bool verifies = false;            ///< reads the whole resource once more at the end and compares
    std::optional<int> mostReconnects;  ///< in a row, without a byte between them
};

/// Follows an httpfstream resource, on our server or any other. A lost connection is made anew: ours goes on at the offset;
/// from another the known prefix is skipped and its checksum compared. At the end the length is compared always (elsewhere
/// by a plain request, whose range also brings what was missing), the checksum where the server told one.
///
/// | state      | leaves it when                                                                                     |
/// |------------|----------------------------------------------------------------------------------------------------|
/// | Idle       | start() → Asking                                                                                   |
/// | Asking     | 101 → Streaming; 200, 206 → Reading; 416 at our offset → Over; 404 → Waiting or Over; lost → Waiting |
/// | Streaming  | Close with an ending → Over or Waiting (bytes missing); without one → Asking (plainly); lost → Waiting |
/// | Reading    | the body is whole → Over, or Asking (to verify); lost → Waiting                                     |
/// | Waiting    | the wait is over and nobody paused → Asking                                                         |
/// | Over       | –                                                                                                  |
class StreamFollower final : public FollowSession, private StreamExchangeUser
{
    Q_OBJECT

public:
    StreamFollower(StreamFollowerOptions options, StreamExchangeContext context, QObject *parent = nullptr);
    ~StreamFollower() override;

    void start() override;
    void setPaused(bool isPaused) override;
    qint64 position() const override { return m_position; }

private:
    enum class State { Idle, Asking, Streaming, Reading, Waiting, Over };

    void ask(StreamExchange::Wish wish);
    void exchangeUpgraded(const HttpHead &answer) override;
    void exchangeAnswered(const HttpHead &answer) override;
    void exchangeBody(QByteArrayView view) override { take(view); }
    void exchangeFinished() override;
    void exchangeFailed(const Error &error) override { retryLater(error); }
    void webSocketBytes(QByteArrayView view) override { take(view); }
    void webSocketEnded(const WebSocketEnd &end) override;

    void beginBody(qint64 firstByte);
    void refuseStatus(const HttpHead &answer);
    void take(QByteArrayView view);
    bool skip(QByteArrayView &view);
    void conclude(const StreamEnding &ending);
    void retryLater(const Error &why);
    void waitThenAsk(Milliseconds wait);
    void watchSilence();
    void fail(const Error &error);
    void dropExchange() { StreamExchange::retire(std::move(m_exchange)); }

    const StreamFollowerOptions m_options;
    const StreamExchangeContext m_context;
    State m_state = State::Idle;
    std::unique_ptr<StreamExchange> m_exchange;
    qint64 m_position;
    PrefixDigest m_digest;          ///< of what was delivered; that of the whole only if it began at 0
    qint64 m_skip = 0;              ///< bytes that come again and are compared instead of delivered
    PrefixDigest m_skipped;
    bool m_comparesSkipped = false;
    std::optional<StreamEnding> m_ending;  ///< told with the plain answer
    std::optional<StreamEnding> m_verifiedEnding;  ///< set while the whole is read again
    bool m_hasConnected = false;
    bool m_isPaused = false;
    bool m_isWaitOver = false;      ///< while paused
    ReconnectWaits m_waits;
    CallHandle m_timer;
    CallHandle m_silenceTimer;
};

}  // namespace packmule
