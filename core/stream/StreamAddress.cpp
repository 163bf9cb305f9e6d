#include "core/stream/StreamAddress.h"

#include "core/base/Redaction.h"

#include <QUrl>

namespace packmule {

namespace {

constexpr quint16 kHttpPort = 80;
constexpr quint16 kHttpsPort = 443;

/// QUrl would decode some escapes and thereby change which resource is meant, so the target is cut from the text.
QByteArray targetOf(const QByteArray &url)
{
    const qsizetype authority = url.indexOf("://") + 3;
    qsizetype begin = authority;
    while (begin < url.size() && !QByteArrayView("/?#").contains(url.at(begin)))
        ++begin;
    const qsizetype mark = url.indexOf('#', begin);
    QByteArray target = url.mid(begin, mark < 0 ? -1 : mark - begin);
    if (!target.startsWith('/'))
        target.prepend('/');
    QByteArray escaped;
    for (const char byte : std::as_const(target)) {
        const auto code = static_cast<uchar>(byte);
        escaped += code > 0x20 && code < 0x7f ? QByteArray(1, byte) : '%' + QByteArray(1, byte).toHex().toUpper();
    }
    return escaped;
}

}  // namespace

QByteArray StreamAddress::hostField() const
{
    const QByteArray name = host.contains(':') ? '[' + host + ']' : host;
    return port == (isTls ? kHttpsPort : kHttpPort) ? name : name + ':' + QByteArray::number(port);
}

Result<StreamAddress> StreamAddress::fromUrl(const QByteArray &url)
{
    const auto refused = [&url](const char *sentence) {
        return failure(ErrorKind::InvalidRequest, QStringLiteral("%1 is no address of a stream: %2").arg(redacted(displayName(url)), QLatin1String(sentence)));
    };
    const QUrl parsed = QUrl::fromEncoded(url);
    const QString scheme = parsed.scheme();
    if (!parsed.isValid() || parsed.host().isEmpty())
        return refused("it has no host");
    if (scheme != QLatin1String("http") && scheme != QLatin1String("https"))
        return refused("it does not begin with http:// or https://");
    if (!parsed.userInfo().isEmpty())
        return refused("it names a user; use a token file");
    if (parsed.port() == 0)
        return refused("port 0 cannot be reached");
    StreamAddress address;
    address.isTls = scheme == QLatin1String("https");
    address.port = static_cast<quint16>(parsed.port(address.isTls ? kHttpsPort : kHttpPort));
    address.host = parsed.host(QUrl::FullyEncoded).toLatin1();
    if (address.host.startsWith('[') && address.host.endsWith(']'))
        address.host = address.host.sliced(1, address.host.size() - 2);
    address.target = targetOf(url);
    return address;
}

}  // namespace packmule
