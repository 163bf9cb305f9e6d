#include "app/cli/CommandPut.h"

#include "app/Composition.h"
#include "app/cli/CommandPutDryRun.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"

#include <CLI/CLI.hpp>

namespace packmule {

CommandFactory declarePut(CLI::App &command)
{
    auto arguments = std::make_shared<PutArguments>();
    declarePutArguments(command, *arguments);
    command.usage("Usage: packmule put [OPTIONS] SOURCE... DEST");
    return [arguments](const CommandContext &context) -> std::unique_ptr<Command> {
        if (arguments->dryRun)
            return std::make_unique<CommandPutDryRun>(context, *arguments);
        return std::make_unique<CommandPut>(context, *arguments);
    };
}

CommandPut::CommandPut(const CommandContext &context, PutArguments arguments) : EngineCommand(context), m_arguments(std::move(arguments))
{
}

std::optional<int> CommandPut::prepare()
{
    const auto command = putCommandFrom(m_arguments, context().composition.settings().settings());
    if (!command) {
        output().error(command.error().detail);
        return ExitCode::kUsage;
    }
    if (const auto checked = checkS3Options(m_arguments.s3); !checked) {
        output().error(checked.error().detail);
        return ExitCode::kUsage;
    }
    QStringList warnings;
    const auto connection = connectionFrom(m_arguments.s3, context().environment, warnings);
    for (const QString &warning : std::as_const(warnings))
        output().warn(warning);
    if (!connection) {
        output().error(errorSentence(connection.error(), {}));
        return ExitCode::kConfiguration;
    }
    m_command = *command;
    m_command.connection = *connection;
    // Said before anything is journalled: a command that can never sign is no run to carry on.
    if (const auto opened = context().composition.open(m_command.connection); !opened) {
        output().error(errorSentence(opened.error(), {}));
        return ExitCode::kConfiguration;
    }
    return std::nullopt;
}

void CommandPut::begin(EngineClient &engine)
{
    m_call = session().lendCredentials(m_command.connection, [this, &engine](Result<void> lent) {
        if (!lent) {
            fail(lent.error());
            return;
        }
        m_call = engine.put(m_command, [this](Result<RunId> run) {
            if (run)
                followRun(*run);
            else
                fail(run.error());
        });
    });
}

}  // namespace packmule
