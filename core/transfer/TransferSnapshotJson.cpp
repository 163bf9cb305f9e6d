#include "core/transfer/TransferSnapshotJson.h"

#include "core/journal/RecordCodes.h"
#include "core/transfer/FieldJson.h"

#include <bit>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

QJsonObject sourceJson(const SourceIdentity &source)
{
    return {{u"device"_s, std::bit_cast<qint64>(source.device)},
            {u"inode"_s, std::bit_cast<qint64>(source.inode)},
            {u"size"_s, source.size.value()},
            {u"modifiedNs"_s, source.modifiedNs},
            {u"changedNs"_s, source.changedNs},
            {u"racy"_s, source.isRacy}};
}

SourceIdentity sourceFrom(const QJsonObject &json)
{
    return {.device = std::bit_cast<quint64>(json.value("device"_L1).toInteger()),
            .inode = std::bit_cast<quint64>(json.value("inode"_L1).toInteger()),
            .size = ByteCount(json.value("size"_L1).toInteger()),
            .modifiedNs = json.value("modifiedNs"_L1).toInteger(),
            .changedNs = json.value("changedNs"_L1).toInteger(),
            .isRacy = json.value("racy"_L1).toBool()};
}

void insertTime(QJsonObject &json, const QString &name, const std::optional<WallTime> &time)
{
    if (time)
        json.insert(name, wallTimeText(*time));
}

QJsonObject recordJson(const TransferRecord &record)
{
    QJsonObject json{{u"id"_s, record.id},
                     {u"run"_s, record.run},
                     {u"identity"_s, sourceJson(record.source)},
                     {u"state"_s, codeOf(record.state)},
                     {u"paused"_s, record.isPaused},
                     {u"position"_s, record.position},
                     {u"partSize"_s, record.partSize.value()},
                     {u"planAlgorithm"_s, codeOf(record.integrity.algorithm)},
                     {u"signPayload"_s, record.integrity.signPayload},
                     {u"checksum"_s, checksumText(record.checksum)},
                     {u"verified"_s, record.isVerified}};
    insertBytes(json, u"connection"_s, record.connectionId);
    insertBytes(json, u"source"_s, record.sourcePath);
    insertBytes(json, u"bucket"_s, record.object.bucket);
    insertBytes(json, u"key"_s, record.object.key);
    insertBytes(json, u"token"_s, record.token);
    insertBytes(json, u"uploadId"_s, record.uploadId);
    insertBytes(json, u"etag"_s, record.eTag);
    insertBytes(json, u"versionId"_s, record.versionId);
    insertTime(json, u"createStarted"_s, record.createStarted);
    insertTime(json, u"abortDate"_s, record.abortDate);
    insertTime(json, u"ended"_s, record.ended);
    if (record.error)
        json.insert(u"failure"_s, errorJson(*record.error));
    return json;
}

std::optional<TransferRecord> recordFrom(const QJsonObject &json)
{
    const auto state = transferStateFromCode(json.value("state"_L1).toInteger());
    const auto algorithm = checksumAlgorithmFromCode(json.value("planAlgorithm"_L1).toInteger());
    if (!state || !algorithm)
        return std::nullopt;
    TransferRecord record;
    record.id = json.value("id"_L1).toInteger();
    record.run = json.value("run"_L1).toInteger();
    record.connectionId = bytesFrom(json, u"connection"_s);
    record.sourcePath = bytesFrom(json, u"source"_s);
    record.source = sourceFrom(json.value("identity"_L1).toObject());
    record.object = {bytesFrom(json, u"bucket"_s), bytesFrom(json, u"key"_s)};
    record.state = *state;
    record.isPaused = json.value("paused"_L1).toBool();
    record.position = json.value("position"_L1).toInt();
    record.partSize = ByteCount(json.value("partSize"_L1).toInteger());
    record.integrity = {.algorithm = *algorithm, .signPayload = json.value("signPayload"_L1).toBool()};
    record.token = bytesFrom(json, u"token"_s);
    record.uploadId = bytesFrom(json, u"uploadId"_s);
    record.createStarted = wallTimeFromText(json.value("createStarted"_L1).toString());
    record.abortDate = wallTimeFromText(json.value("abortDate"_L1).toString());
    record.eTag = bytesFrom(json, u"etag"_s);
    record.versionId = bytesFrom(json, u"versionId"_s);
    record.checksum = checksumFromText(json.value("checksum"_L1).toString());
    record.isVerified = json.value("verified"_L1).toBool();
    record.error = errorFromJson(json.value("failure"_L1).toObject());
    record.ended = wallTimeFromText(json.value("ended"_L1).toString());
    return record;
}

QJsonObject waitingJson(const WaitingEvent &waiting)
{
    QJsonObject json = errorJson(waiting.error);
    json.insert(u"reason"_s, waitReasonName(waiting.reason));
    insertTime(json, u"until"_s, waiting.until);
    return json;
}

std::optional<WaitingEvent> waitingFrom(const QJsonObject &json)
{
    const auto reason = waitReasonFromName(json.value("reason"_L1).toString());
    const auto error = errorFromJson(json);
    if (!reason || !error)
        return std::nullopt;
    return WaitingEvent{.reason = *reason, .error = *error, .until = wallTimeFromText(json.value("until"_L1).toString())};
}

}  // namespace

QJsonObject transferSnapshotJson(const TransferSnapshot &snapshot)
{
    QJsonObject json{{u"record"_s, recordJson(snapshot.record)},
                     {u"sent"_s, snapshot.sent.value()},
                     {u"confirmed"_s, snapshot.confirmed.value()},
                     {u"rate"_s, snapshot.rate},
                     {u"confirmedParts"_s, snapshot.confirmedParts},
                     {u"parts"_s, snapshot.parts}};
    if (snapshot.waiting)
        json.insert(u"waiting"_s, waitingJson(*snapshot.waiting));
    return json;
}

std::optional<TransferSnapshot> transferSnapshotFromJson(const QJsonObject &json)
{
    const std::optional<TransferRecord> record = recordFrom(json.value("record"_L1).toObject());
    if (!record)
        return std::nullopt;
    return TransferSnapshot{.record = *record,
                            .sent = ByteCount(json.value("sent"_L1).toInteger()),
                            .confirmed = ByteCount(json.value("confirmed"_L1).toInteger()),
                            .rate = json.value("rate"_L1).toDouble(),
                            .confirmedParts = json.value("confirmedParts"_L1).toInt(),
                            .parts = json.value("parts"_L1).toInt(1),
                            .waiting = waitingFrom(json.value("waiting"_L1).toObject())};
}

}  // namespace packmule
