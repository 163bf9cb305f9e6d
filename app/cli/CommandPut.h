#pragma once

#include "app/cli/EngineCommand.h"
#include "app/cli/PutArguments.h"

namespace packmule {

CommandFactory declarePut(CLI::App &command);

/// Uploads files and folders; the same command again carries on.
class CommandPut final : public EngineCommand
{
    Q_OBJECT

public:
    CommandPut(const CommandContext &context, PutArguments arguments);

protected:
    std::optional<int> prepare() override;
    void begin(EngineClient &engine) override;

private:
    PutArguments m_arguments;
    PutCommand m_command;
};

}  // namespace packmule
