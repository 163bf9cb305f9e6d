#include "core/s3/ProviderProfile.h"

#include "core/s3/Endpoint.h"

#include <algorithm>
#include <vector>

namespace packmule {

namespace {

/// A profile with the hosts it is known by. regionLabel: which label before the suffix names the region, counted from
/// the right; -1 where none does ("s3.fr-par" + ".scw.cloud": 0).
struct Row {
    ProviderProfile profile;
    QList<QByteArray> hostSuffixes;
    int regionLabel = -1;
};

constexpr ByteCount kTiB{1LL << 40};
constexpr ByteCount kTerabyte{1'000'000'000'000LL};

std::vector<Row> makeRows()
{
    std::vector<Row> rows;
    const auto add = [&rows](ProviderProfile profile, const QList<QByteArray> &hostSuffixes, int regionLabel) {
        rows.push_back({std::move(profile), hostSuffixes, regionLabel});
    };
    // S3 throttles and redirects while a body goes out; its own SDKs ask before each large one.
    add({.name = "aws", .urlEncodesUploads = true, .sendsLocation = true, .asksBeforeBody = true}, {}, -1);  // detected by Endpoint::regionOfAwsHost
    // Reef and Squid read v2 too, but rclone's long experience with older gateways says v1 and plain listings.
    add({.name = "ceph", .addressing = AddressingStyle::Path, .listVersion = 1, .urlEncodesListings = false}, {}, -1);
    add({.name = "minio", .addressing = AddressingStyle::Path, .urlEncodesUploads = true}, {".min.io"}, -1);
    // Part ETags are opaque; parts must be equal (opendal issues 2904, 6252); 5 TiB less 5 GiB.
    add({.name = "r2", .addressing = AddressingStyle::Path, .defaultRegion = "auto", .knowsObjectSize = false,
         .isPartETagMd5 = false, .needsUniformParts = true, .maxObjectSize = kTiB * 5 - ByteCount(5LL << 30)},
        {".r2.cloudflarestorage.com"}, -1);
    // Refused x-amz-checksum-* with 400 until some time in 2025 (home-assistant/core issue 143995).
    add({.name = "b2", .hasChecksums = false, .knowsObjectSize = false, .maxObjectSize = kTerabyte * 10},
        {".backblazeb2.com"}, 0);
    add({.name = "wasabi", .maxObjectSize = kTiB * 5}, {".wasabisys.com"}, 0);
    add({.name = "spaces", .urlEncodesListings = false, .maxObjectSize = kTiB * 5}, {".digitaloceanspaces.com"}, 0);
    // Rewrites Accept-Encoding (we never sign it); answers unknown headers with a signature error (aws-cli issue 9214).
    add({.name = "gcs", .addressing = AddressingStyle::Path, .defaultRegion = "auto", .hasChecksums = false,
         .knowsObjectSize = false, .maxObjectSize = kTiB * 5},
        {"storage.googleapis.com"}, -1);
    add({.name = "scaleway", .addressing = AddressingStyle::Path, .defaultRegion = "fr-par", .maxParts = 1000,
         .maxObjectSize = (ByteCount(5LL << 30)) * 1000},
        {".scw.cloud"}, 0);
    add({.name = "storj", .addressing = AddressingStyle::Path, .minPartSize = ByteCount(64LL << 20)},
        {"gateway.storjshare.io", ".storjshare.io"}, -1);
    add({.name = "alibaba", .addressing = AddressingStyle::VirtualHosted}, {".aliyuncs.com"}, -1);
    add({.name = "localstore", .addressing = AddressingStyle::Path, .urlEncodesUploads = true}, {}, -1);
    add({.name = "other"}, {}, -1);
    return rows;
}

const std::vector<Row> &rows()
{
    static const std::vector<Row> table = makeRows();
    return table;
}

QByteArray regionInHost(const Row &row, const QByteArray &host, const QByteArray &suffix)
{
    if (row.regionLabel < 0)
        return {};
    const QList<QByteArray> labels = host.chopped(suffix.size()).split('.');
    const qsizetype at = labels.size() - 1 - row.regionLabel;
    // "s3.wasabisys.com" names none.
    return at >= 0 && labels[at] != "s3" && isRegionName(labels[at]) ? labels[at] : QByteArray();
}

}  // namespace

std::optional<ProviderProfile> providerProfile(const QByteArray &name)
{
    const auto found = std::ranges::find_if(rows(), [&](const Row &row) { return row.profile.name == name; });
    if (found == rows().end())
        return std::nullopt;
    return found->profile;
}

ProviderProfile providerProfileFor(const HttpOrigin &origin)
{
    const QByteArray host = origin.host.toLower();
    if (const QByteArray region = Endpoint::regionOfAwsHost(host); !region.isEmpty()) {
        ProviderProfile aws = *providerProfile("aws");
        aws.defaultRegion = region;
        return aws;
    }
    for (const Row &row : rows()) {
        for (const QByteArray &suffix : row.hostSuffixes) {
            if (!host.endsWith(suffix))
                continue;
            ProviderProfile profile = row.profile;
            if (const QByteArray region = regionInHost(row, host, suffix); !region.isEmpty())
                profile.defaultRegion = region;
            return profile;
        }
    }
    return *providerProfile("other");
}

QList<QByteArray> providerNames()
{
    QList<QByteArray> names;
    for (const Row &row : rows())
        names.append(row.profile.name);
    return names;
}

}  // namespace packmule
