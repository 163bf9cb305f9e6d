#pragma once

#include "core/base/Result.h"
#include "core/net/direct/ConnectionKey.h"

namespace packmule {

/// What a head is written from; a value.
struct RequestHead {
    QByteArray method;
    QByteArray target;      ///< as signed; begins with '/'
    HttpHeaders headers;    ///< without Host, Content-Length, Connection and Expect, which are written here
    ByteCount bodySize;
    bool asksBeforeBody = false;
    ConnectionKey key;
};

/// The head as it goes out: nothing is encoded, normalised or left out on the way.
/// @return InvalidRequest for whatever could be read as more than one head (CR, LF, NUL), or is no HTTP at all. Pure.
Result<QByteArray> writtenHead(const RequestHead &head);

}  // namespace packmule
