#pragma once

#include "core/localstore/S3Refusal.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QList>

namespace packmule {

/// A part as CompleteMultipartUpload names it.
struct NamedPart {
    int number = 0;
    QByteArray eTag;  ///< without quotes, which clients may send or leave away
    QList<Checksum> checksums;
};

/// MalformedXML for anything but a list of 1 to 10,000 parts; a document type, deep nesting and junk are refused.
S3Outcome<QList<NamedPart>> partsFromXml(const QByteArray &document);

/// Hex SHA-256 of numbers and ETags: two Complete calls with the same list are the same call (facts A7.3).
QByteArray completionOf(const QList<NamedPart> &parts);

}  // namespace packmule
