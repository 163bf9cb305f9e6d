// The second half of CommandDoctor: the checks that write a small object and an upload, and remove both again.
#include "app/cli/CommandDoctor.h"

#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/integrity/Digest.h"

#include <QBuffer>

namespace packmule {

namespace {

constexpr char kContent[] = "Packmule doctor: this object may be deleted.\n";

bool isAboutRights(const Error &error)
{
    return error.kind == ErrorKind::AccessDenied || error.httpStatus == 403;
}

ChecksumAlgorithm nextBest(ChecksumAlgorithm algorithm)
{
    return algorithm == ChecksumAlgorithm::Crc64Nvme ? ChecksumAlgorithm::Crc32c
        : algorithm == ChecksumAlgorithm::Crc32c     ? ChecksumAlgorithm::Crc32
                                                     : ChecksumAlgorithm::Md5;
}

}  // namespace

IntegrityPlan CommandDoctor::plan(ChecksumAlgorithm algorithm)
{
    return {algorithm, !store().isEncrypted() || algorithm == ChecksumAlgorithm::None};
}

ObjectBody CommandDoctor::body(ChecksumAlgorithm algorithm) const
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

void CommandDoctor::checkWriting()
{
    put(limits().hasChecksums ? ChecksumAlgorithm::Crc64Nvme : ChecksumAlgorithm::Md5);
}

/// The checksums in the order in which uploads prefer them, until the store tells one back.
void CommandDoctor::put(ChecksumAlgorithm algorithm)
{
    ask<StoredObject>([this, algorithm](auto done) { return store().putObject(m_test, {}, plan(algorithm), body(algorithm), false, {}, std::move(done)); },
                      [this, algorithm](const Result<StoredObject> &stored) {
                          const bool isUnknown = !stored && stored.error().kind == ErrorKind::ChecksumUnknown;
                          if (!stored && !isUnknown) {
                              failed(QStringLiteral("write"), stored.error(), m_test);
                              next();
                              return;
                          }
                          m_isWritten = m_isWritten || stored.has_value();
                          const bool isProof = stored && stored->checksumEchoed;
                          if (!isProof && algorithm != ChecksumAlgorithm::Md5)
                              put(nextBest(algorithm));
                          else
                              tellWriting(algorithm, isProof);
                      });
}

void CommandDoctor::tellWriting(ChecksumAlgorithm algorithm, bool isProof)
{
    m_algorithm = algorithm;
    passed(QStringLiteral("write"), QStringLiteral("allowed"));
    if (isProof)
        passed(QStringLiteral("checksums"), QStringLiteral("the store knows %1 of whole objects").arg(QString::fromLatin1(checksumAlgorithmName(algorithm))));
    else
        unknown(QStringLiteral("checksums"), QStringLiteral("the store tells no checksum back; uploads are proved by Content-MD5 and the signature instead"));
    next();
}

void CommandDoctor::checkReading()
{
    if (!m_isWritten) {
        next();
        return;
    }
    ask<ObjectHead>([this](auto done) { return store().headObject(m_test, std::move(done)); }, [this](Result<ObjectHead> head) {
        if (head)
            passed(QStringLiteral("read"), QStringLiteral("allowed; every upload is looked at again when it is complete"));
        else if (isAboutRights(head.error()))
            unknown(QStringLiteral("read"), QStringLiteral("not allowed; uploads are proved by the store's answer alone"));
        else
            failed(QStringLiteral("read"), head.error(), m_test);
        next();
    });
}

void CommandDoctor::checkMultipart()
{
    if (!limits().hasMultipart) {
        unknown(QStringLiteral("multipart"), QStringLiteral("this provider has none"));
        next();
        return;
    }
    ask<CreatedUpload>([this](auto done) { return store().createMultipartUpload(m_test, {}, plan(m_algorithm), std::move(done)); },
                       [this](Result<CreatedUpload> created) {
                           if (created) {
                               sendPart(created->uploadId);
                               return;
                           }
                           failed(QStringLiteral("multipart"), created.error(), m_test);
                           next();
                       });
}

void CommandDoctor::sendPart(const QByteArray &uploadId)
{
    ask<PartReceipt>([this, uploadId](auto done) {
        return store().uploadPart({m_test, uploadId, PartNumber::fromIndex(0)}, plan(m_algorithm), body(m_algorithm), {}, std::move(done));
    },
                     [this, uploadId](Result<PartReceipt> receipt) {
                         if (receipt) {
                             listParts(uploadId);
                             return;
                         }
                         failed(QStringLiteral("multipart"), receipt.error(), m_test);
                         abortUpload(uploadId);
                     });
}

void CommandDoctor::listParts(const QByteArray &uploadId)
{
    ask<PartPage>([this, uploadId](auto done) { return store().listParts(m_test, uploadId, 0, 10, std::move(done)); }, [this, uploadId](Result<PartPage> page) {
        passed(QStringLiteral("multipart"), QStringLiteral("works"));
        if (page && page->parts.size() == 1)
            passed(QStringLiteral("resume"), QStringLiteral("the store lists the parts it has"));
        else
            unknown(QStringLiteral("resume"), QStringLiteral("the store does not list the parts it has; Packmule relies on its journal"));
        abortUpload(uploadId);
    });
}

void CommandDoctor::abortUpload(const QByteArray &uploadId)
{
    ask<void>([this, uploadId](auto done) { return store().abortMultipartUpload(m_test, uploadId, std::move(done)); }, [this](Result<void> aborted) {
        if (aborted)
            passed(QStringLiteral("abort"), QStringLiteral("allowed"));
        else
            failed(QStringLiteral("abort"), aborted.error(), m_test);
        next();
    });
}

void CommandDoctor::checkRemoval()
{
    if (!m_isWritten) {
        next();
        return;
    }
    ask<void>([this](auto done) { return store().deleteObject(m_test, std::move(done)); }, [this](Result<void> removed) {
        if (removed)
            passed(QStringLiteral("delete"), QStringLiteral("allowed; the test object is gone again"));
        else
            unknown(QStringLiteral("delete"), QStringLiteral("not allowed, so the test object stays: %1").arg(s3UriText(m_test)));
        next();
    });
}

}  // namespace packmule
