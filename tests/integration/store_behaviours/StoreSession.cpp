#include "tests/integration/store_behaviours/StoreSession.h"

#include "core/integrity/Digest.h"
#include "core/s3/S3Listings.h"
#include "core/s3/S3Requests.h"

namespace packmule {

namespace {

constexpr Milliseconds kPatience = std::chrono::minutes(2);  // only for a store that hangs; nothing is measured by it

ObjectBody bodyOf(const QByteArray &bytes, const BodyProof &proof)
{
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(bytes);
    buffer->open(QIODevice::ReadOnly);
    ObjectBody body{.device = std::move(buffer), .size = ByteCount(bytes.size()), .digests = {}};
    if (proof.algorithm != ChecksumAlgorithm::None) {
        const QByteArray raw = digestOf(proof.algorithm, proof.isChecksumWrong ? bytes + "x" : bytes);
        body.digests.checksum = {.algorithm = proof.algorithm, .rawBytes = raw};
    }
    body.digests.sha256 = sha256(proof.isPayloadHashWrong ? bytes + "x" : bytes);
    return body;
}

IntegrityPlan planOf(const BodyProof &proof)
{
    return {.algorithm = proof.algorithm, .signPayload = true};  // these stores are spoken to without TLS
}

Endpoint endpointOf(const StoreAccess &access)
{
    const auto endpoint = Endpoint::parse(access.endpoint, "us-east-1");
    if (!endpoint)
        qFatal("%s", qPrintable(endpoint.error().detail));
    return *endpoint;
}

Credentials credentialsOf(const StoreAccess &access)
{
    Credentials credentials;
    credentials.accessKeyId = access.accessKeyId;
    credentials.secretAccessKey = access.secretAccessKey;
    return credentials;
}

}  // namespace

ObjectSettings settingsWith(const QByteArray &contentType, const QList<std::pair<QByteArray, QByteArray>> &metadata)
{
    ObjectSettings settings;
    settings.contentType = contentType;
    settings.metadata = metadata;
    return settings;
}

QByteArray digestOf(ChecksumAlgorithm algorithm, QByteArrayView bytes)
{
    const auto digest = makeDigest(algorithm);
    digest->add(bytes);
    return digest->result();
}

QByteArray refusalOf(const Error &error)
{
    QByteArray text = errorKindName(error.kind);
    if (error.httpStatus)
        text += ' ' + QByteArray::number(*error.httpStatus);
    if (!error.s3Code.isEmpty())
        text += ' ' + error.s3Code;
    return text;
}

StoreSession::StoreSession(const StoreAccess &access)
    : m_access(access),
      m_transport({}, m_clock, m_scheduler),
      m_credentials(credentialsOf(access), m_scheduler),
      m_signer(m_credentials, m_clock),
      m_store(m_transport, m_signer, m_clock,
              {.endpoint = endpointOf(access), .profile = providerProfileFor(endpointOf(access).origin())}),
      m_sender(m_transport, m_signer, m_clock, endpointOf(access), AddressingStyle::Path)
{
}

template<typename T, typename Start>
Result<T> StoreSession::wait(Start start)
{
    std::optional<Result<T>> outcome;
    QEventLoop loop;
    QTimer patience;
    patience.setSingleShot(true);
    QObject::connect(&patience, &QTimer::timeout, &loop, &QEventLoop::quit);
    patience.start(kPatience);
    const CallHandle call = start([&outcome, &loop](Result<T> result) {
        outcome.emplace(std::move(result));
        loop.quit();
    });
    loop.exec();
    return outcome ? *outcome : failure(ErrorKind::Stalled, QStringLiteral("The call never ended."));
}

Result<StoredObject> StoreSession::put(const QByteArray &key, const QByteArray &bytes, const BodyProof &proof,
                                       const ObjectSettings &settings, bool ifNoneMatch)
{
    return wait<StoredObject>([&](Done<StoredObject> done) {
        return m_store.putObject(address(key), settings, planOf(proof), bodyOf(bytes, proof), ifNoneMatch, {}, done);
    });
}

Result<ObjectHead> StoreSession::head(const QByteArray &key)
{
    return wait<ObjectHead>([&](Done<ObjectHead> done) { return m_store.headObject(address(key), done); });
}

Result<FetchedObject> StoreSession::get(const QByteArray &key, std::optional<ByteRange> range)
{
    FetchedObject fetched;
    const auto head = wait<ObjectHead>([&](Done<ObjectHead> done) {
        return m_store.getObject(address(key), range, [&](const QByteArray &piece) { fetched.bytes += piece; }, done);
    });
    if (!head)
        return std::unexpected(head.error());
    fetched.head = *head;
    return fetched;
}

QByteArray StoreSession::contentOf(const QByteArray &key)
{
    const auto fetched = get(key);
    return fetched ? fetched->bytes : refusalOf(fetched.error());
}

QByteArray StoreSession::presenceOf(const QByteArray &key)
{
    const auto found = head(key);
    if (found)
        return "an object there";
    return found.error().kind == ErrorKind::NoSuchKey ? QByteArray("nothing there") : refusalOf(found.error());
}

Result<void> StoreSession::remove(const QByteArray &key)
{
    return ask(deleteObjectRequest(address(key))).transform([](const HttpResponse &) {});
}

Result<CreatedUpload> StoreSession::create(const QByteArray &key, const ObjectSettings &settings,
                                           const IntegrityPlan &integrity)
{
    return wait<CreatedUpload>([&](Done<CreatedUpload> done) {
        return m_store.createMultipartUpload(address(key), settings, integrity, done);
    });
}

Result<PartReceipt> StoreSession::sendPart(const PartAddress &part, const QByteArray &bytes, const BodyProof &proof)
{
    return wait<PartReceipt>([&](Done<PartReceipt> done) {
        return m_store.uploadPart(part, planOf(proof), bodyOf(bytes, proof), {}, done);
    });
}

Result<PartPage> StoreSession::parts(const QByteArray &key, const QByteArray &uploadId, int marker, int pageSize)
{
    return wait<PartPage>([&](Done<PartPage> done) { return m_store.listParts(address(key), uploadId, marker, pageSize, done); });
}

Result<StoredObject> StoreSession::complete(const QByteArray &key, const QByteArray &uploadId, const CompleteRequest &request)
{
    return wait<StoredObject>([&](Done<StoredObject> done) {
        return m_store.completeMultipartUpload(address(key), uploadId, request, done);
    });
}

Result<void> StoreSession::abort(const QByteArray &key, const QByteArray &uploadId)
{
    return ask(abortMultipartUploadRequest(address(key), uploadId)).transform([](const HttpResponse &) {});
}

Result<ObjectPage> StoreSession::objects(const QByteArray &prefix, const QByteArray &delimiter, const QByteArray &token,
                                         int pageSize)
{
    if (pageSize == 0) {
        return wait<ObjectPage>([&](Done<ObjectPage> done) {
            return m_store.listObjects(m_access.bucket, prefix, delimiter, token, done);
        });
    }
    S3Request request = listObjectsRequest(m_access.bucket, prefix, delimiter, token, m_store.profile());
    request.query.emplaceBack("max-keys", QByteArray::number(pageSize));
    return ask(request).and_then([&](const HttpResponse &answer) { return objectPage(answer, token, m_store.profile()); });
}

Result<UploadPage> StoreSession::uploads(const QByteArray &prefix, const QByteArray &keyMarker,
                                         const QByteArray &uploadIdMarker, int pageSize)
{
    if (pageSize == 0) {
        return wait<UploadPage>([&](Done<UploadPage> done) {
            return m_store.listMultipartUploads(m_access.bucket, prefix, keyMarker, uploadIdMarker, done);
        });
    }
    S3Request request = listMultipartUploadsRequest(m_access.bucket, prefix, keyMarker, uploadIdMarker, m_store.profile());
    request.query.emplaceBack("max-uploads", QByteArray::number(pageSize));
    return ask(request).and_then([&](const HttpResponse &answer) {
        return uploadPage(answer, m_access.bucket, keyMarker, uploadIdMarker);
    });
}

Result<HttpResponse> StoreSession::ask(const Result<S3Request> &request)
{
    return wait<HttpResponse>([&](const S3Sender::DoneAnswer &done) { return m_sender.send(request, done); });
}

}  // namespace packmule
