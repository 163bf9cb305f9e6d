// The second half of ConnectionTest: the checks that write a small object and an upload.
#include "core/transfer/ConnectionTest.h"

#include "core/integrity/Digest.h"

#include <QBuffer>

namespace packmule {

namespace {

constexpr char kContent[] = "Packmule doctor: this object may be deleted.\n";
constexpr int kFewParts = 10;

ChecksumAlgorithm nextBest(ChecksumAlgorithm algorithm)
{
    return algorithm == ChecksumAlgorithm::Crc64Nvme ? ChecksumAlgorithm::Crc32c
        : algorithm == ChecksumAlgorithm::Crc32c     ? ChecksumAlgorithm::Crc32
                                                     : ChecksumAlgorithm::Md5;
}

}  // namespace

IntegrityPlan ConnectionTest::plan(ChecksumAlgorithm algorithm) const
{
    return {algorithm, !m_open.store->isEncrypted() || algorithm == ChecksumAlgorithm::None};
}

ObjectBody ConnectionTest::body(ChecksumAlgorithm algorithm) const
{
    const QByteArray content(kContent);
    auto device = std::make_unique<QBuffer>();
    device->setData(content);
    device->open(QIODevice::ReadOnly);
    ObjectBody body{std::move(device), ByteCount(content.size()), {}};
    body.digests.sha256 = sha256(content);
    if (algorithm != ChecksumAlgorithm::None) {
        const auto digest = makeDigest(algorithm);
        digest->add(content);
        body.digests.checksum = {algorithm, digest->result(), false};
    }
    return body;
}

void ConnectionTest::checkWriting()
{
    put(m_open.limits.hasChecksums ? ChecksumAlgorithm::Crc64Nvme : ChecksumAlgorithm::Md5);
}

/// The checksums in the order in which uploads prefer them, until the store tells one back.
void ConnectionTest::put(ChecksumAlgorithm algorithm)
{
    ask<StoredObject>([this, algorithm](auto done) { return store().putObject(m_test, {}, plan(algorithm), body(algorithm), false, {}, std::move(done)); },
                      [this, algorithm](const Result<StoredObject> &stored) {
                          const bool isUnknown = !stored && stored.error().kind == ErrorKind::ChecksumUnknown;
                          m_isWritten = m_isWritten || stored.has_value();
                          // An object whose answer was lost may be there all the same.
                          m_mayBeWritten = m_isWritten || isWorthAnotherTry(stored.error().kind);
                          if (!stored && !isUnknown) {
                              failed(Check::Writing, stored.error());
                              next();
                              return;
                          }
                          const bool isProof = stored && stored->checksumEchoed;
                          if (!isProof && algorithm != ChecksumAlgorithm::Md5 && !m_isGivenUp) {
                              put(nextBest(algorithm));
                              return;
                          }
                          m_algorithm = algorithm;
                          passed(Check::Writing);
                          if (isProof)
                              tell({.check = Check::Checksum, .fact = QString::fromLatin1(checksumAlgorithmName(algorithm)), .object = m_test});
                          else
                              unknown(Check::Checksum, {});
                          next();
                      });
}

void ConnectionTest::checkMultipart()
{
    if (!m_open.limits.hasMultipart) {
        unknown(Check::Multipart, {});
        next();
        return;
    }
    ask<CreatedUpload>([this](auto done) { return store().createMultipartUpload(m_test, {}, plan(m_algorithm), std::move(done)); },
                       [this](const Result<CreatedUpload> &created) {
                           if (created) {
                               sendPart(created->uploadId);
                               return;
                           }
                           failed(Check::Multipart, created.error());
                           next();
                       });
}

void ConnectionTest::sendPart(const QByteArray &uploadId)
{
    if (m_isGivenUp) {
        abortUpload(uploadId);
        return;
    }
    ask<PartReceipt>([this, uploadId](auto done) {
        return store().uploadPart({m_test, uploadId, PartNumber::fromIndex(0)}, plan(m_algorithm), body(m_algorithm), {}, std::move(done));
    },
                     [this, uploadId](const Result<PartReceipt> &receipt) {
                         if (receipt) {
                             listParts(uploadId);
                             return;
                         }
                         failed(Check::Multipart, receipt.error());
                         abortUpload(uploadId);
                     });
}

void ConnectionTest::listParts(const QByteArray &uploadId)
{
    ask<PartPage>([this, uploadId](auto done) { return store().listParts(m_test, uploadId, 0, kFewParts, std::move(done)); }, [this, uploadId](const Result<PartPage> &page) {
        passed(Check::Multipart);
        if (page && page->parts.size() == 1)
            passed(Check::Resume);
        else
            unknown(Check::Resume, page ? std::optional<Error>() : page.error());
        abortUpload(uploadId);
    });
}

void ConnectionTest::abortUpload(const QByteArray &uploadId)
{
    ask<void>([this, uploadId](auto done) { return store().abortMultipartUpload(m_test, uploadId, std::move(done)); }, [this](const Result<void> &aborted) {
        if (aborted)
            passed(Check::Abort);
        else
            failed(Check::Abort, aborted.error());
        next();
    });
}

}  // namespace packmule
