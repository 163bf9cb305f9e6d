#include "app/cli/CommandPutDryRun.h"

#include "app/Composition.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"
#include "core/transfer/PartLayout.h"

#include <QJsonObject>

namespace packmule {

CommandPutDryRun::CommandPutDryRun(const CommandContext &context, PutArguments arguments) : m_context(context), m_arguments(std::move(arguments))
{
}

void CommandPutDryRun::start()
{
    const auto command = putCommandFrom(m_arguments, m_context.composition.settings().settings());
    const auto checked = checkS3Options(m_arguments.s3);
    if (!command || !checked) {
        m_context.output.error(command ? checked.error().detail : command.error().detail);
        Q_EMIT finished(ExitCode::kUsage);
        return;
    }
    m_command = *command;
    QStringList warnings;
    if (const auto connection = connectionFrom(m_arguments.s3, m_context.environment, warnings)) {
        if (const auto opened = m_context.composition.open(*connection))
            m_limits = opened->limits;
    }
    PutRun::Observer observer;
    observer.onFiles = [this](const QList<PlannedFile> &files) {
        for (const PlannedFile &file : files)
            show(file);
        m_context.output.flush();
        m_proceed = m_context.composition.scheduler().after(Milliseconds(0), [this] { m_run->proceed(); });
    };
    observer.onAlreadyCompleted = [](const PlannedFile &, TransferId) {};
    observer.onRefused = [this](const QByteArray &source, const QByteArray &key, const Error &error) { showRefusal(source, key, error); };
    observer.onNotice = [this](const QByteArray &source, const QString &text) { m_context.output.note(QStringLiteral("%1: %2").arg(displayName(source), text)); };
    observer.onWalked = [this] {
        m_context.output.note(QStringLiteral("%1 files, %2 would be uploaded; nothing was sent.").arg(QString::number(m_files), byteCountText(m_bytes)));
        Q_EMIT finished(m_refused == 0 ? ExitCode::kDone : ExitCode::kSomeFailed);
    };
    m_run = std::make_unique<PutRun>(m_command, [] { return makeThreadedFolderScanner(); }, m_context.composition.scheduler(), observer);
    m_run->start();
}

void CommandPutDryRun::show(const PlannedFile &file)
{
    const auto layout = PartLayout::plan(file.identity.size, m_command.options.partSize, m_limits);
    if (!layout) {
        showRefusal(file.sourcePath, file.key, layout.error());
        return;
    }
    ++m_files;
    m_bytes += file.identity.size;
    const ObjectAddress object{m_command.bucket, file.key};
    if (m_context.output.style().isJson) {
        QJsonObject json{{QLatin1String("event"), QLatin1String("wouldUpload")},
                         {QLatin1String("source"), QString::fromUtf8(file.sourcePath)},
                         {QLatin1String("uri"), QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(object.bucket), QString::fromUtf8(object.key))},
                         {QLatin1String("size"), file.identity.size.value()},
                         {QLatin1String("partSize"), layout->partSize().value()},
                         {QLatin1String("parts"), layout->partCount()}};
        if (!file.sourcePath.isValidUtf8())
            json.insert(QLatin1String("sourceBytes"), QString::fromLatin1(file.sourcePath.toBase64()));
        m_context.output.printJson(json);
        return;
    }
    QString shape = byteCountText(file.identity.size);
    if (layout->isMultipart())
        shape += QStringLiteral(", %1 parts of %2").arg(QString::number(layout->partCount()), byteCountText(layout->partSize()));
    if (layout->isPartSizeRaised())
        m_context.output.note(QStringLiteral("%1: the part size is raised to %2, because there are at most %3 parts.")
                                  .arg(displayName(file.sourcePath), byteCountText(layout->partSize()), QString::number(m_limits.maxParts)));
    m_context.output.printLine(QStringLiteral("would upload %1 -> %2 (%3)").arg(displayName(file.sourcePath), s3UriText(object), shape));
}

void CommandPutDryRun::showRefusal(const QByteArray &source, const QByteArray &key, const Error &error)
{
    ++m_refused;
    ErrorPlace place{source, std::nullopt};
    if (!key.isEmpty())
        place.object = ObjectAddress{m_command.bucket, key};
    m_context.output.error(errorSentence(error, place));
}

}  // namespace packmule
