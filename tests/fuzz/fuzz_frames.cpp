#include "core/stream/FrameCodec.h"

#include "tests/fuzz/Promise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace packmule;

// FrameCodec over any bytes, as client and as server. Beyond "no crash": however the bytes are cut into pieces, it tells the
// same messages and control frames, keeps the limits, and once it has refused or seen Close it tells nothing more.

namespace {

constexpr FrameLimits kLimits{.frame = ByteCount(1000), .message = ByteCount(1500)};

/// What the codec told, as one text to compare; pieces of a message are joined, as their cut depends on the feeding.
QByteArray told(FrameCodec::Side side, QByteArrayView bytes, qsizetype pieceSize)
{
    QByteArray text, message;
    bool isOver = false;
    FrameCodec codec(side, kLimits,
                     {.onPayload =
                          [&](FrameCodec::Kind, QByteArrayView piece) {
                              PACKMULE_PROMISE(!isOver && !piece.isEmpty());
                              message.append(piece);
                              PACKMULE_PROMISE(message.size() <= kLimits.message.value());
                          },
                      .onMessageEnd =
                          [&](FrameCodec::Kind kind) {
                              PACKMULE_PROMISE(!isOver);
                              text += (kind == FrameCodec::Kind::Text ? "\ntext " : "\nbinary ") + message;
                              message.clear();
                          },
                      .onPing =
                          [&](const QByteArray &payload) {
                              PACKMULE_PROMISE(!isOver && payload.size() <= 125);
                              text += "\nping " + payload;
                          },
                      .onPong =
                          [&](const QByteArray &payload) {
                              PACKMULE_PROMISE(!isOver && payload.size() <= 125);
                              text += "\npong " + payload;
                          },
                      .onClose =
                          [&](CloseCode code, const QByteArray &reason) {
                              PACKMULE_PROMISE(!isOver && reason.size() <= 123 && QByteArrayView(reason).isValidUtf8());
                              isOver = true;
                              text += "\nclose " + QByteArray::number(static_cast<int>(code)) + ' ' + reason;
                          }});
    while (!bytes.isEmpty()) {
        const QByteArrayView piece = bytes.first(std::min(pieceSize, bytes.size()));
        bytes = bytes.sliced(piece.size());
        if (codec.feed(piece))
            continue;
        isOver = true;
        PACKMULE_PROMISE(!codec.feed("\x81\x01x"));
        return text + "\nrefused " + QByteArray::number(static_cast<int>(codec.refusal()));
    }
    PACKMULE_PROMISE(codec.isClosed() == isOver);
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto side = (data[0] & 1) != 0 ? FrameCodec::Side::Server : FrameCodec::Side::Client;
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);
    const QByteArray whole = told(side, bytes, bytes.size() + 1);
    PACKMULE_PROMISE(told(side, bytes, 1) == whole);
    PACKMULE_PROMISE(told(side, bytes, 1 + data[1]) == whole);

    // And what we make, the other side reads back: the input as one message.
    FrameCodec sender(side, FrameLimits::none(), {});
    const auto other = side == FrameCodec::Side::Server ? FrameCodec::Side::Client : FrameCodec::Side::Server;
    const QByteArrayView payload = bytes.first(std::min<qsizetype>(bytes.size(), kLimits.frame.value()));
    PACKMULE_PROMISE(told(other, sender.textFrame(payload), 7) == "\ntext " + payload.toByteArray());
    return 0;
}
