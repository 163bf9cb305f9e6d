#include "core/localstore/ObjectRecord.h"

#include "core/localstore/CborForms.h"

namespace packmule {

QByteArray recordBytes(const ObjectRecord &record)
{
    QCborMap map;
    map.insert(QStringLiteral("key"), record.key);
    map.insert(QStringLiteral("eTag"), record.eTag);
    map.insert(QStringLiteral("size"), record.size);
    map.insert(QStringLiteral("modified"), cborFromTime(record.modified));
    map.insert(QStringLiteral("headers"), cborFromHeaders(record.headers));
    map.insert(QStringLiteral("checksum"), cborFromChecksum(record.checksum));
    map.insert(QStringLiteral("uploadId"), record.uploadId);
    map.insert(QStringLiteral("completion"), record.completion);
    map.insert(QStringLiteral("bodyPath"), record.bodyPath);
    QCborArray extents;
    for (const BodyExtent &extent : record.extents) {
        extents.append(extent.name);
        extents.append(extent.length);
    }
    map.insert(QStringLiteral("extents"), extents);
    return framedCbor(map);
}

std::optional<StoredRecord> recordFromBytes(QByteArrayView bytes)
{
    const auto [map, end] = mapFromFrame(bytes);
    if (!map.contains(QStringLiteral("key")))
        return std::nullopt;
    StoredRecord stored;
    stored.bodyOffset = end;
    ObjectRecord &record = stored.record;
    record.key = map.value(QStringLiteral("key")).toByteArray();
    record.eTag = map.value(QStringLiteral("eTag")).toByteArray();
    record.size = map.value(QStringLiteral("size")).toInteger();
    record.modified = timeFromCbor(map.value(QStringLiteral("modified")));
    record.headers = headersFromCbor(map.value(QStringLiteral("headers")));
    record.checksum = checksumFromCbor(map.value(QStringLiteral("checksum")));
    record.uploadId = map.value(QStringLiteral("uploadId")).toByteArray();
    record.completion = map.value(QStringLiteral("completion")).toByteArray();
    record.bodyPath = map.value(QStringLiteral("bodyPath")).toByteArray();
    const QCborArray extents = map.value(QStringLiteral("extents")).toArray();
    for (qsizetype i = 0; i + 1 < extents.size(); i += 2)
        record.extents.append({extents.at(i).toByteArray(), extents.at(i + 1).toInteger()});
    return stored;
}

}  // namespace packmule
