#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"
#include "core/s3/S3Xml.h"

namespace packmule {

// What S3Answers and S3Listings read documents with.

/// The error for an answer that lacks what its operation cannot do without.
std::unexpected<Error> lacking(const QString &operation, const QString &field);
/// The answer's document, if its root is the one expected. Error: MalformedAnswer.
Result<XmlElement> document(const HttpResponse &response, QByteArrayView root);
/// A <Checksum…> child with its <ChecksumType>; empty if there is none.
Checksum listedChecksum(const XmlElement &element);

}  // namespace packmule
