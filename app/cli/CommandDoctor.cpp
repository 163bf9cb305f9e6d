#include "app/cli/CommandDoctor.h"

#include "app/Composition.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"

#include <CLI/CLI.hpp>

namespace packmule {

namespace {

constexpr std::chrono::seconds kHarmlessSkew{60};
constexpr std::chrono::seconds kAllowedSkew{15 * 60};  // facts A1.11

/// "1 bucket is", "3 buckets are".
QString counted(qsizetype count, QLatin1StringView thing)
{
    return count == 1 ? QStringLiteral("1 %1 is").arg(thing) : QStringLiteral("%1 %2s are").arg(count).arg(thing);
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
    return s3UriFrom(argumentBytes(m_arguments.uri)).transform([this](const ObjectAddress &place) { m_place = place; });
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
        output().note(m_failed == 0 ? QStringLiteral("All is well.") : m_failed == 1 ? QStringLiteral("1 check failed.") : QStringLiteral("%1 checks failed.").arg(m_failed));
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
    // The usual advice against this is to ask the doctor.
    const QString advice = error.kind == ErrorKind::AccessDenied ? QStringLiteral("Ask for the permission, or use other credentials.") : errorAdvice(error, {{}, object});
    show("FAILED", name, errorCause(error) + QStringLiteral(". ") + advice);
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
            passed(QStringLiteral("buckets"), counted(buckets->size(), QLatin1StringView("bucket")) + QStringLiteral(" yours"));
        } else if (buckets.error().kind == ErrorKind::AccessDenied) {
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

void CommandDoctor::checkUnfinished()
{
    ask<UploadPage>([this](auto done) { return store().listMultipartUploads(m_place.bucket, m_place.key, {}, {}, std::move(done)); }, [this](Result<UploadPage> page) {
        if (!page)
            unknown(QStringLiteral("unfinished"), QStringLiteral("the uploads that are under way cannot be listed"));
        else if (page->uploads.isEmpty())
            passed(QStringLiteral("unfinished"), QStringLiteral("no unfinished upload lies around"));
        else
            passed(QStringLiteral("unfinished"), counted(page->uploads.size(), QLatin1StringView("upload"))
                                                     + QStringLiteral(" under way or forgotten; \"packmule uploads ls %1\" shows more").arg(s3UriText(m_place)));
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
