#pragma once

#include "core/base/Clock.h"
#include "core/http/HttpHeaders.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QCborArray>
#include <QCborMap>
#include <QCborValue>

namespace packmule {

// How the store's values look in its CBOR files.

QCborArray cborFromHeaders(const HttpHeaders &headers);
HttpHeaders headersFromCbor(const QCborValue &value);
QCborMap cborFromChecksum(const Checksum &checksum);
Checksum checksumFromCbor(const QCborValue &value);
QCborValue cborFromTime(WallTime time);
WallTime timeFromCbor(const QCborValue &value);

/// Magic, length and map in front of whatever follows.
QByteArray framedCbor(const QCborMap &map);
/// The map, and where it ends; an empty map if the bytes are not one of ours.
struct FramedMap {
    QCborMap map;
    qint64 end = 0;
};
FramedMap mapFromFrame(QByteArrayView bytes);

}  // namespace packmule
