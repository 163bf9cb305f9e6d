#include "app/cli/ErrorSentences.h"

#include "app/cli/ExitCode.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <cerrno>

namespace packmule {

namespace {

QString placeText(const ErrorPlace &place)
{
    QString object;
    if (place.object && place.object->key.isEmpty())
        object = QStringLiteral("s3://%1").arg(displayName(place.object->bucket));
    else if (place.object)
        object = s3UriText(*place.object);
    const QString source = displayName(place.source);
    if (source.isEmpty() || object.isEmpty())
        return source + object;
    return QStringLiteral("%1 → %2").arg(source, object);
}

QString bucketName(const ErrorPlace &place)
{
    return place.object ? displayName(place.object->bucket) : QStringLiteral("BUCKET");
}

/// "what" with the detail that the mapper or the system gave, unless they say the same.
QString withDetail(const QString &what, const Error &error)
{
    const QString detail = error.detail.trimmed();
    if (detail.isEmpty() || what.contains(detail, Qt::CaseInsensitive))
        return what;
    return what + QLatin1String(": ") + detail;
}

QString serviceSuffix(const Error &error)
{
    QStringList facts;
    const bool isSaid = !error.s3Code.isEmpty() && error.kind == ErrorKind::ServiceRefused && error.detail.contains(QString::fromUtf8(error.s3Code));
    if (!error.s3Code.isEmpty() && !isSaid)
        facts.append(QString::fromUtf8(error.s3Code));
    if (error.httpStatus && !isSaid)
        facts.append(QStringLiteral("HTTP %1").arg(*error.httpStatus));
    if (!error.requestId.isEmpty())
        facts.append(QStringLiteral("request %1").arg(displayName(error.requestId)));
    return facts.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(facts.join(QLatin1String(", ")));
}

QString causeOf(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::InvalidRequest: return error.detail.isEmpty() ? QStringLiteral("this cannot be done as asked") : error.detail;
    case ErrorKind::SourceMissing: return QStringLiteral("the file does not exist");
    case ErrorKind::SourceUnreadable: return withDetail(QStringLiteral("the file cannot be read"), error);
    case ErrorKind::SourceChanged: return withDetail(QStringLiteral("the file was changed while it was being uploaded"), error);
    case ErrorKind::LocalIo: return withDetail(QStringLiteral("a local file operation failed"), error);
    case ErrorKind::DiskFull: return withDetail(QStringLiteral("the disk is full"), error);
    case ErrorKind::JournalUnavailable: return withDetail(QStringLiteral("the journal cannot be used"), error);
    case ErrorKind::CredentialsMissing: return withDetail(QStringLiteral("there are no credentials"), error);
    case ErrorKind::NameNotResolved: return error.detail.isEmpty() ? QStringLiteral("the host's name cannot be resolved") : error.detail;
    case ErrorKind::ConnectionRefused: return error.detail.isEmpty() ? QStringLiteral("the host refused the connection") : error.detail;
    case ErrorKind::NetworkUnreachable: return withDetail(QStringLiteral("the network is unreachable"), error);
    case ErrorKind::ConnectionLost: return withDetail(QStringLiteral("the connection was lost"), error);
    case ErrorKind::Stalled: return withDetail(QStringLiteral("the connection stalled"), error);
    case ErrorKind::TlsUntrusted: return withDetail(QStringLiteral("the server's certificate is not trusted"), error);
    case ErrorKind::ProxyRefused: return withDetail(QStringLiteral("the proxy refused"), error);
    case ErrorKind::Throttled: return QStringLiteral("the service asks to slow down");
    case ErrorKind::ServerFault: return withDetail(QStringLiteral("the service has a fault"), error);
    case ErrorKind::RequestTimedOut: return QStringLiteral("the service waited too long for the data");
    case ErrorKind::ClockSkewed: return QStringLiteral("this computer's clock and the service's are too far apart");
    case ErrorKind::WrongRegion: return withDetail(QStringLiteral("the bucket is in another region"), error);
    case ErrorKind::CredentialsExpired:
        // The detail goes on with "and …".
        return error.httpStatus || error.detail.isEmpty() ? QStringLiteral("the credentials have expired")
                                                          : QStringLiteral("the credentials have expired, %1").arg(error.detail);
    case ErrorKind::CredentialsRefused:
        return error.s3Code == "SignatureDoesNotMatch" ? QStringLiteral("the service says the signature does not match: the secret access key is wrong")
                                                       : QStringLiteral("the service does not accept the access key");
    case ErrorKind::AccessDenied: return QStringLiteral("access denied");
    case ErrorKind::NoSuchBucket: return QStringLiteral("there is no such bucket");
    case ErrorKind::NoSuchKey: return QStringLiteral("there is no such object");
    case ErrorKind::NoSuchUpload: return QStringLiteral("the unfinished upload is gone from the store");
    case ErrorKind::BodyMismatch: return QStringLiteral("the data was damaged on the way, and the store noticed");
    case ErrorKind::InvalidPart: return QStringLiteral("the store no longer knows one of the parts");
    case ErrorKind::PartTooSmall: return QStringLiteral("the store finds a part too small");
    case ErrorKind::PreconditionFailed: return QStringLiteral("an object of that name exists already");
    case ErrorKind::Conflict: return QStringLiteral("somebody else wrote the object at the same time");
    case ErrorKind::TryAgain: return QStringLiteral("the service is busy with another operation on this name");
    case ErrorKind::ChecksumUnknown: return QStringLiteral("the store does not know the checksum algorithm");
    case ErrorKind::QuotaExceeded: return QStringLiteral("the store's quota is used up");
    case ErrorKind::ServiceRefused: return withDetail(QStringLiteral("the service refused"), error);
    case ErrorKind::MalformedAnswer: return withDetail(QStringLiteral("the answer makes no sense; is this an S3 endpoint?"), error);
    case ErrorKind::VerificationFailed: return withDetail(QStringLiteral("the object in the store is not the file"), error);
    case ErrorKind::Cancelled: return QStringLiteral("cancelled");
    }
    return error.detail;
}

}  // namespace

QString errorCause(const Error &error)
{
    QString cause = redacted(causeOf(error)) + serviceSuffix(error);
    while (cause.endsWith(QLatin1Char('.')))
        cause.chop(1);
    return cause;
}

QString errorAdvice(const Error &error, const ErrorPlace &place)
{
    const QString again = QStringLiteral("The same command carries on where it stopped.");
    switch (error.kind) {
    case ErrorKind::InvalidRequest: return {};
    case ErrorKind::SourceMissing: return QStringLiteral("Check its name.");
    case ErrorKind::SourceUnreadable:
        return error.osError == EISDIR ? QStringLiteral("Add -r to upload a folder.")
            : error.osError == EACCES || error.osError == EPERM ? QStringLiteral("Give yourself permission to read it, then repeat the command.")
                                                                : QStringLiteral("Only regular files can be uploaded; check the path and the disk.");
    case ErrorKind::SourceChanged: return QStringLiteral("Wait until nothing writes to it, then repeat the command.");
    case ErrorKind::LocalIo: return QStringLiteral("Check the disk and the permissions, then repeat the command.");
    case ErrorKind::DiskFull: return QStringLiteral("Free some space, then repeat the command.");
    case ErrorKind::JournalUnavailable: return QStringLiteral("Name another one with --journal FILE, or do without with --no-journal.");
    case ErrorKind::CredentialsMissing:
        return QStringLiteral("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with --profile or a saved connection with --connection, or use --no-sign-request.");
    case ErrorKind::NameNotResolved: return QStringLiteral("Check --endpoint-url for a typing error, and the network.");
    case ErrorKind::ConnectionRefused: return QStringLiteral("Check the port in --endpoint-url, and that the service runs.");
    case ErrorKind::NetworkUnreachable: return QStringLiteral("Check the network. ") + again;
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled: return QStringLiteral("Check the network. ") + again;
    case ErrorKind::TlsUntrusted: return QStringLiteral("If the store uses a certificate of its own, name its CA with --ca-bundle FILE.");
    case ErrorKind::ProxyRefused: return QStringLiteral("Check http_proxy and https_proxy, and what the proxy allows.");
    case ErrorKind::Throttled:
    case ErrorKind::ServerFault:
    case ErrorKind::RequestTimedOut:
    case ErrorKind::TryAgain: return QStringLiteral("Try again later. ") + again;
    case ErrorKind::ClockSkewed: return QStringLiteral("Set this computer's clock (timedatectl set-ntp true), then repeat the command.");
    case ErrorKind::WrongRegion: return QStringLiteral("Name the bucket's region with --region.");
    case ErrorKind::CredentialsExpired: return QStringLiteral("Renew them, then repeat the command; it carries on where it stopped.");
    case ErrorKind::CredentialsRefused: return QStringLiteral("Check the access key id, the secret access key and the endpoint they belong to.");
    case ErrorKind::AccessDenied:
        return QStringLiteral("Ask for the permission, or use other credentials; \"packmule doctor s3://%1\" shows what these may do.").arg(bucketName(place));
    case ErrorKind::NoSuchBucket: return QStringLiteral("Check its name and the endpoint, or create it with \"packmule mb s3://%1\".").arg(bucketName(place));
    case ErrorKind::NoSuchKey: return QStringLiteral("\"packmule ls s3://%1/\" lists what is there.").arg(bucketName(place));
    case ErrorKind::NoSuchUpload:
    case ErrorKind::InvalidPart:
    case ErrorKind::BodyMismatch:
    case ErrorKind::Conflict: return QStringLiteral("Repeat the command.");
    case ErrorKind::PartTooSmall: return QStringLiteral("Choose a larger --part-size.");
    case ErrorKind::PreconditionFailed: return QStringLiteral("Choose another name, or upload without --no-overwrite.");
    case ErrorKind::ChecksumUnknown: return QStringLiteral("Leave --checksum-algorithm out, or set it to MD5.");
    case ErrorKind::QuotaExceeded: return QStringLiteral("Make room in the store. ") + again;
    case ErrorKind::ServiceRefused: return {};
    case ErrorKind::MalformedAnswer: return QStringLiteral("Check --endpoint-url; a proxy or a login page may answer in the store's place.");
    case ErrorKind::VerificationFailed: return QStringLiteral("Upload it again.");
    case ErrorKind::Cancelled: return {};
    }
    return {};
}

QString errorSentence(const Error &error, const ErrorPlace &place)
{
    const QString where = placeText(place);
    const QString advice = errorAdvice(error, place);
    QString sentence = where.isEmpty() ? errorCause(error) : where + QLatin1String(": ") + errorCause(error);
    sentence += QLatin1Char('.');
    return advice.isEmpty() ? sentence : sentence + QLatin1Char(' ') + advice;
}

int exitCodeFor(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::InvalidRequest: return ExitCode::kUsage;
    case ErrorKind::CredentialsMissing:
    case ErrorKind::CredentialsExpired:
    case ErrorKind::JournalUnavailable: return ExitCode::kConfiguration;
    case ErrorKind::SourceMissing:
    case ErrorKind::SourceUnreadable:
    case ErrorKind::SourceChanged:
    case ErrorKind::VerificationFailed: return ExitCode::kSomeFailed;
    case ErrorKind::Cancelled: return ExitCode::kInterrupted;
    case ErrorKind::LocalIo:
    case ErrorKind::DiskFull:
    case ErrorKind::NameNotResolved:
    case ErrorKind::ConnectionRefused:
    case ErrorKind::NetworkUnreachable:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled:
    case ErrorKind::TlsUntrusted:
    case ErrorKind::ProxyRefused:
    case ErrorKind::MalformedAnswer: return ExitCode::kOther;
    case ErrorKind::Throttled:
    case ErrorKind::ServerFault:
    case ErrorKind::RequestTimedOut:
    case ErrorKind::ClockSkewed:
    case ErrorKind::WrongRegion:
    case ErrorKind::CredentialsRefused:
    case ErrorKind::AccessDenied:
    case ErrorKind::NoSuchBucket:
    case ErrorKind::NoSuchKey:
    case ErrorKind::NoSuchUpload:
    case ErrorKind::BodyMismatch:
    case ErrorKind::InvalidPart:
    case ErrorKind::PartTooSmall:
    case ErrorKind::PreconditionFailed:
    case ErrorKind::Conflict:
    case ErrorKind::TryAgain:
    case ErrorKind::ChecksumUnknown:
    case ErrorKind::QuotaExceeded:
    case ErrorKind::ServiceRefused: return ExitCode::kServiceRefused;
    }
    return ExitCode::kOther;
}

}  // namespace packmule
