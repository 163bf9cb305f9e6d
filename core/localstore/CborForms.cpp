#include "core/localstore/CborForms.h"

#include <QtEndian>

namespace packmule {

namespace {

constexpr QByteArrayView kMagic("pmstore1");
constexpr qsizetype kFrameHead = 12;  // magic and a big-endian 32-bit length

}  // namespace

QCborArray cborFromHeaders(const HttpHeaders &headers)
{
    QCborArray array;
    for (const auto &[name, value] : headers.fields()) {
        array.append(name);
        array.append(value);
    }
    return array;
}

HttpHeaders headersFromCbor(const QCborValue &value)
{
    HttpHeaders headers;
    const QCborArray array = value.toArray();
    for (qsizetype i = 0; i + 1 < array.size(); i += 2)
        headers.append(array.at(i).toByteArray(), array.at(i + 1).toByteArray());
    return headers;
}

QCborMap cborFromChecksum(const Checksum &checksum)
{
    QCborMap map;
    if (checksum.isEmpty())
        return map;
    map.insert(QStringLiteral("algorithm"), checksumAlgorithmName(checksum.algorithm));
    map.insert(QStringLiteral("bytes"), checksum.rawBytes);
    map.insert(QStringLiteral("isComposite"), checksum.isComposite);
    return map;
}

Checksum checksumFromCbor(const QCborValue &value)
{
    const QCborMap map = value.toMap();
    const auto algorithm = checksumAlgorithmFromName(map.value(QStringLiteral("algorithm")).toByteArray());
    if (map.isEmpty() || !algorithm)
        return {};
    return {.algorithm = *algorithm,
            .rawBytes = map.value(QStringLiteral("bytes")).toByteArray(),
            .isComposite = map.value(QStringLiteral("isComposite")).toBool()};
}

QCborValue cborFromTime(WallTime time)
{
    return QCborValue(qint64(time.time_since_epoch().count()));
}

WallTime timeFromCbor(const QCborValue &value)
{
    return WallTime(Milliseconds(value.toInteger()));
}

QByteArray framedCbor(const QCborMap &map)
{
    const QByteArray cbor = QCborValue(map).toCbor();
    QByteArray bytes(kFrameHead, Qt::Uninitialized);
    std::copy(kMagic.begin(), kMagic.end(), bytes.begin());
    qToBigEndian(static_cast<quint32>(cbor.size()), bytes.data() + kMagic.size());
    return bytes + cbor;
}

FramedMap mapFromFrame(QByteArrayView bytes)
{
    if (bytes.size() < kFrameHead || !bytes.startsWith(kMagic))
        return {};
    const qint64 length = qFromBigEndian<quint32>(bytes.data() + kMagic.size());
    if (bytes.size() - kFrameHead < length)
        return {};
    const QByteArray cbor = bytes.sliced(kFrameHead, length).toByteArray();
    return {QCborValue::fromCbor(cbor).toMap(), kFrameHead + length};
}

}  // namespace packmule
