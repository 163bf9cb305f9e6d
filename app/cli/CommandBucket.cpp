#include "app/cli/CommandBucket.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

namespace packmule {

namespace {

CommandFactory declareBucketCommand(CLI::App &command, CommandBucket::Verb verb)
{
    auto arguments = std::make_shared<BucketArguments>();
    command.add_option("BUCKET", arguments->uri, "s3://bucket")->option_text(" ")->required();
    declareS3Options(command, arguments->s3);
    return [arguments, verb](const CommandContext &context) { return std::make_unique<CommandBucket>(context, *arguments, verb); };
}

}  // namespace

CommandFactory declareMb(CLI::App &command)
{
    return declareBucketCommand(command, CommandBucket::Verb::Make);
}

CommandFactory declareRb(CLI::App &command)
{
    return declareBucketCommand(command, CommandBucket::Verb::Remove);
}

CommandBucket::CommandBucket(const CommandContext &context, BucketArguments arguments, Verb verb)
    : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments)), m_verb(verb)
{
}

Result<void> CommandBucket::readArguments()
{
    return bucketUriFrom(argumentBytes(m_arguments.uri)).transform([this](const QByteArray &bucket) { m_bucket = bucket; });
}

void CommandBucket::run()
{
    const bool makes = m_verb == Verb::Make;
    ask<void>([this, makes](auto done) { return makes ? store().createBucket(m_bucket, std::move(done)) : store().deleteBucket(m_bucket, std::move(done)); },
              [this, makes](Result<void> result) {
                  if (!result) {
                      fail(result.error(), {{}, ObjectAddress{m_bucket, {}}});
                      return;
                  }
                  if (isJson())
                      output().printJson(event(makes ? "bucketCreated" : "bucketRemoved", {m_bucket, {}}));
                  else
                      output().printLine(QStringLiteral("%1 s3://%2").arg(makes ? QLatin1String("created") : QLatin1String("removed"), displayName(m_bucket)));
                  Q_EMIT finished(ExitCode::kDone);
              });
}

}  // namespace packmule
