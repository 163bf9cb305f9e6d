#pragma once

#include "core/http/HttpHeaders.h"

#include <QByteArray>
#include <QList>

namespace packmule {

// The canonical request of Signature Version 4 as S3 wants it (facts s3.md, A1): the path is encoded once and never
// normalised ('//', '.' and '..' stay). Pure functions, used by the client that signs and by the store that verifies.

/// The path of a request target, decoded once and encoded canonically, so that what a client left unencoded ('$')
/// or wrote in lower-case hex is signed the same. A path with broken percent-encoding comes back as it is.
QByteArray canonicalPath(QByteArrayView path);

/// Name=value pairs, encoded, sorted by encoded name and then value; "uploads" becomes "uploads=".
/// @param leftOut a name to leave out: X-Amz-Signature when a presigned URL is verified.
QByteArray canonicalQuery(QByteArrayView query, QByteArrayView leftOut = {});

/// False for what a proxy or an HTTP stack may alter on the way (botocore's list, accept-encoding, accept-language,
/// content-length) and for Authorization itself.
bool isSignableHeader(const QByteArray &name);

/// Lower-case, sorted, each once: the signable ones of `headers`. "host" must be among them, so put it in first.
QList<QByteArray> signableHeaderNames(const HttpHeaders &headers);

/// @param target path and query as on the wire.
/// @param headers with Host; those not in `signedHeaders` are ignored.
/// @param signedHeaders lower-case and sorted; one that is absent from `headers` counts as empty.
/// @param payloadHash the value of x-amz-content-sha256.
/// @param queryNameLeftOut see canonicalQuery.
QByteArray canonicalRequest(const QByteArray &method, const QByteArray &target, const HttpHeaders &headers,
                            const QList<QByteArray> &signedHeaders, const QByteArray &payloadHash,
                            QByteArrayView queryNameLeftOut = {});

}  // namespace packmule
