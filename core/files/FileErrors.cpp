#include "core/files/FileErrors.h"

#include "core/base/Redaction.h"

#include <cerrno>
#include <cstring>
#include <system_error>

namespace packmule {

namespace {

// In English whatever the locale (Error::detail), and safe in threads, unlike strerror.
QString osErrorText(int osError)
{
#ifdef __GLIBC__
    if (const char *text = strerrordesc_np(osError))
        return QString::fromLatin1(text);
#endif
    return QString::fromLocal8Bit(std::generic_category().message(osError));
}

ErrorKind kindOf(int osError)
{
    switch (osError) {
    case ENOENT:
    case ENOTDIR:
        return ErrorKind::SourceMissing;
    case EACCES:
    case EPERM:
    case EIO:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
    case ENXIO:
    case ENODEV:
    case ENOTCONN:
    case ESTALE:
    case EOVERFLOW:
        return ErrorKind::SourceUnreadable;
    default:
        return ErrorKind::LocalIo;
    }
}

}  // namespace

Error fileError(int osError, const QString &what, const QByteArray &path)
{
    Error error = Error::make(kindOf(osError), what + QLatin1Char(' ') + displayName(path) + QStringLiteral(": ") + osErrorText(osError));
    error.osError = osError;
    return error;
}

Error fileComplaint(ErrorKind kind, const QByteArray &path, const QString &complaint)
{
    return Error::make(kind, displayName(path) + QLatin1Char(' ') + complaint);
}

}  // namespace packmule
