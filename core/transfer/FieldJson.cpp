#include "core/transfer/FieldJson.h"

#include "core/base/CodeTable.h"
#include "core/base/Redaction.h"

#include <QDateTime>
#include <QTimeZone>

#include <array>
#include <cmath>

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

constexpr std::array kWaitReasons = {
    std::pair{WaitReason::Network, "network"_L1},         std::pair{WaitReason::Throttled, "throttled"_L1},
    std::pair{WaitReason::Credentials, "credentials"_L1}, std::pair{WaitReason::SourceBusy, "sourceBusy"_L1},
    std::pair{WaitReason::Schedule, "schedule"_L1},       std::pair{WaitReason::ServerFault, "serverFault"_L1},
    std::pair{WaitReason::JournalTrouble, "journalTrouble"_L1},
};
constexpr std::array kSkipReasons = {
    std::pair{SkipReason::AlreadyCompleted, "alreadyCompleted"_L1},
    std::pair{SkipReason::ObjectExists, "objectExists"_L1},
    std::pair{SkipReason::SameSize, "sameSize"_L1},
    std::pair{SkipReason::NotNewer, "notNewer"_L1},
    std::pair{SkipReason::Excluded, "excluded"_L1},
};

}  // namespace

QJsonValue secondsJson(Milliseconds time)
{
    return double(time.count()) / 1000;
}

Milliseconds secondsFromJson(const QJsonValue &seconds)
{
    return Milliseconds(std::llround(seconds.toDouble() * 1000));
}

void insertBytes(QJsonObject &json, const QString &name, const QByteArray &bytes)
{
    if (bytes.isEmpty())
        return;
    json.insert(name, QString::fromUtf8(bytes));
    if (!bytes.isValidUtf8())
        json.insert(name + u"Bytes"_s, QString::fromLatin1(bytes.toBase64()));
}

QByteArray bytesFrom(const QJsonObject &json, const QString &name)
{
    const QJsonValue exact = json.value(QString(name + u"Bytes"_s));
    return exact.isString() ? QByteArray::fromBase64(exact.toString().toLatin1()) : json.value(name).toString().toUtf8();
}

QString wallTimeText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), QTimeZone::UTC).toString(Qt::ISODateWithMs);
}

std::optional<WallTime> wallTimeFromText(const QString &text)
{
    const QDateTime time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!time.isValid())
        return std::nullopt;
    return WallTime(Milliseconds(time.toMSecsSinceEpoch()));
}

QString waitReasonName(WaitReason reason)
{
    return codeIn(kWaitReasons, reason);
}

std::optional<WaitReason> waitReasonFromName(const QString &name)
{
    return valueIn(kWaitReasons, name);
}

QString skipReasonName(SkipReason reason)
{
    return codeIn(kSkipReasons, reason);
}

std::optional<SkipReason> skipReasonFromName(const QString &name)
{
    return valueIn(kSkipReasons, name);
}

QString checksumText(const Checksum &checksum)
{
    const QByteArray text = checksumAlgorithmName(checksum.algorithm) + ':' + checksum.rawBytes.toBase64();
    return QString::fromLatin1(checksum.isComposite ? QByteArray(text + ":composite") : text);
}

Checksum checksumFromText(const QString &text)
{
    const QByteArrayList words = text.toLatin1().split(':');
    return {.algorithm = checksumAlgorithmFromName(words.value(0)).value_or(ChecksumAlgorithm::None),
            .rawBytes = QByteArray::fromBase64(words.value(1)),
            .isComposite = words.value(2) == "composite"};
}

QJsonObject errorJson(const Error &error)
{
    QJsonObject json{{u"kind"_s, QString::fromLatin1(errorKindName(error.kind))}, {u"error"_s, redacted(error.detail)}};
    if (error.httpStatus)
        json.insert(u"httpStatus"_s, *error.httpStatus);
    insertBytes(json, u"s3Code"_s, error.s3Code);
    insertBytes(json, u"requestId"_s, error.requestId);
    if (error.retryAfter)
        json.insert(u"retryAfter"_s, secondsJson(*error.retryAfter));
    if (error.osError != 0)
        json.insert(u"osError"_s, error.osError);
    return json;
}

std::optional<Error> errorFromJson(const QJsonObject &json)
{
    const std::optional<ErrorKind> kind = errorKindFromName(json.value("kind"_L1).toString().toLatin1());
    if (!kind)
        return std::nullopt;
    Error error = Error::make(*kind, json.value("error"_L1).toString());
    if (json.contains("httpStatus"_L1))
        error.httpStatus = json.value("httpStatus"_L1).toInt();
    error.s3Code = bytesFrom(json, u"s3Code"_s);
    error.requestId = bytesFrom(json, u"requestId"_s);
    if (json.contains("retryAfter"_L1))
        error.retryAfter = secondsFromJson(json.value("retryAfter"_L1));
    error.osError = json.value("osError"_L1).toInt();
    return error;
}

}  // namespace packmule
