#include "core/net/RequestTarget.h"

#include <algorithm>

namespace packmule {

namespace {

/// The request line as QHttpNetworkRequest::uri() makes it in Qt 6.4 to 6.8: normalised, because that is where
/// "." and ".." segments (and, up to 6.4, a doubled first slash) are lost.
QByteArray requestLineTarget(const QUrl &url)
{
    return url.toEncoded(QUrl::RemoveFragment | QUrl::RemoveUserInfo | QUrl::FullyEncoded | QUrl::NormalizePathSegments
                         | QUrl::RemoveScheme | QUrl::RemoveAuthority);
}

bool isDotSegment(const QByteArray &segment)
{
    QByteArray plain = segment.toLower();
    plain.replace("%2e", ".");
    return plain == "." || plain == "..";
}

}  // namespace

bool isEncodedTarget(const QByteArray &target)
{
    return target.startsWith('/') && std::ranges::all_of(target, [](char c) { return c > 0x20 && c < 0x7F; });
}

std::optional<QString> refusalByQnam(const QByteArray &target)
{
    if (!isEncodedTarget(target))
        return QStringLiteral("the request target is not an encoded path");
    const QByteArray path = target.first(target.contains('?') ? target.indexOf('?') : target.size());
    if (std::ranges::any_of(path.split('/'), isDotSegment))
        return QStringLiteral("a \".\" or \"..\" segment would be resolved on the way and name another object");
    const QUrl url = QUrl::fromEncoded(QByteArray("http://host.invalid" + target), QUrl::StrictMode);
    if (!url.isValid() || requestLineTarget(url) != target)  // older Qt: a doubled first slash loses one
        return QStringLiteral("the path or query would not arrive byte for byte");
    return std::nullopt;
}

Result<QUrl> originUrl(const HttpOrigin &origin)
{
    // Parsed by itself, so that nothing in a host can be read as part of the path or the other way round.
    QUrl url;
    url.setScheme(origin.isEncrypted ? QStringLiteral("https") : QStringLiteral("http"));
    url.setHost(QString::fromLatin1(origin.host), QUrl::StrictMode);
    const bool isHostKept = !origin.host.isEmpty() && url.host(QUrl::FullyEncoded).toLatin1() == origin.host;
    if (!url.isValid() || !isHostKept || origin.port == 0)
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("\"%1\" is not a host name that can be connected to").arg(QString::fromLatin1(origin.host)));
    if (origin.port != (origin.isEncrypted ? 443 : 80))
        url.setPort(origin.port);
    return url;
}

Result<QUrl> exactUrl(const HttpOrigin &origin, const QByteArray &target)
{
    if (const auto refusal = refusalByQnam(target))
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This request cannot be sent: ") + *refusal);
    const auto url = originUrl(origin);
    if (!url)
        return url;
    const QByteArray base = url->toEncoded(QUrl::FullyEncoded);
    const QUrl whole = QUrl::fromEncoded(QByteArray(base + target), QUrl::StrictMode);
    if (!whole.isValid() || requestLineTarget(whole) != target)
        return failure(ErrorKind::InvalidRequest, QStringLiteral("This request cannot be sent byte for byte"));
    return whole;
}

}  // namespace packmule
