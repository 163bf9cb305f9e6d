#pragma once

#include "core/net/HttpTransport.h"
#include "core/s3/ObjectStore.h"
#include "core/s3/S3ErrorMapping.h"
#include "core/s3/UriEncoding.h"

#include <QByteArray>
#include <QIODevice>

#include <functional>
#include <memory>

namespace packmule {

/// One S3 request before it is addressed and signed; may be sent more than once. A value.
struct S3Request {
    S3Operation operation = S3Operation::HeadObject;
    QByteArray method;
    QByteArray bucket, key;
    QueryItems query;
    HttpHeaders headers;     ///< those of the operation; the sender adds what every request has
    QByteArray payloadHash;  ///< hex SHA-256 or UNSIGNED-PAYLOAD
    QByteArray payload;      ///< a small body
    std::shared_ptr<QIODevice> device;  ///< or a large one
    ByteCount deviceSize;
    bool asksBeforeBody = false;        ///< HttpRequest::asksBeforeBody
    HttpLimits limits;
    ByteProgress progress;
    std::function<void(const QByteArray &)> sink;
};

}  // namespace packmule
