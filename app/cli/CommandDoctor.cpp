#include "app/cli/CommandDoctor.h"

#include "app/Composition.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"

#include <CLI/CLI.hpp>

#include <QBuffer>

namespace packmule {

namespace {

constexpr char kContent[] = "Packmule doctor: this object may be deleted.\n";
constexpr std::chrono::seconds kHarmlessSkew{60};
constexpr std::chrono::seconds kAllowedSkew{15 * 60};  // facts A1.11

bool isAboutRights(const Error &error)
{
    return error.kind == ErrorKind::AccessDenied || error.httpStatus == 403;
}

}  // namespace

CommandFactory declareDoctor(CLI::App &command)
{
    auto arguments = std::make_shared<DoctorArguments>();
    command.add_option("URI", arguments->uri, "s3://bucket or s3://bucket/prefix: where you want to upload to")->option_text(" ");
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandDoctor>(context, *arguments); };
}

CommandDoctor::CommandDoctor(const CommandContext &context, DoctorArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandDoctor::readArguments()
{
    if (m_arguments.uri.empty())
        return {};
    const auto place = s3UriFrom(argumentBytes(m_arguments.uri));
    if (!place)
        return std::unexpected(place.error());
    m_place = *place;
    return {};
}

void CommandDoctor::run()
{
    if (m_place.bucket.isEmpty()) {
        m_checks = {[this] { checkService(); }, [this] { checkClock(); }};
        next();
        return;
    }
    m_test = {m_place.bucket, m_place.key + ".packmule-doctor-" + randomBytes(8).toHex()};
    m_checks = {[this] { checkBucket(); }, [this] { checkClock(); }, [this] { checkListing(); }, [this] { checkWriting(); },
                [this] { checkReading(); }, [this] { checkMultipart(); }, [this] { checkRemoval(); }, [this] { checkUnfinished(); },
                [this] { checkLifecycle(); }, [this] { checkCors(); }};
    next();
}

void CommandDoctor::next()
{
    if (m_next < m_checks.size()) {
        m_checks[m_next++]();
        return;
    }
    if (!isJson())
        output().note(m_failed == 0 ? QStringLiteral("All is well.") : QStringLiteral("%1 checks failed.").arg(m_failed));
    Q_EMIT finished(m_failed == 0 ? ExitCode::kDone : ExitCode::kSomeFailed);
}

void CommandDoctor::show(const char *mark, const QString &name, const QString &sentence)
{
    if (isJson()) {
        QJsonObject json = event("check", m_place);
        json.insert(QLatin1String("name"), name);
        json.insert(QLatin1String("result"), QLatin1String(mark));
        json.insert(QLatin1String("text"), sentence);
        output().printJson(json);
        return;
    }
    output().printLine(QStringLiteral("%1  %2  %3").arg(QLatin1String(mark), -7).arg(name, -12).arg(sentence));
    output().flush();
}

void CommandDoctor::passed(const QString &name, const QString &sentence)
{
    show("ok", name, sentence);
}

void CommandDoctor::failed(const QString &name, const Error &error, const ObjectAddress &object)
{
    ++m_failed;
    show("FAILED", name, errorCause(error) + QStringLiteral(". ") + errorAdvice(error, {{}, object}));
}

void CommandDoctor::unknown(const QString &name, const QString &sentence)
{
    show("?", name, sentence);
}

void CommandDoctor::stop(const QString &name, const Error &error, const ObjectAddress &object)
{
    failed(name, error, object);
    Q_EMIT finished(exitCodeFor(error));
}

void CommandDoctor::checkService()
{
    ask<QList<BucketSummary>>([this](auto done) { return store().listBuckets(std::move(done)); }, [this](Result<QList<BucketSummary>> buckets) {
        if (buckets) {
            passed(QStringLiteral("endpoint"), QStringLiteral("answers, and takes these credentials"));
            passed(QStringLiteral("buckets"), QStringLiteral("%1 are yours").arg(buckets->size()));
        } else if (isAboutRights(buckets.error()) && buckets.error().kind == ErrorKind::AccessDenied) {
            passed(QStringLiteral("endpoint"), QStringLiteral("answers"));
            unknown(QStringLiteral("buckets"), QStringLiteral("these credentials may not list buckets; name one: packmule doctor s3://BUCKET"));
        } else {
            stop(QStringLiteral("endpoint"), buckets.error(), {});
            return;
        }
        next();
    });
}

void CommandDoctor::checkBucket()
{
    // HEAD has no body, so its 403 does not say why; a listing of one page does.
    ask<ObjectPage>([this](auto done) { return store().listObjects(m_place.bucket, m_test.key, {}, {}, std::move(done)); }, [this](Result<ObjectPage> page) {
        if (!page && page.error().kind != ErrorKind::AccessDenied) {
            stop(page.error().kind == ErrorKind::NoSuchBucket ? QStringLiteral("bucket") : QStringLiteral("endpoint"), page.error(), bucketPlace());
            return;
        }
        passed(QStringLiteral("endpoint"), store().isEncrypted() ? QStringLiteral("answers over TLS") : QStringLiteral("answers, over plain http: anybody on the way can read along"));
        passed(QStringLiteral("credentials"), connection().isAnonymous ? QStringLiteral("none, as asked") : QStringLiteral("accepted"));
        if (page)
            passed(QStringLiteral("bucket"), QStringLiteral("s3://%1 is there").arg(displayName(m_place.bucket)));
        else
            unknown(QStringLiteral("bucket"), QStringLiteral("these credentials may not list it"));
        next();
    });
}

void CommandDoctor::checkClock()
{
    const auto offset = std::chrono::duration_cast<std::chrono::seconds>(store().serverNow() - context().composition.clock().wallNow());
    const QString text = QStringLiteral("%1 %2 the service's").arg(durationText(std::chrono::abs(offset)), offset.count() > 0 ? QLatin1String("behind") : QLatin1String("ahead of"));
    if (std::chrono::abs(offset) <= kHarmlessSkew)
        passed(QStringLiteral("clock"), QStringLiteral("right"));
    else if (std::chrono::abs(offset) <= kAllowedSkew)
        unknown(QStringLiteral("clock"), text + QStringLiteral("; still accepted, but better set it (timedatectl set-ntp true)"));
    else
        unknown(QStringLiteral("clock"), text + QStringLiteral("; Packmule corrects for it, other tools will not. Set it (timedatectl set-ntp true)"));
    next();
}

void CommandDoctor::checkListing()
{
    ask<ObjectPage>([this](auto done) { return store().listObjects(m_place.bucket, m_place.key, QByteArrayLiteral("/"), {}, std::move(done)); },
                    [this](Result<ObjectPage> page) {
                        if (page)
                            passed(QStringLiteral("list"), QStringLiteral("allowed"));
                        else
                            unknown(QStringLiteral("list"), QStringLiteral("not allowed; uploads work without it, \"packmule ls\" does not"));
                        next();
                    });
}

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

void CommandDoctor::put(ChecksumAlgorithm algorithm)
{
    ask<StoredObject>([this, algorithm](auto done) { return store().putObject(m_test, {}, plan(algorithm), body(algorithm), false, {}, std::move(done)); },
                      [this, algorithm](Result<StoredObject> stored) {
                          const QString name = QString::fromLatin1(checksumAlgorithmName(algorithm));
                          if (!stored && stored.error().kind == ErrorKind::ChecksumUnknown && algorithm != ChecksumAlgorithm::Md5) {
                              put(algorithm == ChecksumAlgorithm::Crc64Nvme ? ChecksumAlgorithm::Crc32c : ChecksumAlgorithm::Md5);
                              return;
                          }
                          if (!stored) {
                              failed(QStringLiteral("write"), stored.error(), m_test);
                              next();
                              return;
                          }
                          m_isWritten = true;
                          m_algorithm = algorithm;
                          passed(QStringLiteral("write"), QStringLiteral("allowed"));
                          if (stored->checksumEchoed)
                              passed(QStringLiteral("checksums"), QStringLiteral("the store knows %1 of whole objects").arg(name));
                          else
                              unknown(QStringLiteral("checksums"), QStringLiteral("the store tells no checksum back; uploads are proved by Content-MD5 and the signature instead"));
                          next();
                      });
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

void CommandDoctor::checkUnfinished()
{
    ask<UploadPage>([this](auto done) { return store().listMultipartUploads(m_place.bucket, m_place.key, {}, {}, std::move(done)); }, [this](Result<UploadPage> page) {
        if (!page)
            unknown(QStringLiteral("unfinished"), QStringLiteral("the uploads that are under way cannot be listed"));
        else if (page->uploads.isEmpty())
            passed(QStringLiteral("unfinished"), QStringLiteral("no unfinished upload lies around"));
        else
            passed(QStringLiteral("unfinished"), QStringLiteral("%1 uploads are under way or forgotten; \"packmule uploads ls %2\" shows them")
                                                     .arg(page->uploads.size()).arg(s3UriText(m_place)));
        next();
    });
}

void CommandDoctor::checkLifecycle()
{
    ask<QByteArray>([this](auto done) { return store().bucketConfiguration(m_place.bucket, QByteArrayLiteral("lifecycle"), std::move(done)); },
                    [this](Result<QByteArray> xml) {
                        const QString name = QStringLiteral("lifecycle");
                        if (xml && xml->contains("<AbortIncompleteMultipartUpload"))
                            passed(name, QStringLiteral("the bucket deletes unfinished uploads by itself; an upload that rests longer begins anew"));
                        else if (xml || xml.error().httpStatus == 404)
                            unknown(name, QStringLiteral("no rule deletes unfinished uploads; what other tools forget is paid for until somebody aborts it"));
                        else
                            unknown(name, QStringLiteral("cannot be read (%1)").arg(errorCause(xml.error())));
                        next();
                    });
}

void CommandDoctor::checkCors()
{
    ask<QByteArray>([this](auto done) { return store().bucketConfiguration(m_place.bucket, QByteArrayLiteral("cors"), std::move(done)); },
                    [this](Result<QByteArray> xml) {
                        const QString name = QStringLiteral("cors");
                        if (xml && xml->contains("<CORSRule"))
                            passed(name, QStringLiteral("the bucket has rules for browsers"));
                        else if (xml || xml.error().httpStatus == 404)
                            passed(name, QStringLiteral("no rules for browsers; uploads by Packmule need none"));
                        else
                            unknown(name, QStringLiteral("cannot be read (%1)").arg(errorCause(xml.error())));
                        next();
                    });
}

}  // namespace packmule
