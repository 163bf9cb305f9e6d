#include "app/cli/StoreCommand.h"

#include "app/Composition.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"

#include <QDateTime>

namespace packmule {

StoreCommand::StoreCommand(const CommandContext &context, S3Options options) : m_context(context), m_options(std::move(options))
{
}

void StoreCommand::start()
{
    if (const auto checked = readArguments(); !checked) {
        failUsage(checked.error().detail);
        return;
    }
    if (const auto checked = checkS3Options(m_options); !checked) {
        failUsage(checked.error().detail);
        return;
    }
    QStringList warnings;
    const auto connection = connectionFrom(m_options, m_context.environment, warnings);
    for (const QString &warning : std::as_const(warnings))
        output().warn(warning);
    if (!connection) {
        output().error(errorSentence(connection.error(), {}));
        Q_EMIT finished(ExitCode::kConfiguration);
        return;
    }
    m_connection = *connection;
    auto opened = m_context.composition.open(m_connection);
    if (!opened) {
        output().error(errorSentence(opened.error(), {}));
        Q_EMIT finished(ExitCode::kConfiguration);
        return;
    }
    m_opened = std::move(*opened);
    run();
}

bool StoreCommand::isJson() const
{
    return m_context.output.style().isJson;
}

void StoreCommand::report(const Error &error, const ErrorPlace &place)
{
    if (isJson()) {
        QJsonObject json = event("failed", place.object.value_or(ObjectAddress{}));
        json.insert(QLatin1String("kind"), QString::fromLatin1(errorKindName(error.kind)));
        json.insert(QLatin1String("error"), errorCause(error));
        if (error.httpStatus)
            json.insert(QLatin1String("httpStatus"), *error.httpStatus);
        if (!error.s3Code.isEmpty())
            json.insert(QLatin1String("s3Code"), QString::fromUtf8(error.s3Code));
        if (!error.requestId.isEmpty())
            json.insert(QLatin1String("requestId"), QString::fromUtf8(error.requestId));
        json.insert(QLatin1String("advice"), errorAdvice(error, place));
        output().printJson(json);
    }
    output().error(errorSentence(error, place));
}

void StoreCommand::fail(const Error &error, const ErrorPlace &place)
{
    report(error, place);
    Q_EMIT finished(exitCodeFor(error));
}

void StoreCommand::failUsage(const QString &sentence)
{
    output().error(sentence);
    Q_EMIT finished(ExitCode::kUsage);
}

QJsonObject StoreCommand::event(const char *name, const ObjectAddress &object) const
{
    QJsonObject json;
    json.insert(QLatin1String("event"), QLatin1String(name));
    json.insert(QLatin1String("time"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs));
    if (!object.bucket.isEmpty())
        json.insert(QLatin1String("uri"), QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(object.bucket), QString::fromUtf8(object.key)));
    if (!object.key.isValidUtf8())
        json.insert(QLatin1String("keyBytes"), QString::fromLatin1(object.key.toBase64()));
    return json;
}

Scheduler &StoreCommand::scheduler()
{
    return m_context.composition.scheduler();
}

}  // namespace packmule
