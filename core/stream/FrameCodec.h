#pragma once

#include "core/base/ByteCount.h"
#include "core/base/Result.h"

#include <QByteArray>

#include <functional>
#include <limits>
#include <memory>

namespace packmule {

/// What one side accepts before it closes with 1009. Payload is passed on as it arrives, so no limit costs no memory.
struct FrameLimits {
    ByteCount frame{16LL * 1024 * 1024};
    ByteCount message{64LL * 1024 * 1024};

    static FrameLimits none() { return {ByteCount(std::numeric_limits<qint64>::max()), ByteCount(std::numeric_limits<qint64>::max())}; }
};

/// The close codes that we send or judge by (RFC 6455, 7.4).
enum class CloseCode : quint16 {
    Normal = 1000,
    GoingAway = 1001,
    ProtocolError = 1002,
    NoStatus = 1005,      ///< never on the wire: a Close frame without a code
    Abnormal = 1006,      ///< never on the wire: the connection broke without a Close frame
    InvalidText = 1007,
    Policy = 1008,
    TooBig = 1009,
    ServerFault = 1011,
    ServiceRestart = 1012,
    TryAgainLater = 1013,
};

/// WebSocket frames by wslay, byte-exact: a text frame's payload is bytes and need not be UTF-8 (facts/streams.md, 1.5).
/// The rules that wslay's frame interface leaves to its user are kept here: masks, reserved bits, opcodes, the order of
/// continuations, limits, the form of Close. The only user of wslay. Thread: any one.
class FrameCodec
{
public:
    enum class Side { Client, Server };
    enum class Kind { Text, Binary };
    struct Callbacks {
        std::function<void(Kind kind, QByteArrayView piece)> onPayload;  ///< a view, valid during the call; never empty
        std::function<void(Kind kind)> onMessageEnd;
        std::function<void(const QByteArray &payload)> onPing, onPong;
        std::function<void(CloseCode code, const QByteArray &reason)> onClose;
    };

    /// @param side which side we are: a server insists on masked frames and sends unmasked ones.
    FrameCodec(Side side, FrameLimits limits, Callbacks callbacks);
    ~FrameCodec();

    /// Errors: MalformedAnswer; refusal() then says which code to close with, and nothing more is accepted.
    /// After a Close frame the rest is ignored. Callbacks must not destroy the codec.
    Result<void> feed(QByteArrayView bytes);
    CloseCode refusal() const;
    bool isClosed() const;

    /// One whole message in one frame.
    QByteArray textFrame(QByteArrayView payload);
    QByteArray pingFrame(QByteArrayView payload = {});
    QByteArray pongFrame(QByteArrayView payload = {});
    /// @param reason UTF-8, cut to the 123 bytes that fit; NoStatus makes a Close frame without a code.
    QByteArray closeFrame(CloseCode code, const QByteArray &reason = {});

private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace packmule
