#include "ui/profiles/ProviderCards.h"

#include <algorithm>

namespace packmule {

// Endpoints: the providers' own documentation, as in facts s3.md A14.
QList<ProviderCard> ProviderCards::all()
{
    return {
        {"aws", QStringLiteral("Amazon S3"), tr("AWS, in any region"), {}, "us-east-1", true},
        {"minio", QStringLiteral("MinIO"), tr("On your own server"), "https://{host}:9000", "us-east-1", false},
        {"ceph", QStringLiteral("Ceph"), tr("RADOS Gateway"), "https://{host}", "us-east-1", false},
        {"r2", QStringLiteral("Cloudflare R2"), tr("The account id is part of the address"), "https://{account}.r2.cloudflarestorage.com", "auto", false},
        {"b2", QStringLiteral("Backblaze B2"), tr("By its S3 address"), "https://s3.{region}.backblazeb2.com", "us-west-004", true},
        {"wasabi", QStringLiteral("Wasabi"), tr("In any region"), "https://s3.{region}.wasabisys.com", "us-east-1", true},
        {"spaces", QStringLiteral("DigitalOcean Spaces"), tr("In any region"), "https://{region}.digitaloceanspaces.com", "nyc3", true},
        {"gcs", QStringLiteral("Google Cloud Storage"), tr("With an HMAC key"), "https://storage.googleapis.com", "auto", false},
        {"other", tr("Another store"), tr("Anything that speaks S3"), "https://{host}", {}, true},
    };
}

ProviderCard ProviderCards::of(const QString &provider)
{
    const QList<ProviderCard> cards = all();
    const auto found = std::ranges::find(cards, provider.toLatin1(), &ProviderCard::provider);
    return found == cards.end() ? cards.last() : *found;
}

QByteArray ProviderCards::endpointFor(const ProviderCard &card, const QByteArray &region)
{
    QByteArray endpoint = card.endpointForm;
    if (!region.isEmpty())
        endpoint.replace("{region}", region);
    return endpoint.contains('{') ? QByteArray() : endpoint;
}

}  // namespace packmule
