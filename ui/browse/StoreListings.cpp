#include "ui/browse/StoreListings.h"

#include <algorithm>

namespace packmule {

StoreListings::StoreListings(StoreClient &client, QObject *parent) : QObject(parent), m_client(client)
{
}

void StoreListings::setConnection(const std::optional<ConnectionRecord> &connection)
{
    m_bucketsCall.cancel();
    m_known.clear();
    m_buckets.clear();
    m_typedBuckets.clear();
    m_bucketsState = State::Unasked;
    m_bucketsError.reset();
    m_connection = connection;
    Q_EMIT connectionChanged();
}

void StoreListings::askBuckets()
{
    if (!m_connection)
        return;
    m_bucketsState = State::Loading;
    m_bucketsCall = m_client.buckets(*m_connection, [this](const Result<QList<BucketSummary>> &result) {
        m_bucketsState = result ? State::Whole : State::Failed;
        m_bucketsError = result ? std::optional<Error>() : result.error();
        if (result) {
            m_buckets = m_typedBuckets;
            for (const BucketSummary &bucket : *result) {
                if (!m_buckets.contains(bucket.name))
                    m_buckets.append(bucket.name);
            }
            std::sort(m_buckets.begin(), m_buckets.end());
        }
        Q_EMIT bucketsChanged();
    });
    Q_EMIT bucketsChanged();
}

void StoreListings::addBucket(const QByteArray &bucket)
{
    if (!m_typedBuckets.contains(bucket))
        m_typedBuckets.append(bucket);
    if (m_buckets.contains(bucket))
        return;
    m_buckets.insert(std::lower_bound(m_buckets.begin(), m_buckets.end(), bucket), bucket);
    Q_EMIT bucketsChanged();
}

const PlaceListing &StoreListings::of(const ObjectAddress &place) const
{
    static const PlaceListing kUnasked;
    const auto found = m_known.find({place.bucket, place.key});
    return found == m_known.end() ? kUnasked : found->second.listing;
}

void StoreListings::loadMore(const ObjectAddress &place)
{
    const State state = of(place).state;
    if (m_connection && state != State::Loading && state != State::Whole)
        ask(place);
}

void StoreListings::refresh(const ObjectAddress &place)
{
    if (!m_connection)
        return;
    Known &there = known(place);
    there.isBeginning = true;
    there.listing.nextToken.clear();
    ask(place);
}

void StoreListings::ask(const ObjectAddress &place)
{
    Known &there = known(place);
    there.listing.state = State::Loading;
    there.listing.error.reset();
    there.call = m_client.page(*m_connection, place, there.listing.nextToken, [this, place](const Result<ObjectPage> &page) { take(place, page); });
    Q_EMIT stateChanged(place);
}

void StoreListings::take(const ObjectAddress &place, const Result<ObjectPage> &page)
{
    Known &there = known(place);
    PlaceListing &listing = there.listing;
    if (!page) {
        listing.state = State::Failed;
        listing.error = page.error();
        Q_EMIT stateChanged(place);
        return;
    }
    // A store that gives the same token again would be asked for ever.
    const bool goesOn = !page->nextToken.isEmpty() && page->nextToken != listing.nextToken;
    const bool isBeginning = std::exchange(there.isBeginning, false);
    if (isBeginning) {
        listing.prefixes.clear();
        listing.objects.clear();
    }
    const qsizetype prefixesBefore = listing.prefixes.size();
    const qsizetype objectsBefore = listing.objects.size();
    for (const QByteArray &prefix : page->commonPrefixes) {
        if (listing.prefixes.isEmpty() || listing.prefixes.last() != prefix)
            listing.prefixes.append(prefix);
    }
    listing.objects.append(page->objects);
    listing.nextToken = goesOn ? page->nextToken : QByteArray();
    listing.state = goesOn ? State::Partial : State::Whole;
    if (isBeginning)
        Q_EMIT replaced(place);
    else
        Q_EMIT grown(place, prefixesBefore, objectsBefore);
    Q_EMIT stateChanged(place);
}

}  // namespace packmule
