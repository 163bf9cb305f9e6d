#include "core/s3/Endpoint.h"

#include "core/base/Redaction.h"

#include <QUrl>

#include <algorithm>
#include <array>

namespace packmule {

namespace {

constexpr char kFirstRegion[] = "us-east-1";
constexpr qsizetype kLongestUrl = 2048;

struct Partition {
    QByteArrayView regionPrefix;
    QByteArrayView domain;
};

// Source: botocore, endpoints.json, "dnsSuffix" of each partition. The last row is the rest.
constexpr std::array<Partition, 8> kPartitions = {{
    {"cn-", "amazonaws.com.cn"},
    {"us-isob-", "sc2s.sgov.gov"},
    {"us-isof-", "csp.hci.ic.gov"},
    {"us-iso-", "c2s.ic.gov"},
    {"eu-isoe-", "cloud.adc-e.uk"},
    {"eusc-", "amazonaws.eu"},
    {"us-gov-", "amazonaws.com"},
    {"", "amazonaws.com"},
}};

bool isLowerAlphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool isAlphanumeric(char c)
{
    return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
}

/// What any store might call a bucket: old AWS names have capitals and underscores, Ceph's tenants a colon.
bool isBucketName(const QByteArray &bucket)
{
    return !bucket.isEmpty() && bucket.size() <= 255 && bucket != "." && bucket != ".."
        && std::ranges::all_of(bucket, [](char c) { return isAlphanumeric(c) || QByteArrayView("._-:").contains(c); });
}

/// A bucket that is one DNS label, so that the service's wildcard certificate covers it.
bool isDnsLabel(const QByteArray &bucket)
{
    return bucket.size() >= 3 && bucket.size() <= 63 && isLowerAlphanumeric(bucket.front())
        && isLowerAlphanumeric(bucket.back())
        && std::ranges::all_of(bucket, [](char c) { return isLowerAlphanumeric(c) || c == '-'; });
}

/// What may stand before a host where the user insists on virtual-hosted style: dots and '_' are then theirs to answer for.
bool isHostPrefix(const QByteArray &bucket)
{
    return bucket.size() <= 63 && isLowerAlphanumeric(bucket.front()) && isLowerAlphanumeric(bucket.back())
        && !bucket.contains("..")
        && std::ranges::all_of(bucket, [](char c) { return isLowerAlphanumeric(c) || QByteArrayView("._-").contains(c); });
}

std::unexpected<Error> refusedUrl(const QByteArray &url, const QString &why)
{
    return failure(ErrorKind::InvalidRequest,
                   QStringLiteral("The endpoint \"%1\" cannot be used: %2.").arg(redacted(displayName(url.left(200))), why));
}

/// The part of the URL that must stay out of it, checked on the text: QUrl forgives too much.
QString objectionToText(const QByteArray &url)
{
    const QByteArray lower = url.toLower();
    if (url.size() > kLongestUrl)
        return QStringLiteral("it is too long");
    if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7F || c == '\\'; }))
        return QStringLiteral("it contains a space, a backslash or a control character");
    if (!lower.startsWith("http://") && !lower.startsWith("https://"))
        return QStringLiteral("it must begin with https:// or http://");
    if (url.contains('@'))
        return QStringLiteral("it must not contain a user name or password");
    if (url.contains('?') || url.contains('#'))
        return QStringLiteral("it must not have a query or a fragment");
    return {};
}

}  // namespace

bool isRegionName(const QByteArray &region)
{
    return !region.isEmpty() && region.size() <= 63 && isAlphanumeric(region.front()) && isAlphanumeric(region.back())
        && std::ranges::all_of(region, [](char c) { return isAlphanumeric(c) || c == '-'; });
}

QByteArray Endpoint::awsHost(const QByteArray &region)
{
    const auto partition =
        std::ranges::find_if(kPartitions, [&](const Partition &row) { return region.startsWith(row.regionPrefix); });
    return "s3." + region + '.' + partition->domain.toByteArray();
}

QByteArray Endpoint::regionOfAwsHost(const QByteArray &host)
{
    const QByteArray lower = host.toLower();
    for (const Partition &partition : kPartitions) {
        const QByteArray suffix = '.' + partition.domain.toByteArray();
        if (!lower.endsWith(suffix))
            continue;
        const QByteArray labels = lower.chopped(suffix.size());
        if (labels == "s3" || labels.endsWith(".s3"))
            return kFirstRegion;
        const qsizetype dot = std::max(labels.lastIndexOf(".s3."), labels.lastIndexOf(".s3-"));
        const qsizetype start = labels.startsWith("s3.") || labels.startsWith("s3-") ? 3 : dot < 0 ? -1 : dot + 4;
        const QByteArray region = start < 0 ? QByteArray() : labels.sliced(start);
        return isRegionName(region) && region.contains('-') ? region : QByteArray();
    }
    return {};
}

Result<Endpoint> Endpoint::parse(const QByteArray &url, const QByteArray &region)
{
    if (!region.isEmpty() && !isRegionName(region)) {
        return failure(ErrorKind::InvalidRequest,
                       QStringLiteral("\"%1\" is not the name of a region.").arg(displayName(region.left(100))));
    }
    Endpoint endpoint;
    if (url.isEmpty()) {
        endpoint.m_isAws = true;
        endpoint.m_region = region.isEmpty() ? QByteArray(kFirstRegion) : region;
        endpoint.m_origin = {.isEncrypted = true, .host = awsHost(endpoint.m_region), .port = 443};
        return endpoint;
    }
    if (const QString objection = objectionToText(url); !objection.isEmpty())
        return refusedUrl(url, objection);
    const QUrl parsed(QString::fromUtf8(url), QUrl::StrictMode);
    if (!parsed.isValid() || parsed.host().isEmpty())
        return refusedUrl(url, QStringLiteral("it names no valid host and port"));
    if (!parsed.path().isEmpty() && parsed.path() != u"/")
        return refusedUrl(url, QStringLiteral("it must end after the host and port, without a path"));
    const bool isEncrypted = parsed.scheme() == u"https";
    const int port = parsed.port(isEncrypted ? 443 : 80);
    if (port < 1)
        return refusedUrl(url, QStringLiteral("its port is not 1 to 65535"));
    endpoint.m_origin = {.isEncrypted = isEncrypted,
                         .host = parsed.host(QUrl::FullyEncoded).toLatin1().toLower(),
                         .port = static_cast<quint16>(port)};
    const bool isUsualPort = port == (isEncrypted ? 443 : 80);
    const QByteArray hostRegion = regionOfAwsHost(endpoint.m_origin.host);
    endpoint.m_isAws = isUsualPort && !hostRegion.isEmpty() && endpoint.m_origin.host.startsWith("s3");
    endpoint.m_region = !region.isEmpty() ? region : !hostRegion.isEmpty() ? hostRegion : QByteArray(kFirstRegion);
    return endpoint;
}

QByteArray Endpoint::url() const
{
    return (m_origin.isEncrypted ? "https://" : "http://") + m_origin.hostHeader();
}

Result<RequestPlace> Endpoint::place(const QByteArray &bucket, const QByteArray &key, const QueryItems &query,
                                     const QByteArray &region, AddressingStyle style) const
{
    RequestPlace place{.origin = m_origin, .target = "/"};
    if (m_isAws && region != m_region)
        place.origin.host = awsHost(region);
    if (!bucket.isEmpty()) {
        if (!isBucketName(bucket))
            return failure(ErrorKind::InvalidRequest,
                           QStringLiteral("\"%1\" cannot be the name of a bucket.").arg(displayName(bucket.left(255))));
        const bool isHostName = !m_origin.host.contains(':') && m_origin.host.contains('.')
            && std::ranges::any_of(m_origin.host, [](char c) { return c >= 'a' && c <= 'z'; });
        const bool autoVirtual = m_isAws && style == AddressingStyle::Auto && isHostName;
        const bool wantsVirtual = style == AddressingStyle::VirtualHosted;
        if (wantsVirtual && !isHostPrefix(bucket))
            return failure(ErrorKind::InvalidRequest,
                           QStringLiteral("The bucket \"%1\" cannot be part of a host name; use path-style addressing.")
                               .arg(displayName(bucket)));
        if (wantsVirtual || (autoVirtual && isDnsLabel(bucket)))
            place.origin.host = bucket + '.' + place.origin.host;
        else
            place.target += uriEncoded(bucket, SlashEncoding::Encode) + (key.isEmpty() ? "" : "/");
        place.target += uriEncoded(key, SlashEncoding::Keep);
    }
    if (!query.isEmpty())
        place.target += '?' + queryString(query);
    return place;
}

}  // namespace packmule
