#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Clock.h"
#include "core/base/Result.h"
#include "core/base/Scheduler.h"
#include "core/net/HttpTransport.h"
#include "core/s3/Endpoint.h"
#include "core/s3/S3Request.h"
#include "core/signing/Signer.h"

#include <QByteArray>
#include <QHash>
#include <QSet>

#include <functional>

namespace packmule {

/// Sends S3 requests, each with its free repairs, and keeps what all of them share: regions of buckets, the clock's
/// offset, the count. The life of one request is S3Call. Thread: the one that made it. Outlives its calls.
class S3Sender
{
public:
    using DoneAnswer = std::function<void(Result<HttpResponse>)>;

    S3Sender(HttpTransport &transport, Signer &signer, const Clock &clock, Endpoint endpoint, AddressingStyle addressing);

    /// An Error in place of a request reaches `done` as any other. `done` gets 2xx answers without an <Error> inside.
    [[nodiscard]] CallHandle send(Result<S3Request> request, DoneAnswer done);

    const Endpoint &endpoint() const { return m_endpoint; }
    WallTime serverNow() const { return m_clock.wallNow() + m_clockOffset; }
    Milliseconds clockOffset() const { return m_clockOffset; }
    void assumeClockOffset(Milliseconds offset) { m_clockOffset = offset; }
    int requestCount() const { return m_requestCount; }
    QByteArray regionOf(const QByteArray &bucket) const { return m_regions.value(bucket, m_endpoint.region()); }
    /// Path or VirtualHosted.
    AddressingStyle addressingOf(const QByteArray &bucket) const;

private:
    friend class S3Call;

    Result<RequestPlace> place(const S3Request &request) const;
    /// Learns from the Date of an answer. @param took how long it was under way: a slow answer's Date is stale.
    /// @return true if the offset changed.
    bool learnClock(const HttpHeaders &headers, const QByteArray &serverTime, Milliseconds took);
    /// Whether AccessDenied to a probe says anything of the request that broke (see README, "Probes").
    bool isDenialTelling(const S3Request &broken);
    void noteSuccess(const S3Request &request);

    HttpTransport &m_transport;
    Signer &m_signer;
    const Clock &m_clock;
    QtScheduler m_scheduler;
    const Endpoint m_endpoint;
    const AddressingStyle m_addressing;
    Milliseconds m_clockOffset{0};
    QHash<QByteArray, QByteArray> m_regions;  ///< by bucket; those that are not the endpoint's own
    QSet<QByteArray> m_listableBuckets;       ///< where ListParts has been allowed
    QHash<QByteArray, int> m_deniedProbes;    ///< by what broke; since its last success
    int m_requestCount = 0;
};

}  // namespace packmule
