#pragma once

#include "core/base/Clock.h"
#include "core/http/HttpHeaders.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QList>

#include <optional>

namespace packmule {

/// A stretch of an object's body: one for a PutObject, one a part for a completed multipart upload.
struct BodyExtent {
    QByteArray name;  ///< a file in ObjectRecord::bodyPath; empty: bodyPath is the file itself
    qint64 length = 0;
};

/// All the store knows of one object; a file of its own on disk, with small bodies right behind it.
struct ObjectRecord {
    QByteArray key, eTag;  ///< eTag without quotes
    qint64 size = 0;
    WallTime modified{};
    HttpHeaders headers;   ///< what GET and HEAD send back: Content-Type, x-amz-meta-…, …
    Checksum checksum;
    QByteArray uploadId;   ///< the multipart upload it came from, empty for PutObject
    QByteArray completion; ///< hex digest of the part list it was completed with, to know a repeated Complete
    QByteArray bodyPath;   ///< relative to the root: a file, or an upload's folder; empty: behind the record
    QList<BodyExtent> extents;
    bool isDiscarded = false;  ///< LocalStoreOptions::discardBodies
};

/// The record as the bytes before an inline body.
QByteArray recordBytes(const ObjectRecord &record);
struct StoredRecord {
    ObjectRecord record;
    qint64 bodyOffset = 0;  ///< where an inline body begins
};
std::optional<StoredRecord> recordFromBytes(QByteArrayView bytes);

}  // namespace packmule
