#pragma once

#include "app/cli/Command.h"

namespace CLI {
class App;
}

namespace packmule {

CommandFactory declareCompletion(CLI::App &command);

/// Prints the completion script of a shell, generated from the command table.
class CommandCompletion final : public Command
{
    Q_OBJECT

public:
    CommandCompletion(const CommandContext &context, std::string shell) : m_context(context), m_shell(std::move(shell)) {}

    void start() override;

private:
    CommandContext m_context;
    std::string m_shell;
};

}  // namespace packmule
