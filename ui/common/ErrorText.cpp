#include "ui/common/ErrorText.h"

#include "core/base/Redaction.h"

#include <QStringList>

#include <cerrno>

namespace packmule {

QString ErrorText::cause(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::InvalidRequest: return tr("This cannot be done as asked.");
    case ErrorKind::SourceMissing: return tr("The file is no longer there.");
    case ErrorKind::SourceUnreadable: return tr("The file cannot be read.");
    case ErrorKind::SourceChanged: return tr("The file was changed while it was being uploaded.");
    case ErrorKind::LocalIo: return tr("Reading or writing on this computer failed.");
    case ErrorKind::DiskFull: return tr("This computer's disk is full.");
    case ErrorKind::JournalUnavailable: return tr("The list of transfers cannot be written just now.");
    case ErrorKind::CredentialsMissing: return tr("There are no credentials for this connection.");
    case ErrorKind::NameNotResolved: return tr("The store's address cannot be found.");
    case ErrorKind::ConnectionRefused: return tr("Nothing answers at the store's address.");
    case ErrorKind::NetworkUnreachable: return tr("There is no network.");
    case ErrorKind::ConnectionLost: return tr("The connection was lost.");
    case ErrorKind::Stalled: return tr("The connection stalled.");
    case ErrorKind::TlsUntrusted: return tr("The store's certificate is not trusted.");
    case ErrorKind::ProxyRefused: return tr("The proxy refused the connection.");
    case ErrorKind::Throttled: return tr("The store asks to slow down.");
    case ErrorKind::ServerFault: return tr("The store has a fault.");
    case ErrorKind::RequestTimedOut: return tr("The store waited too long for the data.");
    case ErrorKind::ClockSkewed: return tr("This computer's clock and the store's are too far apart.");
    case ErrorKind::WrongRegion: return tr("The bucket is in another region.");
    case ErrorKind::CredentialsExpired: return tr("The sign-in has expired.");
    case ErrorKind::CredentialsRefused:
        return error.s3Code == "SignatureDoesNotMatch" ? tr("The store does not accept the signature: the secret access key is wrong.")
                                                       : tr("The store does not know the access key.");
    case ErrorKind::AccessDenied: return tr("Access is denied.");
    case ErrorKind::NoSuchBucket: return tr("There is no such bucket.");
    case ErrorKind::NoSuchKey: return tr("There is no such object.");
    case ErrorKind::NoSuchUpload: return tr("The unfinished upload is gone from the store.");
    case ErrorKind::BodyMismatch: return tr("Data was damaged on the way, and the store noticed.");
    case ErrorKind::InvalidPart: return tr("The store no longer knows one of the parts.");
    case ErrorKind::PartTooSmall: return tr("The store finds a part too small.");
    case ErrorKind::PreconditionFailed: return tr("An object of that name exists already.");
    case ErrorKind::Conflict: return tr("Somebody else wrote the object at the same time.");
    case ErrorKind::TryAgain: return tr("The store is busy with another operation on this name.");
    case ErrorKind::ChecksumUnknown: return tr("The store does not know the checksum algorithm.");
    case ErrorKind::QuotaExceeded: return tr("The store's quota is used up.");
    case ErrorKind::ServiceRefused: return tr("The store refused.");
    case ErrorKind::MalformedAnswer: return tr("The answer makes no sense: this may not be an S3 store.");
    case ErrorKind::VerificationFailed: return tr("The object in the store is not the file.");
    case ErrorKind::Cancelled: return tr("It was cancelled.");
    }
    return {};
}

QString ErrorText::advice(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::SourceMissing: return tr("Put it back where it was, then choose Retry.");
    case ErrorKind::SourceUnreadable:
        return error.osError == EACCES || error.osError == EPERM ? tr("Give yourself permission to read it, then choose Retry.")
                                                                 : tr("Check the file and its disk, then choose Retry.");
    case ErrorKind::SourceChanged: return tr("When nothing writes to it any more, choose Retry: it is uploaded as it is then.");
    case ErrorKind::LocalIo: return tr("Check the disk and its permissions, then choose Retry.");
    case ErrorKind::DiskFull: return tr("Free some space; the transfer then goes on by itself.");
    case ErrorKind::JournalUnavailable: return tr("Check the disk that holds it; the transfer then goes on by itself.");
    case ErrorKind::CredentialsMissing: return tr("Enter them in the connection's settings, then choose Retry.");
    case ErrorKind::NameNotResolved: return tr("Check the network, and the address in the connection's settings.");
    case ErrorKind::ConnectionRefused: return tr("Check that the store runs, and the port in the connection's settings.");
    case ErrorKind::NetworkUnreachable:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled: return tr("The transfer goes on by itself when the network is back.");
    case ErrorKind::TlsUntrusted: return tr("If the store uses a certificate of its own, name its authority in the connection's settings.");
    case ErrorKind::ProxyRefused: return tr("Check the proxy's settings and what it allows.");
    case ErrorKind::Throttled:
    case ErrorKind::ServerFault:
    case ErrorKind::RequestTimedOut:
    case ErrorKind::TryAgain: return tr("The transfer is tried again by itself.");
    case ErrorKind::ClockSkewed: return tr("Set this computer's clock, then choose Retry.");
    case ErrorKind::WrongRegion: return tr("Enter the bucket's region in the connection's settings.");
    case ErrorKind::CredentialsExpired: return tr("Sign in again; the transfer then goes on by itself.");
    case ErrorKind::CredentialsRefused: return tr("Check both keys in the connection's settings, then choose Retry.");
    case ErrorKind::AccessDenied: return tr("Ask the bucket's owner for permission, then choose Retry.");
    case ErrorKind::NoSuchBucket: return tr("Check the bucket's name or create it, then choose Retry.");
    case ErrorKind::NoSuchUpload:
    case ErrorKind::InvalidPart:
    case ErrorKind::BodyMismatch:
    case ErrorKind::Conflict:
    case ErrorKind::VerificationFailed: return tr("Choose Retry to upload it again.");
    case ErrorKind::PartTooSmall: return tr("Choose a larger part size, then choose Retry.");
    case ErrorKind::PreconditionFailed: return tr("Upload it under another name, or remove it from the list.");
    case ErrorKind::ChecksumUnknown: return tr("Choose MD5 in the settings, then choose Retry.");
    case ErrorKind::QuotaExceeded: return tr("Make room in the store, then choose Retry.");
    case ErrorKind::MalformedAnswer: return tr("Check the connection's address: a proxy or a sign-in page may answer in the store's place.");
    case ErrorKind::InvalidRequest:
    case ErrorKind::NoSuchKey:
    case ErrorKind::ServiceRefused:
    case ErrorKind::Cancelled: return {};
    }
    return {};
}

QString ErrorText::details(const Error &error)
{
    QStringList lines{QString::fromLatin1(errorKindName(error.kind))};
    if (error.httpStatus)
        lines.append(QStringLiteral("HTTP %1").arg(*error.httpStatus));
    if (!error.s3Code.isEmpty())
        lines.append(displayName(error.s3Code));
    if (!error.requestId.isEmpty())
        lines.append(QStringLiteral("request id %1").arg(displayName(error.requestId)));
    if (error.osError != 0)
        lines.append(QStringLiteral("errno %1").arg(error.osError));
    if (!error.detail.isEmpty())
        lines.append(displayName(redacted(error.detail).toUtf8()));
    return lines.join(QLatin1Char('\n'));
}

}  // namespace packmule
