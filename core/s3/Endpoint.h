#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"
#include "core/s3/Types.h"
#include "core/s3/UriEncoding.h"

#include <QByteArray>

namespace packmule {

/// Letters, digits and inner hyphens, at most 63: what may become part of a host name. Guards against a service that
/// answers with a "region" like "evil.example/x" (facts s3.md, A8).
bool isRegionName(const QByteArray &region);

/// Where one request goes.
struct RequestPlace {
    HttpOrigin origin;
    QByteArray target;  ///< path and query, percent-encoded; these bytes are signed and sent
};

/// The address of a service: AWS, whose host follows the region, or one fixed host. A value; thread: any.
class Endpoint
{
public:
    /// @param url "https://host[:port]", or empty for AWS. A plain AWS host ("https://s3.eu-west-1.amazonaws.com") counts as
    /// AWS with that region. @param region may be empty: the host's own, else us-east-1.
    /// Errors: InvalidRequest with what is wrong: another scheme, user info, path, query, fragment, no host, junk.
    static Result<Endpoint> parse(const QByteArray &url, const QByteArray &region);

    bool isAws() const { return m_isAws; }
    bool isEncrypted() const { return m_origin.isEncrypted; }
    const HttpOrigin &origin() const { return m_origin; }
    /// The region to begin with; buckets may turn out to be elsewhere.
    const QByteArray &region() const { return m_region; }
    /// "https://host[:port]" without a default port, lower-case; the same for the same service.
    QByteArray url() const;

    /// @param bucket empty: the service itself. @param key empty: the bucket. @param region the bucket's.
    /// Errors: InvalidRequest for a bucket name that cannot be addressed (or not in the style asked for).
    Result<RequestPlace> place(const QByteArray &bucket, const QByteArray &key, const QueryItems &query,
                               const QByteArray &region, AddressingStyle style) const;

    /// The region that a host named in a redirect stands for, empty unless it is one of AWS's own S3 hosts
    /// ("bucket.s3-us-west-2.amazonaws.com"). The host itself is never used: credentials go to no host but ours.
    static QByteArray regionOfAwsHost(const QByteArray &host);
    static QByteArray awsHost(const QByteArray &region);

private:
    HttpOrigin m_origin;
    QByteArray m_region;
    bool m_isAws = false;
};

}  // namespace packmule
