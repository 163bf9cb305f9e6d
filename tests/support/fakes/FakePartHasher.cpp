#include "tests/support/fakes/FakePartHasher.h"

#include "core/integrity/Digest.h"

#include <utility>

namespace packmule {

CallHandle FakePartHasher::hash(std::shared_ptr<SourceFile> file, qint64 offset, ByteCount size,
                                const IntegrityPlan &integrity, std::function<void(Result<BodyDigests>)> done)
{
    slices.append({offset, size});
    QByteArray bytes(size.value(), '\0');
    const Result<qint64> got = file->read(bytes.data(), size.value(), offset);
    Result<BodyDigests> digests = BodyDigests{};
    if (!got)
        digests = std::unexpected(got.error());
    else if (*got != size.value())
        digests = failure(ErrorKind::SourceChanged, QStringLiteral("the file ended early"));
    else
        digests = digestsOf(bytes, integrity);
    return m_scheduler.after(latency, [done = std::move(done), digests = std::move(digests)] { done(digests); });
}

BodyDigests digestsOf(const QByteArray &bytes, const IntegrityPlan &integrity)
{
    BodyDigests digests;
    if (integrity.algorithm != ChecksumAlgorithm::None) {
        const auto digest = makeDigest(integrity.algorithm);
        digest->add(bytes);
        digests.checksum = {.algorithm = integrity.algorithm, .rawBytes = digest->result(), .isComposite = false};
    }
    if (integrity.signPayload)
        digests.sha256 = sha256(bytes);
    return digests;
}

}  // namespace packmule
