#pragma once

#include "app/cli/EngineCommand.h"

namespace packmule {

struct ResumeArguments {
    std::string id;
    bool all = false;
};

CommandFactory declareResume(CLI::App &command);

/// Carries on one transfer, or everything unfinished, until done.
class CommandResume final : public EngineCommand
{
    Q_OBJECT

public:
    CommandResume(const CommandContext &context, ResumeArguments arguments);

protected:
    std::optional<int> prepare() override;
    void begin(EngineClient &engine) override;

private:
    void takeAnswer(const Result<ResumeAnswer> &answer);

    ResumeArguments m_arguments;
    TransferId m_transfer = 0;
};

}  // namespace packmule
