#include "core/stream/FrameCodec.h"

#include "core/integrity/Digest.h"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>

namespace packmule {

namespace {

constexpr qsizetype kMostControlBytes = 125;
constexpr qsizetype kMostReasonBytes = 123;
constexpr int kMaskPoolBytes = 256;

/// RFC 6455, 7.4: what may stand in a Close frame.
bool mayBeSent(int code)
{
    if (code >= 3000 && code <= 4999)
        return true;
    return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

struct FrameCodec::State {
    State(Side ofSide, FrameLimits withLimits, Callbacks called);
    ~State() { wslay_frame_context_free(context); }

    QByteArray frame(quint8 opcode, QByteArrayView payload);
    bool refuse(CloseCode code, const char *sentence);
    bool beginFrame(const wslay_frame_iocb &piece);
    bool takePiece(const wslay_frame_iocb &piece);
    bool endFrame(const wslay_frame_iocb &piece);
    bool endControlFrame(quint8 opcode);
    bool endClose();

    const Side side;
    const FrameLimits limits;
    const Callbacks callbacks;
    wslay_frame_context_ptr context = nullptr;

    QByteArrayView incoming;         ///< what of the bytes given to feed() wslay has not fetched
    QByteArray outgoing;             ///< the frame being made
    QByteArray masks;                ///< random bytes in store: one system call for many frames
    bool isInFrame = false;
    quint64 frameDone = 0;
    bool isInMessage = false;
    Kind messageKind = Kind::Text;
    qint64 messageSize = 0;
    QByteArray control;
    bool isClosed = false;
    CloseCode refusal = CloseCode::ProtocolError;
    std::optional<Error> error;
};

FrameCodec::State::State(Side ofSide, FrameLimits withLimits, Callbacks called) : side(ofSide), limits(withLimits), callbacks(std::move(called))
{
    wslay_frame_callbacks hooks{};
    hooks.send_callback = [](const uint8_t *bytes, size_t size, int, void *self) {
        static_cast<State *>(self)->outgoing.append(reinterpret_cast<const char *>(bytes), static_cast<qsizetype>(size));
        return static_cast<ssize_t>(size);
    };
    hooks.recv_callback = [](uint8_t *bytes, size_t size, int, void *self) {
        QByteArrayView &rest = static_cast<State *>(self)->incoming;
        const qsizetype taken = std::min(static_cast<qsizetype>(size), rest.size());
        if (taken == 0)
            return static_cast<ssize_t>(-1);  // wslay then says "want read"
        std::memcpy(bytes, rest.data(), static_cast<size_t>(taken));
        rest = rest.sliced(taken);
        return static_cast<ssize_t>(taken);
    };
    hooks.genmask_callback = [](uint8_t *bytes, size_t size, void *self) {
        QByteArray &pool = static_cast<State *>(self)->masks;
        if (pool.size() < static_cast<qsizetype>(size))
            pool = randomBytes(kMaskPoolBytes);
        std::memcpy(bytes, pool.constData(), size);
        pool.remove(0, static_cast<qsizetype>(size));
        return 0;
    };
    if (wslay_frame_context_init(&context, &hooks, this) != 0)
        qFatal("no memory for a WebSocket");
}

bool FrameCodec::State::refuse(CloseCode code, const char *sentence)
{
    refusal = code;
    error = Error::make(ErrorKind::MalformedAnswer, QStringLiteral("The WebSocket peer breaks the protocol: ") + QLatin1String(sentence));
    return false;
}

bool FrameCodec::State::beginFrame(const wslay_frame_iocb &piece)
{
    isInFrame = true;
    frameDone = 0;
    if ((piece.mask != 0) != (side == Side::Server))
        return refuse(CloseCode::ProtocolError, side == Side::Server ? "a frame without a mask" : "a masked frame");
    if (piece.rsv != 0)
        return refuse(CloseCode::ProtocolError, "reserved bits are set");
    if (wslay_is_ctrl_frame(piece.opcode)) {
        control.clear();
        if (piece.opcode > WSLAY_PONG)
            return refuse(CloseCode::ProtocolError, "an unknown control frame");
        return true;  // wslay itself refuses long and fragmented ones
    }
    if (piece.opcode > WSLAY_BINARY_FRAME)
        return refuse(CloseCode::ProtocolError, "an unknown kind of frame");
    const bool isContinuation = piece.opcode == WSLAY_CONTINUATION_FRAME;
    if (isContinuation != isInMessage)
        return refuse(CloseCode::ProtocolError, isContinuation ? "a continuation of nothing" : "a new message inside another");
    if (!isContinuation) {
        isInMessage = true;
        messageKind = piece.opcode == WSLAY_TEXT_FRAME ? Kind::Text : Kind::Binary;
        messageSize = 0;
    }
    if (piece.payload_length > static_cast<quint64>(limits.frame.value()))
        return refuse(CloseCode::TooBig, "a frame is too large");
    if (piece.payload_length > static_cast<quint64>(limits.message.value() - messageSize))
        return refuse(CloseCode::TooBig, "a message is too large");
    messageSize += static_cast<qint64>(piece.payload_length);
    return true;
}

bool FrameCodec::State::takePiece(const wslay_frame_iocb &piece)
{
    if (!isInFrame && !beginFrame(piece))
        return false;
    const QByteArrayView bytes(reinterpret_cast<const char *>(piece.data), static_cast<qsizetype>(piece.data_length));
    if (wslay_is_ctrl_frame(piece.opcode))
        control.append(bytes);
    else if (!bytes.isEmpty() && callbacks.onPayload)
        callbacks.onPayload(messageKind, bytes);
    frameDone += piece.data_length;
    if (frameDone < piece.payload_length)
        return true;
    isInFrame = false;
    return endFrame(piece);
}

bool FrameCodec::State::endFrame(const wslay_frame_iocb &piece)
{
    if (wslay_is_ctrl_frame(piece.opcode))
        return endControlFrame(piece.opcode);
    if (piece.fin == 0)
        return true;
    isInMessage = false;
    if (callbacks.onMessageEnd)
        callbacks.onMessageEnd(messageKind);
    return true;
}

bool FrameCodec::State::endControlFrame(quint8 opcode)
{
    if (opcode == WSLAY_CONNECTION_CLOSE)
        return endClose();
    const auto &called = opcode == WSLAY_PING ? callbacks.onPing : callbacks.onPong;
    if (called)
        called(std::exchange(control, {}));
    return true;
}

bool FrameCodec::State::endClose()
{
    CloseCode code = CloseCode::NoStatus;
    QByteArray reason;
    if (control.size() == 1)
        return refuse(CloseCode::ProtocolError, "half a close code");
    if (control.size() >= 2) {
        const int number = static_cast<uchar>(control.at(0)) * 256 + static_cast<uchar>(control.at(1));
        reason = control.sliced(2);
        if (!mayBeSent(number))
            return refuse(CloseCode::ProtocolError, "a close code that may not be sent");
        if (!QByteArrayView(reason).isValidUtf8())
            return refuse(CloseCode::InvalidText, "a reason that is not UTF-8");
        code = static_cast<CloseCode>(number);
    }
    isClosed = true;
    if (callbacks.onClose)
        callbacks.onClose(code, reason);
    return true;
}

QByteArray FrameCodec::State::frame(quint8 opcode, QByteArrayView payload)
{
    constexpr qsizetype kLongestHeader = 14;
    outgoing.reserve(payload.size() + kLongestHeader);
    wslay_frame_iocb piece{};
    piece.fin = 1;
    piece.opcode = opcode;
    piece.mask = side == Side::Client ? 1 : 0;
    piece.payload_length = static_cast<quint64>(payload.size());
    piece.data = reinterpret_cast<const uint8_t *>(payload.data());
    piece.data_length = static_cast<size_t>(payload.size());
    [[maybe_unused]] const ssize_t sent = wslay_frame_send(context, &piece);
    Q_ASSERT(sent == payload.size());  // the callback takes everything at once
    return std::exchange(outgoing, {});
}

FrameCodec::FrameCodec(Side side, FrameLimits limits, Callbacks callbacks) : m_state(std::make_unique<State>(side, limits, std::move(callbacks)))
{
}

FrameCodec::~FrameCodec() = default;

Result<void> FrameCodec::feed(QByteArrayView bytes)
{
    State &state = *m_state;
    if (state.error)
        return std::unexpected(*state.error);
    state.incoming = bytes;
    while (!state.isClosed) {
        wslay_frame_iocb piece{};
        const ssize_t size = wslay_frame_recv(state.context, &piece);
        if (size == WSLAY_ERR_WANT_READ)
            return {};
        if (size < 0)
            state.refuse(CloseCode::ProtocolError, "a broken frame header");
        if (size < 0 || !state.takePiece(piece))
            return std::unexpected(*state.error);
    }
    state.incoming = {};
    return {};
}

CloseCode FrameCodec::refusal() const
{
    return m_state->refusal;
}

bool FrameCodec::isClosed() const
{
    return m_state->isClosed;
}

QByteArray FrameCodec::textFrame(QByteArrayView payload)
{
    return m_state->frame(WSLAY_TEXT_FRAME, payload);
}

QByteArray FrameCodec::pingFrame(QByteArrayView payload)
{
    return m_state->frame(WSLAY_PING, payload.first(std::min(payload.size(), kMostControlBytes)));
}

QByteArray FrameCodec::pongFrame(QByteArrayView payload)
{
    return m_state->frame(WSLAY_PONG, payload.first(std::min(payload.size(), kMostControlBytes)));
}

QByteArray FrameCodec::closeFrame(CloseCode code, const QByteArray &reason)
{
    if (code == CloseCode::NoStatus)
        return m_state->frame(WSLAY_CONNECTION_CLOSE, {});
    const auto number = static_cast<quint16>(code);
    QByteArray payload;
    payload += static_cast<char>(number >> 8);
    payload += static_cast<char>(number & 0xff);
    payload += reason.left(kMostReasonBytes);
    return m_state->frame(WSLAY_CONNECTION_CLOSE, payload);
}

}  // namespace packmule
