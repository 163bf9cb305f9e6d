#pragma once

#include "core/base/Result.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QString>

namespace packmule {

/// "s3://bucket/key" as the user typed it. The key keeps the argument's raw bytes; nothing is decoded or normalised.
/// Errors: InvalidRequest with a sentence.
Result<ObjectAddress> s3UriFrom(const QByteArray &argument);

/// As s3UriFrom, and the key must be there and be one that can be stored: at most 1,024 bytes.
Result<ObjectAddress> objectUriFrom(const QByteArray &argument);

/// As s3UriFrom, and there must be no key.
Result<QByteArray> bucketUriFrom(const QByteArray &argument);

/// Why this key cannot be stored; empty if it can (issue 3, "Keys").
QString keyRefusal(const QByteArray &key);

bool isS3Uri(const QByteArray &argument);

/// For people: control characters are escaped.
QString s3UriText(const ObjectAddress &object);

}  // namespace packmule
