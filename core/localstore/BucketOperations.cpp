#include "core/localstore/BucketOperations.h"

#include "core/localstore/StoreTime.h"
#include "core/localstore/XmlText.h"

#include <algorithm>
#include <array>

namespace packmule {

namespace {

struct MissingConfiguration {
    const char *parameter;
    const char *code;
    const char *message;
};

constexpr std::array kMissing{
    MissingConfiguration{"cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"},
    MissingConfiguration{"lifecycle", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"},
    MissingConfiguration{"policy", "NoSuchBucketPolicy", "The bucket policy does not exist"},
    MissingConfiguration{"tagging", "NoSuchTagSet", "The TagSet does not exist"},
    MissingConfiguration{"website", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"},
    MissingConfiguration{"encryption", "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"},
    MissingConfiguration{"object-lock", "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"},
};

}  // namespace

bool isBucketName(const QByteArray &name)
{
    const auto isPlain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (name.size() < 3 || name.size() > 63 || !isPlain(name.front()) || !isPlain(name.back()) || name.contains(".."))
        return false;
    return std::all_of(name.begin(), name.end(), [&isPlain](char c) { return isPlain(c) || c == '-' || c == '.'; });
}

S3Outcome<BucketFolder *> namedBucket(const StoreContext &context, const StoreRequest &request)
{
    if (BucketFolder *bucket = context.root.bucket(request.call.bucket))
        return bucket;
    return refusal("NoSuchBucket", "The specified bucket does not exist", {{"BucketName", request.call.bucket}});
}

StoreAnswer BucketOperations::listBuckets() const
{
    XmlText xml("ListAllMyBucketsResult");
    xml.open("Owner");
    xml.element("ID", "local");
    xml.element("DisplayName", "local");
    xml.close();
    xml.open("Buckets");
    for (const auto &[name, bucket] : m_context.root.buckets()) {
        xml.open("Bucket");
        xml.element("Name", name);
        xml.element("CreationDate", isoTime(bucket->created()));
        xml.close();
    }
    return StoreAnswer::xml(xml.finish());
}

S3Outcome<StoreAnswer> BucketOperations::createBucket(const StoreRequest &request)
{
    const QByteArray &name = request.call.bucket;
    if (!isBucketName(name))
        return refusal("InvalidBucketName", "The specified bucket is not valid.", {{"BucketName", name}});
    if (m_context.root.bucket(name) != nullptr)
        return refusal("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.");
    if (const auto created = m_context.root.createBucket(name, m_context.clock.wallNow()); !created)
        return std::unexpected(refusalFromError(created.error()));
    StoreAnswer answer;
    answer.headers.append("Location", '/' + name);
    return answer;
}

S3Outcome<StoreAnswer> BucketOperations::deleteBucket(const StoreRequest &request)
{
    const auto bucket = namedBucket(m_context, request);
    if (!bucket)
        return std::unexpected(bucket.error());
    if (!(*bucket)->entries().empty())
        return refusal("BucketNotEmpty", "The bucket you tried to delete is not empty");
    m_context.root.removeBucket(request.call.bucket);
    StoreAnswer answer;
    answer.status = 204;
    return answer;
}

S3Outcome<StoreAnswer> BucketOperations::headBucket(const StoreRequest &request) const
{
    if (const auto bucket = namedBucket(m_context, request); !bucket)
        return std::unexpected(bucket.error());
    StoreAnswer answer;
    answer.headers.append("x-amz-bucket-region", m_context.options.region);
    answer.headers.append("Content-Type", "application/xml");
    return answer;
}

S3Outcome<StoreAnswer> BucketOperations::configuration(const StoreRequest &request) const
{
    if (const auto bucket = namedBucket(m_context, request); !bucket)
        return std::unexpected(bucket.error());
    if (request.hasParameter("location")) {
        XmlText xml("LocationConstraint");
        const bool isDefault = m_context.options.region == "us-east-1";  // which S3 tells as an empty element
        const QByteArray end = "</LocationConstraint>";
        QByteArray document = xml.finish();
        if (!isDefault)
            document.insert(document.size() - end.size(), m_context.options.region);
        return StoreAnswer::xml(document);
    }
    if (request.hasParameter("versioning"))
        return StoreAnswer::xml(XmlText("VersioningConfiguration").finish());
    for (const MissingConfiguration &missing : kMissing) {
        if (request.hasParameter(missing.parameter))
            return refusal(missing.code, missing.message);
    }
    return refusal("NotImplemented", "This store knows no such configuration of a bucket.");
}

}  // namespace packmule
