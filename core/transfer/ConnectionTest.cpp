#include "core/transfer/ConnectionTest.h"

#include "core/integrity/Digest.h"

#include <utility>

namespace packmule {

namespace {

constexpr std::chrono::seconds kHarmlessSkew{60};

/// HeadObject's 403 has no body to say why.
bool isAboutRights(const Error &error)
{
    return error.kind == ErrorKind::AccessDenied || error.httpStatus == 403;
}

}  // namespace

ConnectionTest::ConnectionTest(OpenStore open, ObjectAddress place, Clock &clock, Scheduler &scheduler)
    : m_open(std::move(open)), m_place(std::move(place)), m_clock(clock), m_scheduler(scheduler)
{
    if (m_place.bucket.isEmpty()) {
        m_checks = {&ConnectionTest::checkService, &ConnectionTest::checkClock};
        return;
    }
    m_test = {m_place.bucket, m_place.key + ".packmule-doctor-" + randomBytes(8).toHex()};
    m_checks = {&ConnectionTest::checkBucket,    &ConnectionTest::checkClock,     &ConnectionTest::checkPlace,   &ConnectionTest::checkListing,
                &ConnectionTest::checkWriting,   &ConnectionTest::checkReading,   &ConnectionTest::checkMultipart, &ConnectionTest::checkRemoval,
                &ConnectionTest::checkUnfinished, &ConnectionTest::checkLifecycle, &ConnectionTest::checkCors};
}

void ConnectionTest::start(Found found, std::function<void()> done)
{
    m_found = std::move(found);
    m_done = std::move(done);
    m_begin = m_scheduler.after(Milliseconds(0), [this] { next(); });
}

void ConnectionTest::giveUp()
{
    m_isGivenUp = true;
    m_found = nullptr;
    if (m_next != 0)
        return;
    m_begin = m_scheduler.after(Milliseconds(0), [this] { next(); });
}

void ConnectionTest::next()
{
    const auto isCleaning = [](auto check) { return check == &ConnectionTest::checkRemoval; };
    while (m_isGivenUp && m_next < m_checks.size() && !isCleaning(m_checks[m_next]))
        ++m_next;
    if (m_next < m_checks.size()) {
        (this->*m_checks[m_next++])();
        return;
    }
    if (const auto done = std::exchange(m_done, nullptr))
        done();
}

void ConnectionTest::tell(const ConnectionFinding &finding)
{
    if (const auto found = m_found)   // a copy: it may give up
        found(finding);
}

void ConnectionTest::tell(Check check, Outcome outcome, const std::optional<Error> &error, const ObjectAddress &object)
{
    tell({.check = check, .outcome = outcome, .object = object, .error = error});
}

void ConnectionTest::stop(Check check, const Error &error, const ObjectAddress &object)
{
    m_next = m_checks.size();
    tell({.check = check, .outcome = Outcome::Failed, .isLast = true, .object = object, .error = error});
    next();
}

void ConnectionTest::tellReached(const std::optional<Error> &refusal)
{
    tell({.check = Check::Reachable, .isEncrypted = store().isEncrypted(), .object = {m_place.bucket, {}}, .error = refusal});
}

void ConnectionTest::checkService()
{
    ask<QList<BucketSummary>>([this](auto done) { return store().listBuckets(std::move(done)); }, [this](const Result<QList<BucketSummary>> &buckets) {
        if (!buckets && buckets.error().kind != ErrorKind::AccessDenied) {
            stop(Check::Reachable, buckets.error(), {});
            return;
        }
        tellReached(buckets ? std::optional<Error>() : buckets.error());
        if (buckets)
            tell({.check = Check::Buckets, .count = buckets->size()});
        else
            unknown(Check::Buckets, buckets.error());
        next();
    });
}

void ConnectionTest::checkBucket()
{
    // HEAD has no body, so its 403 does not say why; a listing of one page does.
    ask<ObjectPage>([this](auto done) { return store().listObjects(m_place.bucket, m_test.key, {}, {}, std::move(done)); }, [this](const Result<ObjectPage> &page) {
        const ObjectAddress bucket{m_place.bucket, {}};
        if (!page && page.error().kind != ErrorKind::AccessDenied) {
            stop(page.error().kind == ErrorKind::NoSuchBucket ? Check::Bucket : Check::Reachable, page.error(), bucket);
            return;
        }
        tellReached(page ? std::optional<Error>() : page.error());
        tell(Check::Credentials, Outcome::Passed, {}, bucket);
        if (page)
            tell(Check::Bucket, Outcome::Passed, {}, bucket);
        else
            tell(Check::Bucket, Outcome::Unknown, page.error(), bucket);
        next();
    });
}

void ConnectionTest::checkClock()
{
    const Milliseconds offset = std::chrono::duration_cast<Milliseconds>(store().serverNow() - m_clock.wallNow());
    const bool isRight = std::chrono::abs(offset) < kHarmlessSkew + std::chrono::seconds(1);
    tell({.check = Check::Clock, .outcome = isRight ? Outcome::Passed : Outcome::Unknown, .clockOffset = offset});
    next();
}

void ConnectionTest::checkPlace()
{
    tell({.check = Check::Region, .fact = QString::fromUtf8(store().regionOf(m_place.bucket)), .object = {m_place.bucket, {}}});
    const bool isPath = store().addressingOf(m_place.bucket) == AddressingStyle::Path;
    tell({.check = Check::Addressing, .fact = isPath ? QStringLiteral("path") : QStringLiteral("virtual-hosted"), .object = {m_place.bucket, {}}});
    next();
}

void ConnectionTest::checkListing()
{
    ask<ObjectPage>([this](auto done) { return store().listObjects(m_place.bucket, m_place.key, QByteArrayLiteral("/"), {}, std::move(done)); },
                    [this](const Result<ObjectPage> &page) {
                        if (page)
                            passed(Check::Listing);
                        else
                            unknown(Check::Listing, page.error());
                        next();
                    });
}

void ConnectionTest::checkReading()
{
    if (!m_isWritten) {
        next();
        return;
    }
    ask<ObjectHead>([this](auto done) { return store().headObject(m_test, std::move(done)); }, [this](const Result<ObjectHead> &head) {
        if (head)
            passed(Check::Reading);
        else if (isAboutRights(head.error()))
            unknown(Check::Reading, head.error());
        else
            failed(Check::Reading, head.error());
        next();
    });
}

void ConnectionTest::checkRemoval()
{
    if (!m_mayBeWritten) {
        next();
        return;
    }
    ask<void>([this](auto done) { return store().deleteObject(m_test, std::move(done)); }, [this](const Result<void> &removed) {
        if (removed && m_isWritten)
            passed(Check::Deletion);
        else if (m_isWritten)
            unknown(Check::Deletion, removed.error());
        next();
    });
}

void ConnectionTest::checkUnfinished()
{
    ask<UploadPage>([this](auto done) { return store().listMultipartUploads(m_place.bucket, m_place.key, {}, {}, std::move(done)); },
                    [this](const Result<UploadPage> &page) {
                        if (page)
                            tell({.check = Check::Unfinished, .count = page->uploads.size(), .object = m_place});
                        else
                            tell(Check::Unfinished, Outcome::Unknown, page.error(), m_place);
                        next();
                    });
}

void ConnectionTest::checkLifecycle()
{
    ask<QByteArray>([this](auto done) { return store().bucketConfiguration(m_place.bucket, QByteArrayLiteral("lifecycle"), std::move(done)); },
                    [this](const Result<QByteArray> &xml) {
                        ConnectionFinding finding{.check = Check::LifecycleRule, .outcome = Outcome::Unknown, .object = {m_place.bucket, {}}};
                        if (xml) {
                            if (const auto days = daysUntilAbort(abortRulesFrom(*xml), m_test.key)) {
                                finding.outcome = Outcome::Passed;
                                finding.count = *days;
                            }
                        } else if (xml.error().httpStatus != 404) {
                            finding.error = xml.error();
                        }
                        tell(finding);
                        next();
                    });
}

void ConnectionTest::checkCors()
{
    ask<QByteArray>([this](auto done) { return store().bucketConfiguration(m_place.bucket, QByteArrayLiteral("cors"), std::move(done)); },
                    [this](const Result<QByteArray> &xml) {
                        const ObjectAddress bucket{m_place.bucket, {}};
                        if (xml || xml.error().httpStatus == 404)
                            tell({.check = Check::Cors, .count = xml ? xml->count("<CORSRule") : 0, .object = bucket});
                        else
                            tell(Check::Cors, Outcome::Unknown, xml.error(), bucket);
                        next();
                    });
}

}  // namespace packmule
