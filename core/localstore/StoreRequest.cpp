#include "core/localstore/StoreRequest.h"

#include <algorithm>
#include <array>

namespace packmule {

namespace {

using Operation = LocalStoreCall::Operation;

/// Query names that ask for something other than the bucket or object itself.
constexpr std::array kSubresources{"accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering",
                                   "inventory", "legal-hold", "lifecycle", "location", "logging", "metrics", "notification",
                                   "object-lock", "ownershipControls", "policy", "policyStatus", "publicAccessBlock", "replication",
                                   "requestPayment", "restore", "retention", "select", "tagging", "torrent", "uploads", "versionId",
                                   "versioning", "versions", "website"};

bool namesSubresource(const StoreRequest &request)
{
    return std::any_of(request.parameters.begin(), request.parameters.end(), [](const auto &item) {
        return std::any_of(kSubresources.begin(), kSubresources.end(), [&item](const char *name) { return item.first == name; });
    });
}

Operation bucketOperation(const StoreRequest &request)
{
    const QByteArray &method = request.call.head.method;
    const bool isPlain = !namesSubresource(request);
    if (method == "GET" && request.hasParameter("uploads"))
        return Operation::ListMultipartUploads;
    if (method == "GET")
        return isPlain ? Operation::ListObjects : Operation::GetBucketConfiguration;
    if (!isPlain)
        return Operation::Unknown;
    if (method == "PUT")
        return Operation::CreateBucket;
    if (method == "DELETE")
        return Operation::DeleteBucket;
    if (method == "HEAD")
        return Operation::HeadBucket;
    return Operation::Unknown;
}

Operation objectOperation(const StoreRequest &request)
{
    const QByteArray &method = request.call.head.method;
    const bool hasUpload = request.hasParameter("uploadId");
    if (method == "POST" && request.hasParameter("uploads"))
        return Operation::CreateMultipartUpload;
    if (namesSubresource(request) || request.call.head.headers.contains("x-amz-copy-source"))
        return Operation::Unknown;
    if (method == "POST")
        return hasUpload ? Operation::CompleteMultipartUpload : Operation::Unknown;
    if (method == "PUT")
        return hasUpload || request.hasParameter("partNumber") ? Operation::UploadPart : Operation::PutObject;
    if (method == "GET")
        return hasUpload ? Operation::ListParts : Operation::GetObject;
    if (method == "HEAD")
        return Operation::HeadObject;
    if (method == "DELETE")
        return hasUpload ? Operation::AbortMultipartUpload : Operation::DeleteObject;
    return Operation::Unknown;
}

Operation operationOf(const StoreRequest &request)
{
    if (!request.path.startsWith('/'))
        return Operation::Unknown;
    if (!request.call.key.isEmpty())
        return objectOperation(request);
    if (!request.call.bucket.isEmpty())
        return bucketOperation(request);
    return request.call.head.method == "GET" ? Operation::ListBuckets : Operation::Unknown;
}

QList<std::pair<QByteArray, QByteArray>> decodedParameters(const QByteArray &query)
{
    QList<std::pair<QByteArray, QByteArray>> parameters;
    if (query.isEmpty())
        return parameters;
    const QList<QByteArray> items = query.split('&');
    for (const QByteArray &item : items) {
        const qsizetype equals = item.indexOf('=');
        const QByteArray name = equals < 0 ? item : item.left(equals);
        const QByteArray value = equals < 0 ? QByteArray() : item.mid(equals + 1);
        parameters.append({QByteArray::fromPercentEncoding(name), QByteArray::fromPercentEncoding(value)});
    }
    return parameters;
}

}  // namespace

bool StoreRequest::hasParameter(const QByteArray &name) const
{
    return std::any_of(parameters.begin(), parameters.end(), [&name](const auto &item) { return item.first == name; });
}

QByteArray StoreRequest::parameter(const QByteArray &name) const
{
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&name](const auto &item) { return item.first == name; });
    return found == parameters.end() ? QByteArray() : found->second;
}

bool StoreRequest::isAwsChunked() const
{
    return header("x-amz-content-sha256").startsWith("STREAMING-") || header("Content-Encoding").contains("aws-chunked");
}

std::optional<ByteCount> StoreRequest::objectBytes() const
{
    if (!isAwsChunked())
        return call.head.contentLength;
    bool isNumber = false;
    const qint64 count = header("x-amz-decoded-content-length").toLongLong(&isNumber);
    return isNumber && count >= 0 ? std::optional(ByteCount(count)) : std::nullopt;
}

StoreRequest routedRequest(HttpHead head, const QByteArray &requestId)
{
    StoreRequest request;
    request.requestId = requestId;
    const qsizetype question = head.target.indexOf('?');
    request.path = question < 0 ? head.target : head.target.left(question);
    request.query = question < 0 ? QByteArray() : head.target.mid(question + 1);
    request.parameters = decodedParameters(request.query);
    request.call.head = std::move(head);
    if (request.path.startsWith('/')) {
        const qsizetype slash = request.path.indexOf('/', 1);
        request.call.bucket = QByteArray::fromPercentEncoding(slash < 0 ? request.path.mid(1) : request.path.mid(1, slash - 1));
        if (slash >= 0)
            request.call.key = QByteArray::fromPercentEncoding(request.path.mid(slash + 1));
    }
    request.call.uploadId = request.parameter("uploadId");
    request.call.partNumber = request.parameter("partNumber").toInt();
    request.call.operation = operationOf(request);
    return request;
}

}  // namespace packmule
