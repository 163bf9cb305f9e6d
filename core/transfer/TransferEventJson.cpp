#include "core/transfer/TransferEventJson.h"

#include "core/base/Redaction.h"
#include "core/transfer/FieldJson.h"

namespace packmule {

namespace {

using namespace Qt::StringLiterals;

template<typename... Cases>
struct Overloaded : Cases... {
    using Cases::operator()...;
};

ByteCount byteCount(const QJsonObject &json, const QString &name)
{
    return ByteCount(json.value(name).toInteger());
}

QJsonObject merged(QJsonObject into, const QJsonObject &from)
{
    for (auto field = from.begin(); field != from.end(); ++field)
        into.insert(field.key(), field.value());
    return into;
}

// One function each way for every body that has fields; `event` is added by the caller.

QJsonObject bodyJson(const StartedEvent &body)
{
    QJsonObject json{{u"size"_s, body.size.value()},       {u"partSize"_s, body.partSize.value()},
                     {u"parts"_s, body.parts},             {u"resumed"_s, body.isResumed},
                     {u"confirmedParts"_s, body.confirmedParts}};
    insertBytes(json, u"uploadId"_s, body.uploadId);
    return json;
}

QJsonObject bodyJson(const PartEvent &body)
{
    QJsonObject json{{u"partNumber"_s, body.partNumber.value()}, {u"size"_s, body.size.value()}, {u"attempt"_s, body.attempt}};
    insertBytes(json, u"etag"_s, body.eTag);
    return json;
}

QJsonObject bodyJson(const ProgressEvent &body)
{
    QJsonObject json{{u"sent"_s, body.sent.value()},
                     {u"confirmed"_s, body.confirmed.value()},
                     {u"size"_s, body.size.value()},
                     {u"rate"_s, body.rate}};
    json.insert(u"eta"_s, body.eta ? QJsonValue(qint64(body.eta->count())) : QJsonValue());
    return json;
}

QJsonObject bodyJson(const RetryEvent &body)
{
    QJsonObject json = errorJson(body.error);
    if (body.partNumber)
        json.insert(u"partNumber"_s, body.partNumber->value());
    json.insert(u"attempt"_s, body.attempt);
    json.insert(u"wait"_s, secondsJson(body.wait));
    return json;
}

QJsonObject bodyJson(const WaitingEvent &body)
{
    QJsonObject json = errorJson(body.error);
    json.insert(u"reason"_s, waitReasonName(body.reason));
    if (body.until)
        json.insert(u"until"_s, wallTimeText(*body.until));
    return json;
}

QJsonObject bodyJson(const CompletedEvent &body)
{
    QJsonObject json{{u"size"_s, body.size.value()},
                     {u"seconds"_s, body.seconds.count()},
                     {u"bytesSent"_s, body.bytesSent.value()},
                     {u"requests"_s, body.requests},
                     {u"verified"_s, body.isVerified}};
    insertBytes(json, u"etag"_s, body.eTag);
    if (!body.checksum.isEmpty())
        json.insert(u"checksum"_s, checksumText(body.checksum));
    return json;
}

QJsonObject bodyJson(const FailedEvent &body)
{
    QJsonObject json = errorJson(body.error);
    json.insert(u"advice"_s, body.advice);
    json.insert(u"resumable"_s, body.isResumable);
    return json;
}

QJsonObject bodyJson(const SummaryEvent &body)
{
    return {{u"completed"_s, body.completed}, {u"skipped"_s, body.skipped}, {u"failed"_s, body.failed},
            {u"bytes"_s, body.bytes.value()}};
}

QJsonObject namedBodyJson(const TransferEventBody &body)
{
    const auto named = [](const QString &event, QJsonObject json) {
        json.insert(u"event"_s, event);
        return json;
    };
    return std::visit(
        Overloaded{
            [&](const QueuedEvent &b) { return named(u"queued"_s, {{u"size"_s, b.size.value()}}); },
            [&](const StartedEvent &b) { return named(u"started"_s, bodyJson(b)); },
            [&](const PartEvent &b) { return named(u"part"_s, bodyJson(b)); },
            [&](const ProgressEvent &b) { return named(u"progress"_s, bodyJson(b)); },
            [&](const RetryEvent &b) { return named(u"retry"_s, bodyJson(b)); },
            [&](const WaitingEvent &b) { return named(u"waiting"_s, bodyJson(b)); },
            [&](const VerifyingEvent &) { return named(u"verifying"_s, {}); },
            [&](const CompletedEvent &b) { return named(u"completed"_s, bodyJson(b)); },
            [&](const SkippedEvent &b) { return named(u"skipped"_s, {{u"reason"_s, skipReasonName(b.reason)}}); },
            [&](const PausedEvent &) { return named(u"paused"_s, {}); },
            [&](const CancelledEvent &) { return named(u"cancelled"_s, {}); },
            [&](const NoticeEvent &b) { return named(u"notice"_s, {{u"text"_s, redacted(b.text)}}); },
            [&](const FailedEvent &b) { return named(u"failed"_s, bodyJson(b)); },
            [&](const SummaryEvent &b) { return named(u"summary"_s, bodyJson(b)); },
        },
        body);
}

StartedEvent startedFrom(const QJsonObject &json)
{
    return {.size = byteCount(json, u"size"_s),
            .partSize = byteCount(json, u"partSize"_s),
            .parts = json.value("parts"_L1).toInt(),
            .uploadId = bytesFrom(json, u"uploadId"_s),
            .isResumed = json.value("resumed"_L1).toBool(),
            .confirmedParts = json.value("confirmedParts"_L1).toInt()};
}

std::optional<TransferEventBody> partFrom(const QJsonObject &json)
{
    const auto number = PartNumber::from(json.value("partNumber"_L1).toInteger());
    if (!number)
        return std::nullopt;
    return PartEvent{.partNumber = *number,
                     .size = byteCount(json, u"size"_s),
                     .attempt = json.value("attempt"_L1).toInt(1),
                     .eTag = bytesFrom(json, u"etag"_s)};
}

ProgressEvent progressFrom(const QJsonObject &json)
{
    ProgressEvent body{.sent = byteCount(json, u"sent"_s),
                       .confirmed = byteCount(json, u"confirmed"_s),
                       .size = byteCount(json, u"size"_s),
                       .rate = json.value("rate"_L1).toDouble(),
                       .eta = {}};
    if (json.value("eta"_L1).isDouble())
        body.eta = std::chrono::seconds(json.value("eta"_L1).toInteger());
    return body;
}

std::optional<TransferEventBody> retryFrom(const QJsonObject &json)
{
    const std::optional<Error> error = errorFromJson(json);
    if (!error)
        return std::nullopt;
    return RetryEvent{.partNumber = PartNumber::from(json.value("partNumber"_L1).toInteger()),
                      .attempt = json.value("attempt"_L1).toInt(1),
                      .error = *error,
                      .wait = secondsFromJson(json.value("wait"_L1))};
}

std::optional<TransferEventBody> waitingEventFrom(const QJsonObject &json)
{
    const std::optional<Error> error = errorFromJson(json);
    const std::optional<WaitReason> reason = waitReasonFromName(json.value("reason"_L1).toString());
    if (!error || !reason)
        return std::nullopt;
    return WaitingEvent{.reason = *reason, .error = *error, .until = wallTimeFromText(json.value("until"_L1).toString())};
}

CompletedEvent completedFrom(const QJsonObject &json)
{
    return {.size = byteCount(json, u"size"_s),
            .eTag = bytesFrom(json, u"etag"_s),
            .checksum = checksumFromText(json.value("checksum"_L1).toString()),
            .seconds = std::chrono::duration<double>(json.value("seconds"_L1).toDouble()),
            .bytesSent = byteCount(json, u"bytesSent"_s),
            .requests = json.value("requests"_L1).toInt(),
            .isVerified = json.value("verified"_L1).toBool(true)};
}

std::optional<TransferEventBody> skippedFrom(const QJsonObject &json)
{
    return skipReasonFromName(json.value("reason"_L1).toString())
        .transform([](SkipReason reason) -> TransferEventBody { return SkippedEvent{reason}; });
}

std::optional<TransferEventBody> failedFrom(const QJsonObject &json)
{
    return errorFromJson(json).transform([&](const Error &error) -> TransferEventBody {
        return FailedEvent{.error = error,
                           .advice = json.value("advice"_L1).toString(),
                           .isResumable = json.value("resumable"_L1).toBool()};
    });
}

SummaryEvent summaryFrom(const QJsonObject &json)
{
    return {.completed = json.value("completed"_L1).toInt(),
            .skipped = json.value("skipped"_L1).toInt(),
            .failed = json.value("failed"_L1).toInt(),
            .bytes = byteCount(json, u"bytes"_s)};
}

std::optional<TransferEventBody> bodyFrom(const QString &event, const QJsonObject &json)
{
    if (event == "queued"_L1)
        return QueuedEvent{byteCount(json, u"size"_s)};
    if (event == "started"_L1)
        return startedFrom(json);
    if (event == "part"_L1)
        return partFrom(json);
    if (event == "progress"_L1)
        return progressFrom(json);
    if (event == "retry"_L1)
        return retryFrom(json);
    if (event == "waiting"_L1)
        return waitingEventFrom(json);
    if (event == "verifying"_L1)
        return VerifyingEvent{};
    if (event == "completed"_L1)
        return completedFrom(json);
    if (event == "skipped"_L1)
        return skippedFrom(json);
    if (event == "paused"_L1)
        return PausedEvent{};
    if (event == "cancelled"_L1)
        return CancelledEvent{};
    if (event == "notice"_L1)
        return NoticeEvent{json.value("text"_L1).toString()};
    if (event == "failed"_L1)
        return failedFrom(json);
    if (event == "summary"_L1)
        return summaryFrom(json);
    return std::nullopt;
}

// "s3://bucket/key"; a key that is not UTF-8 is exact in keyBytes.
ObjectAddress objectFrom(const QJsonObject &json)
{
    static constexpr QByteArrayView kScheme = "s3://";
    const QByteArray uri = json.value("uri"_L1).toString().toUtf8();
    const qsizetype slash = uri.indexOf('/', kScheme.size());
    if (!uri.startsWith(kScheme) || slash < 0)
        return {};
    const QJsonValue exactKey = json.value("keyBytes"_L1);
    return {uri.mid(kScheme.size(), slash - kScheme.size()),
            exactKey.isString() ? QByteArray::fromBase64(exactKey.toString().toLatin1()) : uri.mid(slash + 1)};
}

}  // namespace

QJsonObject transferEventJson(const TransferEvent &event)
{
    QJsonObject json{{u"time"_s, wallTimeText(event.time)}};
    if (event.run != 0)
        json.insert(u"run"_s, event.run);
    if (event.transfer != 0)
        json.insert(u"transfer"_s, event.transfer);
    insertBytes(json, u"source"_s, event.source);
    if (!event.object.bucket.isEmpty())
        json.insert(u"uri"_s, QString::fromUtf8("s3://" + event.object.bucket + '/' + event.object.key));
    if (!event.object.key.isValidUtf8())
        json.insert(u"keyBytes"_s, QString::fromLatin1(event.object.key.toBase64()));
    return merged(json, namedBodyJson(event.body));
}

std::optional<TransferEvent> transferEventFromJson(const QJsonObject &json)
{
    const std::optional<WallTime> time = wallTimeFromText(json.value("time"_L1).toString());
    const std::optional<TransferEventBody> body = bodyFrom(json.value("event"_L1).toString(), json);
    if (!time || !body)
        return std::nullopt;
    return TransferEvent{.time = *time,
                         .run = json.value("run"_L1).toInteger(),
                         .transfer = json.value("transfer"_L1).toInteger(),
                         .source = bytesFrom(json, u"source"_s),
                         .object = objectFrom(json),
                         .body = *body};
}

QJsonObject runOutcomeJson(const RunOutcome &outcome)
{
    QJsonObject json = bodyJson(outcome.summary);
    json.insert(u"interrupted"_s, outcome.isInterrupted);
    json.insert(u"everythingRefusedByService"_s, outcome.everythingRefusedByService);
    json.insert(u"neverReachable"_s, outcome.isNeverReachable);
    json.insert(u"onlySourceUnreadable"_s, outcome.onlySourceUnreadable);
    if (outcome.configurationError)
        json.insert(u"configurationError"_s, QString::fromLatin1(errorKindName(*outcome.configurationError)));
    return json;
}

RunOutcome runOutcomeFromJson(const QJsonObject &json)
{
    return {.summary = summaryFrom(json),
            .isInterrupted = json.value("interrupted"_L1).toBool(),
            .everythingRefusedByService = json.value("everythingRefusedByService"_L1).toBool(),
            .configurationError = errorKindFromName(json.value("configurationError"_L1).toString().toLatin1()),
            .isNeverReachable = json.value("neverReachable"_L1).toBool(),
            .onlySourceUnreadable = json.value("onlySourceUnreadable"_L1).toBool()};
}

}  // namespace packmule
