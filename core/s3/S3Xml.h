#pragma once

#include "core/base/Result.h"
#include "core/s3/Types.h"

#include <QByteArray>

#include <vector>

namespace packmule {

/// One element of an XML answer: its local name, its own text and its children, without attributes.
struct XmlElement {
    QByteArray name;
    QByteArray text;  ///< UTF-8; untrimmed
    std::vector<XmlElement> children;

    /// The first child of that name, null if there is none.
    const XmlElement *child(QByteArrayView childName) const;
    /// The first such child's text, trimmed of white space; empty if there is none.
    QByteArray childText(QByteArrayView childName) const;
    /// The same as it is, for keys, which may begin with a space.
    QByteArray childBytes(QByteArrayView childName) const;
};

/// Far more than a page of 1,000 entries needs.
inline constexpr qsizetype kLargestXml = 16 * 1024 * 1024;

/// Reads a whole document (facts security.md, E3). White space before the XML declaration is allowed: CompleteMultipartUpload
/// sends it to keep the connection alive. So are control characters, which Ceph writes into keys. No recursion; refused with MalformedAnswer: any document type, more than 16
/// levels, more than 100,000 elements, more than kLargestXml bytes, anything cut short.
Result<XmlElement> readXml(QByteArrayView bytes);

/// Text as it may stand between tags; control characters that XML 1.0 forbids are dropped.
QByteArray xmlEscaped(QByteArrayView text);

/// The body of CompleteMultipartUpload. Checksums go in where a part has a composite kind or any at all.
/// @param parts ascending. 10,000 parts take about 5 ms and 1.5 MB.
QByteArray completeMultipartUploadXml(const QList<StoredPart> &parts);
/// The body of CreateBucket outside of us-east-1.
QByteArray createBucketXml(const QByteArray &region);

}  // namespace packmule
