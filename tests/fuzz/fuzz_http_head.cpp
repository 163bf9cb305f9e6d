#include "core/http/HttpHead.h"

#include "tests/fuzz/Promise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace packmule;

// HttpReader over any bytes. Beyond "no crash": however the bytes are cut into pieces, and whether or not its user pauses
// after every callback, it tells the same heads and bodies, or refuses.

namespace {

struct Reading {
    qsizetype pieceSize = 0;
    bool isPausing = false;
};

/// What the reader told, as one text to compare.
QByteArray told(HttpReader::Side side, bool isForHead, QByteArrayView bytes, Reading reading)
{
    QByteArray text;
    bool isInMessage = false;
    HttpReader *self = nullptr;
    const auto pauseIfWanted = [&] {
        if (reading.isPausing)
            self->pause();
    };
    HttpReader::Callbacks callbacks;
    callbacks.onHead = [&](const HttpHead &head) {
        PACKMULE_PROMISE(!isInMessage);
        PACKMULE_PROMISE(!(head.isChunked && head.contentLength));
        PACKMULE_PROMISE(!head.contentLength || head.contentLength->value() >= 0);
        PACKMULE_PROMISE(head.headers.fields().size() <= HttpHeadLimits().headerCount);
        isInMessage = true;
        text += "\nhead " + head.method + ' ' + head.target + ' ' + QByteArray::number(head.status) + ' ' + head.reason;
        text += QByteArray::number(head.keepsAlive) + QByteArray::number(head.isChunked) + QByteArray::number(head.isUpgrade);
        for (const auto &[name, value] : head.headers.fields()) {
            PACKMULE_PROMISE(isHeaderName(name));
            PACKMULE_PROMISE(!value.contains('\n') && !value.contains('\r') && !value.contains('\0'));
            text += '\n' + name + ':' + value;
        }
        text += "\nbody ";
        pauseIfWanted();
    };
    callbacks.onBody = [&](const QByteArray &piece) {
        PACKMULE_PROMISE(isInMessage && !piece.isEmpty());
        text += piece;
        pauseIfWanted();
    };
    callbacks.onMessageEnd = [&] {
        PACKMULE_PROMISE(isInMessage);
        isInMessage = false;
        text += "\nend";
        pauseIfWanted();
    };
    HttpReader reader(side, HttpHeadLimits(), callbacks);
    self = &reader;
    if (isForHead)
        reader.expectNoBody();

    while (!bytes.isEmpty()) {
        QByteArrayView piece = bytes.first(std::min(reading.pieceSize, bytes.size()));
        bytes = bytes.sliced(piece.size());
        while (!piece.isEmpty()) {
            const auto taken = reader.feed(piece);
            if (!taken) {
                PACKMULE_PROMISE(taken.error().kind == ErrorKind::MalformedAnswer && !taken.error().detail.isEmpty());
                PACKMULE_PROMISE(!reader.feed("GET / HTTP/1.1\r\n\r\n"));
                return text + "\nrefused";
            }
            PACKMULE_PROMISE(*taken >= 0 && *taken <= piece.size());
            piece = piece.sliced(*taken);
        }
    }
    return text + (reader.feedEnd() ? "\nwhole" : "\ncut short");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto side = (data[0] & 1) != 0 ? HttpReader::Side::Responses : HttpReader::Side::Requests;
    const bool isForHead = (data[0] & 2) != 0 && side == HttpReader::Side::Responses;
    const qsizetype pieceSize = 1 + data[1];
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);

    const QByteArray whole = told(side, isForHead, bytes, {.pieceSize = bytes.size() + 1, .isPausing = false});
    PACKMULE_PROMISE(told(side, isForHead, bytes, {.pieceSize = 1, .isPausing = false}) == whole);
    PACKMULE_PROMISE(told(side, isForHead, bytes, {.pieceSize = pieceSize, .isPausing = true}) == whole);
    return 0;
}
