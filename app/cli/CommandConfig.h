#pragma once

#include "app/cli/Command.h"
#include "core/settings/SettingsFile.h"

#include <optional>
#include <string>

namespace CLI {
class App;
}

namespace packmule {

CommandFactory declareConfigShow(CLI::App &command);
CommandFactory declareConfigGet(CLI::App &command);
CommandFactory declareConfigSet(CLI::App &command);

struct ConfigArguments {
    enum class Action { Show, Get, Set };
    Action action = Action::Show;
    std::string key;
    std::optional<std::string> value;
    bool origin = false, toDefault = false;
};

/// `config show`, `get` and `set`: the settings that the window uses too, and where each value comes from.
/// Thread: main; reads and writes one small file.
class CommandConfig final : public Command
{
    Q_OBJECT

public:
    CommandConfig(const CommandContext &context, ConfigArguments arguments);

    void start() override;

private:
    int run();
    int show(const SettingsContent &content);
    int get(const SettingsContent &content);
    int set(const SettingsFile &file);
    void print(const SettingsContent &content, const QByteArray &key, bool withName);
    int refuse(const QString &sentence, int exitCode);

    CommandContext m_context;
    ConfigArguments m_arguments;
};

}  // namespace packmule
