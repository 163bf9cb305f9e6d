#include "core/transfer/TransferEventJson.h"

#include "core/base/Redaction.h"

#include <QDateTime>
#include <QTimeZone>

namespace packmule {

namespace {

template<class... Ts>
struct Overloaded : Ts... {
    using Ts::operator()...;
};

using Json = QJsonObject;

QString timeText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), QTimeZone::UTC).toString(Qt::ISODateWithMs);
}

double secondsOf(Milliseconds duration)
{
    return std::chrono::duration<double>(duration).count();
}

void set(Json &json, const char *name, const QJsonValue &value)
{
    json.insert(QLatin1String(name), value);
}

void setText(Json &json, const char *name, const QByteArray &value)
{
    if (!value.isEmpty())
        set(json, name, QString::fromUtf8(value));
}

void setError(Json &json, const Error &error)
{
    set(json, "kind", QString::fromLatin1(errorKindName(error.kind)));
    set(json, "error", redacted(error.detail));
    if (error.httpStatus)
        set(json, "httpStatus", *error.httpStatus);
    setText(json, "s3Code", error.s3Code);
    setText(json, "requestId", error.requestId);
}

QString waitReasonName(WaitReason reason)
{
    switch (reason) {
    case WaitReason::Network: return QStringLiteral("network");
    case WaitReason::Throttled: return QStringLiteral("throttled");
    case WaitReason::Credentials: return QStringLiteral("credentials");
    case WaitReason::SourceBusy: return QStringLiteral("sourceBusy");
    case WaitReason::Schedule: return QStringLiteral("schedule");
    case WaitReason::ServerFault: return QStringLiteral("serverFault");
    case WaitReason::JournalTrouble: return QStringLiteral("journalTrouble");
    }
    return {};
}

QString skipReasonName(SkipReason reason)
{
    switch (reason) {
    case SkipReason::AlreadyCompleted: return QStringLiteral("alreadyCompleted");
    case SkipReason::ObjectExists: return QStringLiteral("objectExists");
    case SkipReason::SameSize: return QStringLiteral("sameSize");
    case SkipReason::NotNewer: return QStringLiteral("notNewer");
    case SkipReason::Excluded: return QStringLiteral("excluded");
    }
    return {};
}

void setStarted(Json &json, const StartedEvent &started)
{
    set(json, "event", QLatin1String("started"));
    set(json, "size", started.size.value());
    set(json, "partSize", started.partSize.value());
    set(json, "parts", started.parts);
    setText(json, "uploadId", started.uploadId);
    set(json, "resumed", started.isResumed);
    set(json, "confirmedParts", started.confirmedParts);
}

void setCompleted(Json &json, const CompletedEvent &completed)
{
    set(json, "event", QLatin1String("completed"));
    set(json, "size", completed.size.value());
    setText(json, "etag", completed.eTag);
    if (!completed.checksum.isEmpty())
        set(json, "checksum", QString::fromLatin1(checksumAlgorithmName(completed.checksum.algorithm) + ':' + completed.checksum.rawBytes.toBase64()));
    set(json, "seconds", completed.seconds.count());
    set(json, "bytesSent", completed.bytesSent.value());
    set(json, "requests", completed.requests);
    set(json, "verified", completed.isVerified);
}

void setBody(Json &json, const TransferEventBody &body)
{
    const auto name = [&json](const char *event) { set(json, "event", QLatin1String(event)); };
    std::visit(Overloaded{
                   [&](const QueuedEvent &queued) { name("queued"); set(json, "size", queued.size.value()); },
                   [&](const StartedEvent &started) { setStarted(json, started); },
                   [&](const PartEvent &part) {
                       name("part");
                       set(json, "partNumber", part.partNumber.value());
                       set(json, "size", part.size.value());
                       set(json, "attempt", part.attempt);
                       setText(json, "etag", part.eTag);
                   },
                   [&](const ProgressEvent &progress) {
                       name("progress");
                       set(json, "sent", progress.sent.value());
                       set(json, "confirmed", progress.confirmed.value());
                       set(json, "size", progress.size.value());
                       set(json, "rate", progress.rate);
                       set(json, "eta", progress.eta ? QJsonValue(static_cast<qint64>(progress.eta->count())) : QJsonValue());
                   },
                   [&](const RetryEvent &retry) {
                       name("retry");
                       if (retry.partNumber)
                           set(json, "partNumber", retry.partNumber->value());
                       set(json, "attempt", retry.attempt);
                       setError(json, retry.error);
                       set(json, "wait", secondsOf(retry.wait));
                   },
                   [&](const WaitingEvent &waiting) {
                       name("waiting");
                       setError(json, waiting.error);
                       set(json, "reason", waitReasonName(waiting.reason));
                       if (waiting.until)
                           set(json, "until", timeText(*waiting.until));
                   },
                   [&](const VerifyingEvent &) { name("verifying"); },
                   [&](const CompletedEvent &completed) { setCompleted(json, completed); },
                   [&](const SkippedEvent &skipped) { name("skipped"); set(json, "reason", skipReasonName(skipped.reason)); },
                   [&](const PausedEvent &) { name("paused"); },
                   [&](const CancelledEvent &) { name("cancelled"); },
                   [&](const NoticeEvent &notice) { name("notice"); set(json, "text", redacted(notice.text)); },
                   [&](const FailedEvent &failed) {
                       name("failed");
                       setError(json, failed.error);
                       set(json, "advice", failed.advice);
                       set(json, "resumable", failed.isResumable);
                   },
                   [&](const SummaryEvent &summary) {
                       name("summary");
                       set(json, "completed", summary.completed);
                       set(json, "skipped", summary.skipped);
                       set(json, "failed", summary.failed);
                       set(json, "bytes", summary.bytes.value());
                   }},
               body);
}

}  // namespace

QJsonObject transferEventJson(const TransferEvent &event)
{
    Json json;
    setBody(json, event.body);
    set(json, "time", timeText(event.time));
    if (event.run > 0)
        set(json, "run", event.run);
    if (event.transfer > 0)
        set(json, "transfer", event.transfer);
    setText(json, "source", event.source);
    if (!event.source.isValidUtf8())
        set(json, "sourceBytes", QString::fromLatin1(event.source.toBase64()));
    if (!event.object.bucket.isEmpty())
        set(json, "uri", QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(event.object.bucket), QString::fromUtf8(event.object.key)));
    if (!event.object.key.isValidUtf8())
        set(json, "keyBytes", QString::fromLatin1(event.object.key.toBase64()));
    return json;
}

}  // namespace packmule
