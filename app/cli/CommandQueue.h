#pragma once

#include "app/cli/EngineCommand.h"

namespace packmule {

struct QueueArguments {
    std::vector<std::string> ids;
    bool keepUpload = false;
    bool all = false;
};

CommandFactory declareQueueLs(CLI::App &command);
CommandFactory declareQueuePause(CLI::App &command);
CommandFactory declareQueueResume(CLI::App &command);
CommandFactory declareQueueRetry(CLI::App &command);
CommandFactory declareQueueRemove(CLI::App &command);
CommandFactory declareQueueWatch(CLI::App &command);

/// `queue ls` and the verbs that change transfers. `queue watch` shows events until Ctrl-C.
class CommandQueue final : public EngineCommand
{
    Q_OBJECT

public:
    enum class Verb { List, Watch, Pause, Resume, Retry, Remove };
    CommandQueue(const CommandContext &context, QueueArguments arguments, Verb verb);

protected:
    std::optional<int> prepare() override;
    void begin(EngineClient &engine) override;
    QString howToCarryOn() const override;

private:
    void listPage(int offset);
    void print(const TransferSnapshot &snapshot);
    void change(EngineClient &engine);
    QString whatNext() const;

    QueueArguments m_arguments;
    Verb m_verb;
    QList<TransferId> m_ids;
};

}  // namespace packmule
