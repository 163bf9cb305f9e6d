#include "app/cli/DoctorSentences.h"

#include "app/cli/ErrorSentences.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"

namespace packmule {

namespace {

using Check = ConnectionFinding::Check;
using Outcome = ConnectionFinding::Outcome;

constexpr std::chrono::seconds kAllowedSkew{15 * 60};  // facts A1.11

/// "1 bucket is", "3 buckets are".
QString counted(qint64 count, QLatin1StringView thing)
{
    return count == 1 ? QStringLiteral("1 %1 is").arg(thing) : QStringLiteral("%1 %2s are").arg(QString::number(count), thing);
}

const char *markOf(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Passed: return "ok";
    case Outcome::Failed: return "FAILED";
    case Outcome::Unknown: return "?";
    }
    return "";
}

QString nameOf(Check check)
{
    switch (check) {
    case Check::Reachable: return QStringLiteral("endpoint");
    case Check::Buckets: return QStringLiteral("buckets");
    case Check::Credentials: return QStringLiteral("credentials");
    case Check::Bucket: return QStringLiteral("bucket");
    case Check::Clock: return QStringLiteral("clock");
    case Check::Region:
    case Check::Addressing: return {};
    case Check::Listing: return QStringLiteral("list");
    case Check::Writing: return QStringLiteral("write");
    case Check::Checksum: return QStringLiteral("checksums");
    case Check::Reading: return QStringLiteral("read");
    case Check::Multipart: return QStringLiteral("multipart");
    case Check::Resume: return QStringLiteral("resume");
    case Check::Abort: return QStringLiteral("abort");
    case Check::Deletion: return QStringLiteral("delete");
    case Check::Unfinished: return QStringLiteral("unfinished");
    case Check::LifecycleRule: return QStringLiteral("lifecycle");
    case Check::Cors: return QStringLiteral("cors");
    }
    return {};
}

QString failureSentence(const ConnectionFinding &finding)
{
    const Error error = finding.error.value_or(Error{});
    // The usual advice against this is to ask the doctor.
    const QString advice = error.kind == ErrorKind::AccessDenied ? QStringLiteral("Ask for the permission, or use other credentials.") : errorAdvice(error, {{}, finding.object});
    return errorCause(error) + QStringLiteral(". ") + advice;
}

QString reachableSentence(const ConnectionFinding &finding)
{
    if (finding.object.bucket.isEmpty())
        return finding.error ? QStringLiteral("answers") : QStringLiteral("answers, and takes these credentials");
    return finding.isEncrypted ? QStringLiteral("answers over TLS") : QStringLiteral("answers, over plain http: anybody on the way can read along");
}

QString unfinishedSentence(const ConnectionFinding &finding)
{
    if (finding.count == 0)
        return QStringLiteral("no unfinished upload lies around");
    return counted(finding.count, QLatin1StringView("upload")) + QStringLiteral(" under way or forgotten; \"packmule uploads ls %1\" shows more").arg(s3UriText(finding.object));
}

QString passSentence(const ConnectionFinding &finding, const ConnectionRecord &connection)
{
    switch (finding.check) {
    case Check::Reachable: return reachableSentence(finding);
    case Check::Buckets: return counted(finding.count, QLatin1StringView("bucket")) + QStringLiteral(" yours");
    case Check::Credentials: return connection.isAnonymous ? QStringLiteral("none, as asked") : QStringLiteral("accepted");
    case Check::Bucket: return QStringLiteral("s3://%1 is there").arg(displayName(finding.object.bucket));
    case Check::Clock: return QStringLiteral("right");
    case Check::Region:
    case Check::Addressing: return finding.fact;
    case Check::Listing:
    case Check::Writing:
    case Check::Abort: return QStringLiteral("allowed");
    case Check::Checksum: return QStringLiteral("the store knows %1 of whole objects").arg(finding.fact);
    case Check::Reading: return QStringLiteral("allowed; every upload is looked at again when it is complete");
    case Check::Multipart: return QStringLiteral("works");
    case Check::Resume: return QStringLiteral("the store lists the parts it has");
    case Check::Deletion: return QStringLiteral("allowed; the test object is gone again");
    case Check::Unfinished: return unfinishedSentence(finding);
    case Check::LifecycleRule: return QStringLiteral("the bucket deletes unfinished uploads by itself; an upload that rests longer begins anew");
    case Check::Cors:
        return finding.count > 0 ? QStringLiteral("the bucket has rules for browsers") : QStringLiteral("no rules for browsers; uploads by Packmule need none");
    }
    return {};
}

QString clockSentence(Milliseconds clockOffset)
{
    const auto offset = std::chrono::duration_cast<std::chrono::seconds>(clockOffset);
    const QString text = QStringLiteral("%1 %2 the service's").arg(durationText(std::chrono::abs(offset)), offset.count() > 0 ? QLatin1String("behind") : QLatin1String("ahead of"));
    return std::chrono::abs(offset) <= kAllowedSkew
        ? text + QStringLiteral("; still accepted, but better set it (timedatectl set-ntp true)")
        : text + QStringLiteral("; Packmule corrects for it, other tools will not. Set it (timedatectl set-ntp true)");
}

QString unreadableSentence(const ConnectionFinding &finding)
{
    return QStringLiteral("cannot be read (%1)").arg(errorCause(finding.error.value_or(Error{})));
}

QString doubtSentence(const ConnectionFinding &finding)
{
    switch (finding.check) {
    case Check::Buckets: return QStringLiteral("these credentials may not list buckets; name one: packmule doctor s3://BUCKET");
    case Check::Bucket: return QStringLiteral("these credentials may not list it");
    case Check::Clock: return clockSentence(finding.clockOffset);
    case Check::Listing: return QStringLiteral("not allowed; uploads work without it, \"packmule ls\" does not");
    case Check::Checksum: return QStringLiteral("the store tells no checksum back; uploads are proved by Content-MD5 and the signature instead");
    case Check::Reading: return QStringLiteral("not allowed; uploads are proved by the store's answer alone");
    case Check::Multipart: return QStringLiteral("this provider has none");
    case Check::Resume: return QStringLiteral("the store does not list the parts it has; Packmule relies on its journal");
    case Check::Deletion: return QStringLiteral("not allowed, so the test object stays: %1").arg(s3UriText(finding.object));
    case Check::Unfinished: return QStringLiteral("the uploads that are under way cannot be listed");
    case Check::LifecycleRule:
        return finding.error ? unreadableSentence(finding)
                             : QStringLiteral("no rule deletes unfinished uploads; what other tools forget is paid for until somebody aborts it");
    case Check::Cors: return unreadableSentence(finding);
    case Check::Reachable:
    case Check::Credentials:
    case Check::Region:
    case Check::Addressing:
    case Check::Writing:
    case Check::Abort: break;
    }
    return {};
}

QString sentenceOf(const ConnectionFinding &finding, const ConnectionRecord &connection)
{
    switch (finding.outcome) {
    case Outcome::Passed: return passSentence(finding, connection);
    case Outcome::Failed: return failureSentence(finding);
    case Outcome::Unknown: return doubtSentence(finding);
    }
    return {};
}

}  // namespace

std::optional<DoctorLine> doctorLine(const ConnectionFinding &finding, const ConnectionRecord &connection)
{
    const QString name = nameOf(finding.check);
    if (name.isEmpty())
        return std::nullopt;
    return DoctorLine{markOf(finding.outcome), name, sentenceOf(finding, connection)};
}

}  // namespace packmule
