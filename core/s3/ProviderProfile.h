#pragma once

#include "core/base/ByteCount.h"
#include "core/net/HttpTransport.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace packmule {

/// What is known of a vendor's S3 before the first request: data, not code (facts s3.md A14, users.md 1.6).
/// What an endpoint shows by its answers is learnt by the engine and counts more.
struct ProviderProfile {
    QByteArray name = "other";                    ///< the value of --provider
    AddressingStyle addressing = AddressingStyle::Auto;
    QByteArray defaultRegion = "us-east-1";       ///< where neither user nor files name one
    int listVersion = 2;                          ///< ListObjects 1 or 2
    bool urlEncodesListings = true;               ///< understands encoding-type=url
    bool urlEncodesUploads = false;               ///< says so in ListMultipartUploads (Ceph encodes keys there, but not markers,
                                                  ///< and announces nothing); false: not asked for
    bool hasChecksums = true;                     ///< false: refuses x-amz-checksum-* headers outright
    bool knowsObjectSize = true;                  ///< false: x-amz-mp-object-size is better not sent
    bool sendsLocation = false;                   ///< CreateBucket names the region in a body
    bool asksBeforeBody = false;                  ///< Expect: 100-continue is understood and pays for large bodies
    bool isPartETagMd5 = true;                    ///< without KMS; false: opaque
    bool needsUniformParts = false;               ///< all parts but the last of one size; ours always are
    bool hasMultipart = true;
    int maxParts = PartNumber::kMax;
    ByteCount minPartSize{5LL << 20};
    ByteCount maxPartSize{5LL << 30};
    ByteCount maxObjectSize{10'000 * (5LL << 30)};  ///< 48.8 TiB (facts A4)
    ByteCount maxPutSize{5LL << 30};
};

/// By its name; nullopt if there is none.
std::optional<ProviderProfile> providerProfile(const QByteArray &name);
/// By the endpoint's host; "other" for hosts that nobody knows. The region is taken from the host where it stands there.
ProviderProfile providerProfileFor(const HttpOrigin &origin);
/// For --help and completion.
QList<QByteArray> providerNames();

}  // namespace packmule
