#include "core/net/direct/ResponseReader.h"

#include "tests/fuzz/Promise.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

using namespace packmule;

// ResponseReader over any bytes, as a server may send them to the direct transport. Beyond "no crash": one final answer at
// most, its bytes told in order and once, the same however they are cut, nothing after its end, nothing after stop().

namespace {

/// What the reader told, as one text to compare.
QByteArray told(bool isForHead, QByteArrayView bytes, qsizetype pieceSize, bool isStopping)
{
    QByteArray text;
    int heads = 0;
    bool isStopped = false;
    ResponseReader *self = nullptr;
    ResponseReader reader({.onContinue =
                               [&] {
                                   PACKMULE_PROMISE(heads == 0 && !isStopped);
                                   text += "\ncontinue";
                               },
                           .onHead =
                               [&](const HttpHead &head) {
                                   PACKMULE_PROMISE(++heads == 1 && !isStopped);
                                   PACKMULE_PROMISE(head.status >= 200 && head.status <= 999);
                                   PACKMULE_PROMISE(head.headers.fields().size() <= HttpHeadLimits().headerCount);
                                   text += "\nhead " + QByteArray::number(head.status) + "\nbody ";
                                   if (isStopping) {
                                       isStopped = true;
                                       self->stop();
                                   }
                               },
                           .onBody =
                               [&](const QByteArray &piece) {
                                   PACKMULE_PROMISE(heads == 1 && !isStopped && !isForHead && !piece.isEmpty());
                                   text += piece;
                               }});
    self = &reader;
    reader.expectAnswer(isForHead);
    while (!bytes.isEmpty()) {
        const QByteArrayView piece = bytes.first(std::min(pieceSize, bytes.size()));
        const auto taken = reader.feed(piece);
        if (!taken) {
            PACKMULE_PROMISE(taken.error().kind == ErrorKind::MalformedAnswer && !taken.error().detail.isEmpty());
            PACKMULE_PROMISE(!reader.hasEnded() || heads == 1);
            PACKMULE_PROMISE(!reader.feed("HTTP/1.1 200 OK\r\n\r\n") && !reader.feedEnd());
            return text + "\nrefused";
        }
        PACKMULE_PROMISE(*taken >= 0 && *taken <= piece.size());
        bytes = bytes.sliced(*taken);
        if (reader.hasEnded() || isStopped)
            return text + "\nended, left " + QByteArray::number(bytes.size());
        PACKMULE_PROMISE(*taken == piece.size());
    }
    return text + (reader.feedEnd() ? "\nwhole" : "\ncut short");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const bool isForHead = (data[0] & 1) != 0;
    const qsizetype pieceSize = 1 + data[1];
    const QByteArrayView bytes(reinterpret_cast<const char *>(data) + 2, static_cast<qsizetype>(size) - 2);

    const QByteArray whole = told(isForHead, bytes, bytes.size() + 1, false);
    PACKMULE_PROMISE(told(isForHead, bytes, 1, false) == whole);
    PACKMULE_PROMISE(told(isForHead, bytes, pieceSize, false) == whole);
    told(isForHead, bytes, pieceSize, true);
    return 0;
}
