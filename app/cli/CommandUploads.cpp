#include "app/cli/CommandUploads.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QDateTime>

namespace packmule {

namespace {

constexpr int kParallelAborts = 8;

CommandFactory declareUploads(CLI::App &command, CommandUploads::Verb verb)
{
    auto arguments = std::make_shared<UploadsArguments>();
    command.add_option("URI", arguments->uri, "s3://bucket, or s3://bucket/prefix")->option_text(" ")->required();
    command.add_option("--older-than", arguments->olderThan, "Only those begun longer ago: 12h, 7d")->type_name("DURATION");
    if (verb == CommandUploads::Verb::Abort) {
        command.add_option("--upload-id", arguments->uploadId, "This one, of exactly the key in URI")->type_name("ID");
        command.add_flag("--yes", arguments->yes, "Do not ask");
    }
    declareS3Options(command, arguments->s3);
    return [arguments, verb](const CommandContext &context) { return std::make_unique<CommandUploads>(context, *arguments, verb); };
}

}  // namespace

CommandFactory declareUploadsLs(CLI::App &command)
{
    return declareUploads(command, CommandUploads::Verb::List);
}

CommandFactory declareUploadsAbort(CLI::App &command)
{
    return declareUploads(command, CommandUploads::Verb::Abort);
}

CommandUploads::CommandUploads(const CommandContext &context, UploadsArguments arguments, Verb verb)
    : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments)), m_verb(verb), m_needed(context)
{
}

Result<void> CommandUploads::readArguments()
{
    const bool isOne = !m_arguments.uploadId.empty();
    const auto place = isOne ? objectUriFrom(argumentBytes(m_arguments.uri)) : s3UriFrom(argumentBytes(m_arguments.uri));
    if (!place)
        return std::unexpected(place.error());
    m_place = *place;
    if (!m_arguments.olderThan.empty()) {
        m_olderThan = durationFromText(QString::fromUtf8(argumentBytes(m_arguments.olderThan)));
        if (!m_olderThan)
            return failure(ErrorKind::InvalidRequest, QStringLiteral("--older-than \"%1\" is no duration; write 12h or 7d.").arg(displayName(argumentBytes(m_arguments.olderThan))));
    }
    if (m_verb == Verb::Abort && !isOne && !m_arguments.yes && !Output::canAsk())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("uploads abort ends every unfinished upload below %1. Nobody can be asked here; add --yes to do it.").arg(s3UriText(m_place)));
    return {};
}

void CommandUploads::run()
{
    if (m_arguments.uploadId.empty()) {
        listPage({}, {});
        return;
    }
    m_waiting.append({m_place, argumentBytes(m_arguments.uploadId), {}, {}, {}});
    spareNeeded([this] { abortMore(); });
}

void CommandUploads::listPage(const QByteArray &keyMarker, const QByteArray &uploadIdMarker)
{
    ask<UploadPage>([this, keyMarker, uploadIdMarker](auto done) { return store().listMultipartUploads(m_place.bucket, m_place.key, keyMarker, uploadIdMarker, std::move(done)); },
                    [this, keyMarker, uploadIdMarker](Result<UploadPage> page) {
                        if (!page) {
                            fail(page.error(), {{}, ObjectAddress{m_place.bucket, {}}});
                            return;
                        }
                        for (const UnfinishedUpload &upload : std::as_const(page->uploads))
                            take(upload);
                        output().flush();
                        const bool hasNext = !page->nextKeyMarker.isEmpty() || !page->nextUploadIdMarker.isEmpty();
                        const bool moved = page->nextKeyMarker != keyMarker || page->nextUploadIdMarker != uploadIdMarker;
                        if (hasNext && moved)
                            listPage(page->nextKeyMarker, page->nextUploadIdMarker);
                        else if (m_verb == Verb::Abort)
                            spareNeeded([this] { confirmAndAbort(); });
                        else
                            Q_EMIT finished(ExitCode::kDone);
                    });
}

void CommandUploads::take(const UnfinishedUpload &upload)
{
    UnfinishedUpload found = upload;
    found.object.bucket = m_place.bucket;
    if (m_olderThan && store().serverNow() - found.initiated < *m_olderThan)
        return;
    if (m_verb == Verb::List)
        print(found);
    else
        m_waiting.append(found);
}

void CommandUploads::print(const UnfinishedUpload &upload)
{
    const QDateTime begun = QDateTime::fromMSecsSinceEpoch(upload.initiated.time_since_epoch().count());
    if (isJson()) {
        QJsonObject json = event("upload", upload.object);
        json.insert(QLatin1String("uploadId"), QString::fromUtf8(upload.uploadId));
        json.insert(QLatin1String("initiated"), begun.toUTC().toString(Qt::ISODateWithMs));
        output().printJson(json);
    } else {
        output().printLine(QStringLiteral("%1 %2 %3").arg(begun.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")), displayName(upload.uploadId), displayName(upload.object.key)));
    }
}

void CommandUploads::spareNeeded(const std::function<void()> &then)
{
    m_needed.read([this, then](const Result<void> &read) {
        if (!read) {
            fail(read.error(), {});
            return;
        }
        for (const UnfinishedUpload &upload : std::exchange(m_waiting, {})) {
            if (const TransferId transfer = m_needed.neededBy(upload.object, upload.uploadId))
                spare(upload, transfer);
            else
                m_waiting.append(upload);
        }
        then();
    });
}

void CommandUploads::spare(const UnfinishedUpload &upload, TransferId transfer)
{
    ++m_spared;
    const QString how = m_needed.ownerPid() > 0
        ? QStringLiteral("which process %1 has in hand; \"packmule queue remove %2\" gives it up and aborts its upload").arg(QString::number(m_needed.ownerPid()), QString::number(transfer))
        : QStringLiteral("which is unfinished; \"packmule resume %1\" carries it on, \"packmule queue remove %1\" gives it up and aborts its upload").arg(transfer);
    output().warn(QStringLiteral("%1: left alone, because the upload %2 belongs to transfer %3, %4.")
                      .arg(s3UriText(upload.object), displayName(upload.uploadId), QString::number(transfer), how));
    if (!isJson())
        return;
    QJsonObject json = event("skipped", upload.object);
    json.insert(QLatin1String("uploadId"), QString::fromUtf8(upload.uploadId));
    json.insert(QLatin1String("transfer"), transfer);
    json.insert(QLatin1String("reason"), QLatin1String("needed"));
    output().printJson(json);
}

void CommandUploads::confirmAndAbort()
{
    if (m_waiting.isEmpty()) {
        if (m_spared > 0) {
            abortMore();
            return;
        }
        output().note(QStringLiteral("There is no unfinished upload below %1.").arg(s3UriText(m_place)));
        Q_EMIT finished(ExitCode::kDone);
        return;
    }
    if (!m_arguments.yes && !output().confirm(QStringLiteral("Abort %1 unfinished uploads below %2?").arg(QString::number(m_waiting.size()), s3UriText(m_place)))) {
        output().note(QStringLiteral("Nothing was aborted."));
        Q_EMIT finished(ExitCode::kInterrupted);
        return;
    }
    abortMore();
}

void CommandUploads::abortMore()
{
    while (m_inFlight < kParallelAborts && !m_waiting.isEmpty())
        abortOne(m_waiting.takeFirst());
    if (m_inFlight > 0)
        return;
    if (m_failed == 0)
        Q_EMIT finished(m_spared > 0 ? ExitCode::kSomeSkipped : ExitCode::kDone);
    else
        Q_EMIT finished(m_aborted > 0 ? ExitCode::kSomeFailed : exitCodeFor(*m_lastError));
}

void CommandUploads::abortOne(const UnfinishedUpload &upload)
{
    ++m_inFlight;
    ask<void>([this, upload](auto done) { return store().abortMultipartUpload(upload.object, upload.uploadId, std::move(done)); },
              [this, upload](Result<void> result) {
                  --m_inFlight;
                  if (!result) {
                      ++m_failed;
                      m_lastError = result.error();
                      report(result.error(), {{}, upload.object});
                  } else {
                      ++m_aborted;
                      if (isJson()) {
                          QJsonObject json = event("aborted", upload.object);
                          json.insert(QLatin1String("uploadId"), QString::fromUtf8(upload.uploadId));
                          output().printJson(json);
                      } else if (!output().style().isQuiet) {
                          output().printLine(QStringLiteral("aborted %1 %2").arg(s3UriText(upload.object), displayName(upload.uploadId)));
                      }
                  }
                  abortMore();
              });
}

}  // namespace packmule
