#include "core/s3/S3Sender.h"

#include "core/base/LogCategories.h"
#include "core/s3/S3Call.h"
#include "core/s3/S3Time.h"

#include <utility>

namespace packmule {

namespace {

constexpr Milliseconds kOffsetStep = std::chrono::seconds(5);  // facts resume.md, B7
constexpr int kTellingDenials = 3;
constexpr qsizetype kMostDeniedProbes = 1000;

/// What broke, as far as repetitions of it count together.
QByteArray identityOf(const S3Request &request)
{
    return request.bucket + '\n' + request.key + '\n' + queryString(request.query);
}

}  // namespace

S3Sender::S3Sender(HttpTransport &transport, Signer &signer, const Clock &clock, Endpoint endpoint,
                   AddressingStyle addressing)
    : m_transport(transport), m_signer(signer), m_clock(clock), m_endpoint(std::move(endpoint)),
      m_addressing(addressing)
{
}

CallHandle S3Sender::send(Result<S3Request> request, DoneAnswer done)
{
    if (!request) {
        return m_scheduler.after(Milliseconds(0), [done = std::move(done), error = request.error()] {
            done(std::unexpected(error));
        });
    }
    const auto call = std::make_shared<S3Call>(*this, std::move(*request), std::move(done));
    call->begin();
    return CallHandle([call] { call->cancel(); });
}

Result<RequestPlace> S3Sender::place(const S3Request &request) const
{
    auto place = m_endpoint.place(request.bucket, request.key, request.query, regionOf(request.bucket), m_addressing);
    if (!place)
        return place;
    if (const auto refusal = m_transport.refusalOfTarget(place->target))
        return failure(ErrorKind::InvalidRequest, *refusal);
    return place;
}

AddressingStyle S3Sender::addressingOf(const QByteArray &bucket) const
{
    const auto there = m_endpoint.place(bucket, {}, {}, regionOf(bucket), m_addressing);
    return there && there->origin.host.startsWith(QByteArray(bucket + '.')) ? AddressingStyle::VirtualHosted : AddressingStyle::Path;
}

bool S3Sender::learnClock(const HttpHeaders &headers, const QByteArray &serverTime, Milliseconds took)
{
    auto serverNow = timeFromHttpDate(headers.value("Date"));
    if (!serverNow)
        serverNow = timeFromIso8601(serverTime);
    if (!serverNow || took > kOffsetStep)
        return false;
    const auto offset = std::chrono::duration_cast<Milliseconds>(*serverNow - m_clock.wallNow());
    if (std::chrono::abs(offset - m_clockOffset) <= kOffsetStep)
        return false;
    qCInfo(lcS3) << "the service's clock is" << offset.count() << "ms ahead of ours";
    m_clockOffset = offset;
    return true;
}

bool S3Sender::isDenialTelling(const S3Request &broken)
{
    if (broken.operation == S3Operation::UploadPart && m_listableBuckets.contains(broken.bucket))
        return true;
    if (m_deniedProbes.size() > kMostDeniedProbes)
        m_deniedProbes.clear();
    return ++m_deniedProbes[identityOf(broken)] >= kTellingDenials;
}

void S3Sender::noteSuccess(const S3Request &request)
{
    if (request.operation == S3Operation::ListParts)
        m_listableBuckets.insert(request.bucket);
    if (request.device && !m_deniedProbes.isEmpty())
        m_deniedProbes.remove(identityOf(request));
}

}  // namespace packmule
