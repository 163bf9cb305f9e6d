#pragma once

#include "core/s3/Types.h"

#include <QCoreApplication>
#include <QString>

#include <optional>

namespace packmule {

/// Places in a store: a bucket, or a bucket and a prefix. A prefix that does not end in '/' shows what begins with it.
/// Keys are bytes: nothing is normalised, "a//b" has an empty segment and ".." is a name. Thread: GUI.
class StorePlace
{
    Q_DECLARE_TR_FUNCTIONS(StorePlace)

public:
    /// The prefix up to its last '/'; where a drop goes.
    static ObjectAddress folderOf(const ObjectAddress &place);
    /// One level up; a bucket is its own.
    static ObjectAddress parentOf(const ObjectAddress &place);
    /// The last segment of a key or prefix below the folder, escaped. A key equal to the folder is its marker.
    static QString nameBelow(const QByteArray &key, const QByteArray &folder);
    /// "s3://bucket/prefix/", escaped: for people.
    static QString text(const ObjectAddress &place);
    /// The URI to paste elsewhere; nullopt where text cannot carry the key: not UTF-8, or characters that are not shown.
    static std::optional<QString> copyableUri(const ObjectAddress &object);

    struct Reading {
        std::optional<ObjectAddress> place;
        QString refusal;   ///< a sentence, if there is no place
    };
    /// What was typed or pasted: "s3://bucket/prefix", or "bucket/prefix".
    static Reading read(const QString &typed);
    /// Why no bucket of that name can be made; empty: it can. Source: S3 user guide, "Bucket naming rules".
    static QString bucketRefusal(const QString &name);
};

}  // namespace packmule
