#pragma once

#include <QByteArray>
#include <QString>

#include <chrono>
#include <optional>

namespace packmule {

/// What went wrong, as far as decisions need to know. RetryPolicy is the only place that turns a kind into a wait.
/// The groups follow facts table A10; S3ErrorMapping (service) and QnamTransport (network) are the only mappers.
enum class ErrorKind {
    // this side
    InvalidRequest,      ///< the call can never succeed as asked (bad size, bad key, bad option)
    SourceMissing,       ///< the file is gone
    SourceUnreadable,    ///< EACCES, EIO, a directory or device where a file is expected
    SourceChanged,       ///< the file is not the one the transfer was planned for
    LocalIo,             ///< any other local file error
    DiskFull,            ///< ENOSPC or EDQUOT here
    JournalUnavailable,  ///< the journal cannot be written now
    CredentialsMissing,  ///< nothing to sign with
    // the way there
    NameNotResolved,
    ConnectionRefused,
    NetworkUnreachable,
    ConnectionLost,      ///< reset, closed, or cut before a whole answer
    Stalled,             ///< a watchdog ended it: nothing moved for its limit
    TlsUntrusted,        ///< certificate refused: never retried, never ignored
    ProxyRefused,
    // the service
    Throttled,
    ServerFault,         ///< 5xx, 200 with an Error inside, XML cut short
    RequestTimedOut,     ///< 408, 400 RequestTimeout: our body came too slowly
    ClockSkewed,
    WrongRegion,         ///< includes redirects; S3ObjectStore repairs these once by itself
    CredentialsExpired,
    CredentialsRefused,  ///< InvalidAccessKeyId, SignatureDoesNotMatch
    AccessDenied,
    NoSuchBucket,
    NoSuchKey,
    NoSuchUpload,
    BodyMismatch,        ///< BadDigest, InvalidDigest, XAmzContentSHA256Mismatch, IncompleteBody
    InvalidPart,
    PartTooSmall,        ///< EntityTooSmall
    PreconditionFailed,  ///< 412
    Conflict,            ///< 409 ConditionalRequestConflict: begin again from Create
    TryAgain,            ///< 409 OperationAborted
    ChecksumUnknown,     ///< 400 or 501 that names a checksum header: the store does not know it
    QuotaExceeded,
    ServiceRefused,      ///< any other final answer
    MalformedAnswer,     ///< a 2xx that cannot be what was asked for (no ETag, no UploadId)
    // neither
    VerificationFailed,  ///< the object is not the file
    Cancelled,
};

/// A failure as a value. `detail` is English, for logs and the command line, and never holds a secret or a URL query.
/// Decisions use `kind` only.
struct Error {
    ErrorKind kind = ErrorKind::InvalidRequest;
    QString detail;
    std::optional<int> httpStatus;
    QByteArray s3Code;
    QByteArray requestId;
    std::optional<std::chrono::milliseconds> retryAfter;
    int osError = 0;  ///< errno for local kinds, else 0

    static Error make(ErrorKind kind, const QString &detail) { return {.kind = kind, .detail = detail, .httpStatus = {}, .s3Code = {}, .requestId = {}, .retryAfter = {}}; }
};

/// The kind's stable name, as the JSON events and the journal spell it ("connectionLost").
QByteArray errorKindName(ErrorKind kind);
std::optional<ErrorKind> errorKindFromName(const QByteArray &name);

/// True for kinds that a changed network alone can cure; they park a transfer and never fail it.
bool isNetworkFault(ErrorKind kind);

}  // namespace packmule
