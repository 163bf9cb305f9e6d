#pragma once

#include "core/integrity/Digest.h"
#include "core/s3/S3ObjectStore.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/unit/s3/FakeSigner.h"
#include "tests/unit/s3/FakeTransport.h"

#include <QBuffer>
#include <QTest>

namespace packmule {

/// An S3ObjectStore between fakes, and the outcome of the call under test.
struct StoreUnderTest {
    explicit StoreUnderTest(const QByteArray &url = "https://store.example.com", const QByteArray &provider = "other")
        : store(transport, signer, clock, {.endpoint = *Endpoint::parse(url, {}), .profile = *providerProfile(provider)})
    {
    }

    FakeTransport transport;
    FakeSigner signer;
    FakeClock clock;
    S3ObjectStore store;
    CallHandle call;
};

inline const ObjectAddress kObject{.bucket = "photos", .key = "a b/c.jpg"};
inline const IntegrityPlan kCrc64{.algorithm = ChecksumAlgorithm::Crc64Nvme, .signPayload = false};
inline const IntegrityPlan kSigned{.algorithm = ChecksumAlgorithm::None, .signPayload = true};
inline const IntegrityPlan kMd5{.algorithm = ChecksumAlgorithm::Md5, .signPayload = false};

inline ObjectBody bodyOf(const QByteArray &bytes, const IntegrityPlan &plan)
{
    auto buffer = std::make_unique<QBuffer>();
    buffer->setData(bytes);
    buffer->open(QIODevice::ReadOnly);
    ObjectBody body{.device = std::move(buffer), .size = ByteCount(bytes.size()), .digests = {}};
    if (plan.algorithm != ChecksumAlgorithm::None) {
        const auto digest = makeDigest(plan.algorithm);
        digest->add(bytes);
        body.digests.checksum = {.algorithm = plan.algorithm, .rawBytes = digest->result()};
    }
    if (plan.signPayload)
        body.digests.sha256 = sha256(bytes);
    return body;
}

inline QByteArray errorXml(const QByteArray &code, const QByteArray &more = {})
{
    return "<Error><Code>" + code + "</Code><Message>m</Message>" + more + "</Error>";
}

/// Waits for the call's `done`, through which the result has come.
template<typename T>
class Outcome
{
public:
    Done<T> done()
    {
        return [this](Result<T> result) {
            ++m_calls;
            m_result = std::move(result);
        };
    }
    bool wait()
    {
        return QTest::qWaitFor([this] { return m_calls > 0; }, 5000) && m_calls == 1;
    }
    bool isPending() const { return m_calls == 0; }
    bool isGood() const { return m_result && m_result->has_value(); }
    const auto &value() const { return m_result->value(); }
    const Error &error() const { return m_result->error(); }
    QByteArray kind() const { return !m_result ? "pending" : isGood() ? QByteArray("none") : errorKindName(error().kind); }

private:
    std::optional<Result<T>> m_result;
    int m_calls = 0;
};

}  // namespace packmule
