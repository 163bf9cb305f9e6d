#pragma once

#include "core/transfer/StoreClient.h"

#include <QObject>

#include <map>
#include <optional>

namespace packmule {

/// What is known of the level directly below one place.
///
/// | state | on | then |
/// |---|---|---|
/// | Unasked | loadMore | Loading |
/// | Loading | a page with a token, or without | Partial, Whole |
/// | Loading | an error | Failed; what came before stays |
/// | Partial, Failed | loadMore | Loading: the next page, or the same again |
/// | any | refresh | Loading: the first page, which replaces everything when it is here |
struct PlaceListing {
    enum class State { Unasked, Loading, Partial, Whole, Failed };
    State state = State::Unasked;
    QList<QByteArray> prefixes;       ///< whole, in the store's order
    QList<ObjectSummary> objects;
    QByteArray nextToken;
    std::optional<Error> error;       ///< with Failed
};

/// The levels of one connection's buckets that somebody has looked at, a page at a time: never a whole bucket by itself.
/// The models of Browse show it. Thread: GUI. Ownership: the client outlives it.
class StoreListings : public QObject
{
    Q_OBJECT

public:
    using State = PlaceListing::State;

    explicit StoreListings(StoreClient &client, QObject *parent = nullptr);

    /// Forgets everything that was known. nullopt: no connection.
    void setConnection(const std::optional<ConnectionRecord> &connection);
    const std::optional<ConnectionRecord> &connection() const { return m_connection; }

    void askBuckets();
    State bucketsState() const { return m_bucketsState; }
    const std::optional<Error> &bucketsError() const { return m_bucketsError; }
    const QList<QByteArray> &buckets() const { return m_buckets; }
    /// One that was typed or made: credentials that list no buckets may still use it.
    void addBucket(const QByteArray &bucket);

    const PlaceListing &of(const ObjectAddress &place) const;
    void loadMore(const ObjectAddress &place);
    void refresh(const ObjectAddress &place);

Q_SIGNALS:
    void connectionChanged();
    void bucketsChanged();
    /// The state or the error; rows are as before.
    void stateChanged(const packmule::ObjectAddress &place);
    /// The lists are others.
    void replaced(const packmule::ObjectAddress &place);
    /// The lists have grown: from these counts on.
    void grown(const packmule::ObjectAddress &place, qsizetype prefixesBefore, qsizetype objectsBefore);

private:
    struct Known {
        PlaceListing listing;
        CallHandle call;
        bool isBeginning = true;   ///< the page under way is the first
    };

    Known &known(const ObjectAddress &place) { return m_known[{place.bucket, place.key}]; }
    void ask(const ObjectAddress &place);
    void take(const ObjectAddress &place, const Result<ObjectPage> &page);

    StoreClient &m_client;
    std::optional<ConnectionRecord> m_connection;
    std::map<std::pair<QByteArray, QByteArray>, Known> m_known;
    QList<QByteArray> m_buckets, m_typedBuckets;
    State m_bucketsState = State::Unasked;
    std::optional<Error> m_bucketsError;
    CallHandle m_bucketsCall;
};

}  // namespace packmule
