#include "core/s3/S3Call.h"

#include "core/base/LogCategories.h"
#include "core/s3/S3Requests.h"
#include "core/s3/SharedBody.h"

#include <QBuffer>
#include <QUuid>

#include <utility>

namespace packmule {

namespace {

constexpr char kUserAgent[] = "packmule/" PACKMULE_VERSION;

std::unique_ptr<QIODevice> bodyOf(const S3Request &request)
{
    if (request.device)
        return std::make_unique<SharedBody>(request.device);
    if (request.payload.isEmpty())
        return nullptr;
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(request.payload);
    buffer->open(QIODevice::ReadOnly);
    return buffer;
}

/// Operations whose 2xx answer is a document, so that it may turn out to be an <Error> (finding 18).
bool answersWithDocument(S3Operation operation)
{
    switch (operation) {
    case S3Operation::CreateMultipartUpload:
    case S3Operation::ListParts:
    case S3Operation::CompleteMultipartUpload:
    case S3Operation::ListMultipartUploads:
    case S3Operation::ListObjects:
    case S3Operation::ListBuckets:
    case S3Operation::GetBucketConfiguration:
        return true;
    case S3Operation::UploadPart:
    case S3Operation::AbortMultipartUpload:
    case S3Operation::PutObject:
    case S3Operation::HeadObject:
    case S3Operation::GetObject:
    case S3Operation::DeleteObject:
    case S3Operation::HeadBucket:
    case S3Operation::CreateBucket:
    case S3Operation::DeleteBucket:
        return false;
    }
    return false;
}

S3ErrorAnswer refusalOf(const S3Request &request, const HttpResponse &response)
{
    return {.operation = request.operation,
            .bucket = request.bucket,
            .key = request.key,
            .status = response.status,
            .headers = response.headers,
            .body = response.body,
            .hadChecksumHeader = [&] {
                for (const auto &[name, value] : request.headers.fields()) {
                    if (name.startsWith("x-amz-checksum-"))
                        return true;
                }
                return false;
            }()};
}

bool isRefused(const S3Request &request, const HttpResponse &response)
{
    if (response.status < 200 || response.status > 299)
        return true;
    if (!answersWithDocument(request.operation) || !response.body.contains("<Error"))
        return false;
    return s3ErrorFields(refusalOf(request, response)).isXml;
}

/// What a connection that broke in mid-body may have wanted to say (finding 2).
/// @param seesEarlyAnswers the transport reads while it sends: then only a reset that cut the body can have destroyed one.
bool isWorthProbing(const S3Request &request, const HttpFailure &broken, bool seesEarlyAnswers)
{
    const bool isBody = request.operation == S3Operation::UploadPart || request.operation == S3Operation::PutObject;
    const bool isLost = broken.error.kind == ErrorKind::ConnectionLost;
    const bool isCut = isLost && broken.bodySent < request.deviceSize;
    const bool mayHideAnswer = seesEarlyAnswers ? isCut : isLost || broken.error.kind == ErrorKind::Stalled;
    return isBody && mayHideAnswer && broken.bodySent > ByteCount(0);
}

}  // namespace

S3Call::S3Call(S3Sender &sender, S3Request request, S3Sender::DoneAnswer done)
    : m_sender(sender), m_request(std::move(request)), m_done(std::move(done))
{
}

void S3Call::begin()
{
    ask();
}

void S3Call::cancel()
{
    m_done = nullptr;
    m_step.cancel();
}

void S3Call::ask()
{
    m_region = m_sender.regionOf(m_request.bucket);
    exchange(m_request, [this](auto answer) { onAnswer(std::move(answer)); });
}

void S3Call::probe(const HttpFailure &broken)
{
    const S3Request probing = probeRequest(m_request);
    exchange(probing, [this, probing, broken](auto answer) { onProbed(probing, broken, std::move(answer)); });
}

void S3Call::locate(const Error &error)
{
    exchange(headBucketRequest(m_request.bucket), [this, error](const std::expected<HttpResponse, HttpFailure> &answer) {
        if (answer && moveTo(answer->headers.value("x-amz-bucket-region")))
            ask();
        else
            end(std::unexpected(error));
    });
}

void S3Call::exchange(const S3Request &request, DoneExchange done)
{
    const auto place = m_sender.place(request);
    if (!place) {
        m_step = m_sender.m_scheduler.after(Milliseconds(0), [this, error = place.error()] { end(std::unexpected(error)); });
        return;
    }
    const SigningRequest signing{.method = request.method,
                                 .hostHeader = place->origin.hostHeader(),
                                 .target = place->target,
                                 .headers = request.headers,
                                 .payloadHash = request.payloadHash,
                                 .region = m_sender.regionOf(request.bucket),
                                 .time = m_sender.serverNow()};
    m_step = m_sender.m_signer.sign(signing, [this, request, place = *place, done](const Result<HttpHeaders> &authority) {
        if (authority)
            transmit(request, place, *authority, done);
        else
            end(std::unexpected(authority.error()));
    });
}

void S3Call::transmit(const S3Request &request, const RequestPlace &place, const HttpHeaders &authority, DoneExchange done)
{
    HttpRequest http;
    http.method = request.method;
    http.origin = place.origin;
    http.target = place.target;
    http.headers = request.headers;
    for (const auto &[name, value] : authority.fields())
        http.headers.append(name, value);
    // Not signed: proxies alter them.
    http.headers.append("User-Agent", kUserAgent);
    // The AWS SDKs' name for it, so every store knows it. Tells this attempt from all others in the server's log: two requests
    // with one id were sent by the transport, not by us.
    http.headers.append("amz-sdk-invocation-id", QUuid::createUuid().toByteArray(QUuid::WithoutBraces));
    http.body = bodyOf(request);
    http.bodySize = request.device ? request.deviceSize : ByteCount(request.payload.size());
    http.limits = request.limits;
    http.asksBeforeBody = request.asksBeforeBody;
    http.sink = request.sink;
    HttpTransport::Progress progress;
    if (request.progress) {
        progress = [report = request.progress, most = m_mostSent](ByteCount sent, ByteCount total) {
            if (sent < *most)
                return;
            *most = sent;
            report(sent, total);
        };
    }
    m_sentAt = m_sender.m_clock.now();
    m_authority = authority;
    ++m_sender.m_requestCount;
    m_step = m_sender.m_transport.send(std::move(http), std::move(progress),
                                       std::move(done));
}

void S3Call::onAnswer(std::expected<HttpResponse, HttpFailure> answer)
{
    if (!answer) {
        if (isWorthProbing(m_request, answer.error(), m_sender.m_transport.abilities().earlyAnswers))
            probe(answer.error());
        else
            end(std::unexpected(answer.error().error));
        return;
    }
    if (isRefused(m_request, *answer)) {
        const S3ErrorAnswer refusal = refusalOf(m_request, *answer);
        settle(errorFromAnswer(refusal), refusal);
        return;
    }
    m_sender.learnClock(answer->headers, {}, m_sender.m_clock.now() - m_sentAt);
    m_sender.noteSuccess(m_request);
    end(std::move(*answer));
}

void S3Call::onProbed(const S3Request &probed, const HttpFailure &broken, std::expected<HttpResponse, HttpFailure> answer)
{
    if (!answer || !isRefused(probed, *answer)) {
        if (answer)
            m_sender.noteSuccess(probed);
        end(std::unexpected(broken.error));
        return;
    }
    const S3ErrorAnswer refusal = refusalOf(probed, *answer);
    Error error = errorFromAnswer(refusal);
    if (error.kind == ErrorKind::AccessDenied && !m_sender.isDenialTelling(m_request)) {
        end(std::unexpected(broken.error));
        return;
    }
    error.detail = QStringLiteral("%1 broke off; asked why, the service said: ").arg(operationName(m_request.operation))
        + error.detail;
    settle(error, refusal);
}

void S3Call::settle(const Error &error, const S3ErrorAnswer &refusal)
{
    const S3ErrorFields fields = s3ErrorFields(refusal);
    const Milliseconds took = m_sender.m_clock.now() - m_sentAt;
    const bool isSkewed = error.kind == ErrorKind::ClockSkewed;
    const bool isNewClock =
        m_sender.learnClock(refusal.headers, fields.serverTime, isSkewed ? Milliseconds(0) : took);
    if (isSkewed && isNewClock && !std::exchange(m_hasSetClock, true)) {
        ask();
        return;
    }
    if (error.kind == ErrorKind::CredentialsExpired) {
        m_sender.m_signer.forgetCredentials(m_authority);
        if (!std::exchange(m_hasNewCredentials, true)) {
            ask();
            return;
        }
    }
    const bool canMove = error.kind == ErrorKind::WrongRegion && !m_request.bucket.isEmpty()
        && m_request.operation != S3Operation::CreateBucket;
    if (canMove && !std::exchange(m_hasMoved, true)) {
        if (moveTo(fields.region) || moveTo(Endpoint::regionOfAwsHost(fields.endpoint)))
            ask();
        else if (m_request.operation == S3Operation::HeadBucket)
            end(std::unexpected(error));
        else
            locate(error);
        return;
    }
    end(std::unexpected(error));
}

bool S3Call::moveTo(const QByteArray &region)
{
    if (!isRegionName(region) || region == m_region)
        return false;
    qCInfo(lcS3) << "a bucket is in the region" << region;
    m_sender.m_regions.insert(m_request.bucket, region);
    return true;
}

void S3Call::end(Result<HttpResponse> result)
{
    const auto alive = shared_from_this();
    const auto done = std::exchange(m_done, nullptr);
    m_step.cancel();
    m_request = {};
    if (done)
        done(std::move(result));
}

}  // namespace packmule
