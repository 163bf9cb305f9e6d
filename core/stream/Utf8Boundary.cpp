#include "core/stream/Utf8Boundary.h"

#include <algorithm>

namespace packmule {

namespace {

/// How long the character is that begins with this byte; 1 for ASCII and for what begins none (RFC 3629).
qsizetype characterLength(uchar first)
{
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 1;
}

/// Overlong forms, surrogates and numbers above U+10FFFF show in the second byte.
bool maySecondFollow(uchar first, uchar second)
{
    const uchar lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const uchar highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest;
}

}  // namespace

qsizetype unfinishedCharacterBytes(QByteArrayView bytes)
{
    const qsizetype farthest = std::min<qsizetype>(3, bytes.size());
    for (qsizetype back = 1; back <= farthest; ++back) {
        const auto byte = static_cast<uchar>(bytes.at(bytes.size() - back));
        const bool isContinuation = (byte & 0xc0) == 0x80;
        if (isContinuation)
            continue;
        if (characterLength(byte) <= back)
            return 0;
        return back == 1 || maySecondFollow(byte, static_cast<uchar>(bytes.at(bytes.size() - back + 1))) ? back : 0;
    }
    return 0;
}

}  // namespace packmule
