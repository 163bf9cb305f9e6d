#pragma once

#include "core/localstore/BucketFolder.h"

#include <QByteArray>
#include <QByteArrayList>
#include <QList>

namespace packmule {

/// Which objects of a bucket, and from where on.
struct ListingQuestion {
    QByteArray prefix, delimiter;
    QByteArray after;            ///< only names behind this one; empty: from the start
    bool afterIsPrefix = false;  ///< `after` is a common prefix that has been told: nothing under it again
    int pageSize = 1000;
};

/// One page of an answer.
struct ObjectListing {
    QList<std::pair<QByteArray, const ObjectEntry *>> objects;
    QByteArrayList commonPrefixes;
    bool isTruncated = false;
    QByteArray last;             ///< the name the next page begins behind
    bool lastIsPrefix = false;
};

/// In byte order of the keys; everything between the prefix and the next delimiter is told once, as a common prefix.
ObjectListing listedObjects(const std::map<QByteArray, ObjectEntry> &entries, const ListingQuestion &question);

}  // namespace packmule
