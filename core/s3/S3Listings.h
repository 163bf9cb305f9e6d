#pragma once

#include "core/base/Result.h"
#include "core/net/HttpTransport.h"
#include "core/s3/ObjectStore.h"
#include "core/s3/ProviderProfile.h"

namespace packmule {

// Pages of listings, read from 2xx answers: pure functions. Errors: MalformedAnswer, also for a store that says "more" but
// names no way on, because following it would never end.

/// @param marker the part-number-marker that was asked with.
Result<PartPage> partPage(const HttpResponse &response, int marker);
Result<UploadPage> uploadPage(const HttpResponse &response, const QByteArray &bucket, const QByteArray &keyMarker,
                              const QByteArray &uploadIdMarker);
Result<ObjectPage> objectPage(const HttpResponse &response, const QByteArray &token, const ProviderProfile &profile);
Result<QList<BucketSummary>> bucketList(const HttpResponse &response);

}  // namespace packmule
