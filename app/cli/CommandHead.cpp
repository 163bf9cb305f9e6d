#include "app/cli/CommandHead.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QDateTime>
#include <QTimeZone>

namespace packmule {

CommandFactory declareHead(CLI::App &command)
{
    auto arguments = std::make_shared<HeadArguments>();
    command.add_option("OBJECT", arguments->uri, "s3://bucket/key")->option_text(" ")->required();
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandHead>(context, *arguments); };
}

CommandHead::CommandHead(const CommandContext &context, HeadArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandHead::readArguments()
{
    return objectUriFrom(argumentBytes(m_arguments.uri)).transform([this](const ObjectAddress &object) { m_object = object; });
}

void CommandHead::run()
{
    ask<ObjectHead>([this](auto done) { return store().headObject(m_object, std::move(done)); }, [this](Result<ObjectHead> head) {
        if (!head) {
            fail(head.error(), {{}, m_object});
            return;
        }
        print(*head);
        Q_EMIT finished(ExitCode::kDone);
    });
}

void CommandHead::print(const ObjectHead &head)
{
    const QString modified = QDateTime::fromMSecsSinceEpoch(head.lastModified.time_since_epoch().count(), QTimeZone::UTC).toString(Qt::ISODateWithMs);
    QString checksum;
    if (!head.checksum.isEmpty()) {
        checksum = QStringLiteral("%1 %2%3").arg(QString::fromLatin1(checksumAlgorithmName(head.checksum.algorithm)),
                                                 QString::fromLatin1(head.checksum.rawBytes.toBase64()),
                                                 head.checksum.isComposite ? QLatin1String(" (of the parts)") : QLatin1String());
    }
    if (isJson()) {
        QJsonObject json = event("object", m_object);
        json.insert(QLatin1String("size"), head.size.value());
        json.insert(QLatin1String("modified"), modified);
        json.insert(QLatin1String("etag"), QString::fromUtf8(head.eTag));
        json.insert(QLatin1String("contentType"), QString::fromUtf8(head.contentType));
        if (!checksum.isEmpty())
            json.insert(QLatin1String("checksum"), checksum);
        QJsonObject metadata;
        for (const auto &[name, value] : head.metadata)
            metadata.insert(QString::fromUtf8(name), QString::fromUtf8(value));
        json.insert(QLatin1String("metadata"), metadata);
        output().printJson(json);
        return;
    }
    const auto line = [this](const char *name, const QString &value) {
        if (!value.isEmpty())
            output().printLine(QStringLiteral("%1 %2").arg(QString::fromLatin1(name).leftJustified(14), value));
    };
    line("object", s3UriText(m_object));
    line("size", QStringLiteral("%1 (%2)").arg(QString::number(head.size.value()), byteCountText(head.size)));
    line("modified", modified);
    line("etag", displayName(head.eTag));
    line("content type", displayName(head.contentType));
    line("storage class", displayName(head.storageClass));
    line("version", displayName(head.versionId));
    line("checksum", checksum);
    for (const auto &[name, value] : head.metadata)
        line("metadata", QStringLiteral("%1=%2").arg(displayName(name), displayName(value)));
}

}  // namespace packmule
