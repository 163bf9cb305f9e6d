#pragma once

#include "core/base/Result.h"
#include "core/http/HttpHeaders.h"
#include "core/s3/Types.h"

#include <QByteArray>

namespace packmule {

/// The headers of CreateMultipartUpload and PutObject for what the user asked. Content-Type is always there:
/// application/octet-stream unless asked otherwise, so that no store guesses and all agree.
/// Errors: InvalidRequest naming the setting: CR, LF, NUL or other control characters, a metadata name that is no token,
/// values that are not UTF-8, non-ASCII outside of metadata, more than 2 KB of metadata.
Result<HttpHeaders> settingsHeaders(const ObjectSettings &settings);

/// Non-ASCII UTF-8 as RFC 2047 encoded words, as S3 itself gives such metadata back; ASCII stays as it is.
QByteArray encodedMetadataValue(const QByteArray &value);
/// Undoes encoded words of UTF-8, both B and Q; anything else stays as it is.
QByteArray decodedMetadataValue(const QByteArray &value);

/// "x-amz-checksum-crc64nvme" and so on; empty for None and Md5.
QByteArray checksumHeaderName(ChecksumAlgorithm algorithm);
/// x-amz-checksum-* or Content-MD5 for one body; nothing for an empty checksum.
void appendChecksum(HttpHeaders &headers, const Checksum &checksum);
/// What an answer's headers tell of a checksum; empty if nothing. "-N" and x-amz-checksum-type make it composite.
Checksum checksumInHeaders(const HttpHeaders &headers);
/// A base64 value of XML or header, with or without "-N".
Checksum checksumFromText(ChecksumAlgorithm algorithm, const QByteArray &text);

/// An ETag without its quotes and without "W/".
QByteArray bareETag(const QByteArray &eTag);

}  // namespace packmule
