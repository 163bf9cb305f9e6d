#include "app/cli/CommandLs.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QDateTime>
#include <QTimeZone>

namespace packmule {

namespace {

QString timeText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count()).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
}

QString isoText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.time_since_epoch().count(), QTimeZone::UTC).toString(Qt::ISODateWithMs);
}

}  // namespace

CommandFactory declareLs(CLI::App &command)
{
    auto arguments = std::make_shared<LsArguments>();
    command.add_option("URI", arguments->uri, "s3://bucket or s3://bucket/prefix; all buckets if absent")->option_text(" ");
    command.add_flag("-r,--recursive", arguments->recursive, "Every object below, not only the next level");
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandLs>(context, *arguments); };
}

CommandLs::CommandLs(const CommandContext &context, LsArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandLs::readArguments()
{
    if (m_arguments.uri.empty())
        return {};
    return s3UriFrom(argumentBytes(m_arguments.uri)).transform([this](const ObjectAddress &place) { m_place = place; });
}

void CommandLs::run()
{
    if (m_place.bucket.isEmpty())
        listBuckets();
    else
        listPage({});
}

void CommandLs::listBuckets()
{
    ask<QList<BucketSummary>>([this](auto done) { return store().listBuckets(std::move(done)); }, [this](Result<QList<BucketSummary>> buckets) {
        if (!buckets) {
            fail(buckets.error(), {});
            return;
        }
        for (const BucketSummary &bucket : std::as_const(*buckets)) {
            if (isJson()) {
                QJsonObject json = event("bucket", {bucket.name, {}});
                json.insert(QLatin1String("name"), QString::fromUtf8(bucket.name));
                json.insert(QLatin1String("created"), isoText(bucket.created));
                output().printJson(json);
            } else {
                output().printLine(timeText(bucket.created) + QLatin1Char(' ') + displayName(bucket.name));
            }
        }
        Q_EMIT finished(ExitCode::kDone);
    });
}

void CommandLs::listPage(const QByteArray &token)
{
    const QByteArray delimiter = m_arguments.recursive ? QByteArray() : QByteArrayLiteral("/");
    ask<ObjectPage>([this, delimiter, token](auto done) { return store().listObjects(m_place.bucket, m_place.key, delimiter, token, std::move(done)); },
                    [this, token](Result<ObjectPage> page) {
                        if (!page) {
                            fail(page.error(), {{}, ObjectAddress{m_place.bucket, {}}});
                            return;
                        }
                        printPage(*page);
                        const bool goesOn = !page->nextToken.isEmpty() && page->nextToken != token && output().isStdoutOpen();
                        if (goesOn)
                            listPage(page->nextToken);
                        else
                            Q_EMIT finished(ExitCode::kDone);
                    });
}

void CommandLs::printPage(const ObjectPage &page)
{
    const qsizetype folder = m_arguments.recursive ? 0 : m_place.key.lastIndexOf('/') + 1;
    for (const QByteArray &prefix : page.commonPrefixes) {
        if (isJson())
            output().printJson(event("prefix", {m_place.bucket, prefix}));
        else
            output().printLine(QString(27, QLatin1Char(' ')) + QLatin1String("PRE ") + displayName(prefix.mid(folder)));
    }
    for (const ObjectSummary &object : page.objects) {
        if (isJson()) {
            QJsonObject json = event("object", {m_place.bucket, object.key});
            json.insert(QLatin1String("size"), object.size.value());
            json.insert(QLatin1String("modified"), isoText(object.lastModified));
            json.insert(QLatin1String("etag"), QString::fromUtf8(object.eTag));
            if (!object.storageClass.isEmpty())
                json.insert(QLatin1String("storageClass"), QString::fromUtf8(object.storageClass));
            output().printJson(json);
        } else {
            output().printLine(QStringLiteral("%1 %2 %3").arg(timeText(object.lastModified), QString::number(object.size.value()).rightJustified(10), displayName(object.key.mid(folder))));
        }
    }
    output().flush();
}

}  // namespace packmule
