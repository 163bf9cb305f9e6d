#include "app/cli/CommandCompletion.h"

#include "app/cli/CommandLine.h"
#include "app/cli/Completion.h"
#include "app/cli/Output.h"

#include <CLI/CLI.hpp>

namespace packmule {

CommandFactory declareCompletion(CLI::App &command)
{
    auto shell = std::make_shared<std::string>();
    command.add_option("SHELL", *shell, "bash, zsh or fish")->option_text(" ")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
    return [shell](const CommandContext &context) { return std::make_unique<CommandCompletion>(context, *shell); };
}

void CommandCompletion::start()
{
    CommandLine whole;
    m_context.output.printRaw(completionScript(shellFromName(m_shell).value_or(Shell::Bash), completionNodes(whole.root())));
    m_context.output.flush();
    Q_EMIT finished(ExitCode::kDone);
}

}  // namespace packmule
