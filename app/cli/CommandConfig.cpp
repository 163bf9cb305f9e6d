#include "app/cli/CommandConfig.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "core/base/Redaction.h"
#include "core/journal/JournalLocation.h"
#include "core/settings/SettingKeys.h"

#include <CLI/CLI.hpp>

namespace packmule {

namespace {

CommandFactory factoryOf(std::shared_ptr<ConfigArguments> arguments)
{
    return [arguments](const CommandContext &context) { return std::make_unique<CommandConfig>(context, *arguments); };
}

QString describe(const SettingKey &key)
{
    return QStringLiteral("%1 (%2)").arg(key.summary, key.form);
}

}  // namespace

CommandFactory declareConfigShow(CLI::App &command)
{
    auto arguments = std::make_shared<ConfigArguments>();
    command.add_flag("--origin", arguments->origin, "Tell where each value comes from");
    return factoryOf(arguments);
}

CommandFactory declareConfigGet(CLI::App &command)
{
    auto arguments = std::make_shared<ConfigArguments>();
    arguments->action = ConfigArguments::Action::Get;
    command.add_option("SETTING", arguments->key, "Name of the setting, as \"packmule config show\" lists them")->option_text(" ")->required();
    command.add_flag("--origin", arguments->origin, "Tell where the value comes from");
    return factoryOf(arguments);
}

CommandFactory declareConfigSet(CLI::App &command)
{
    auto arguments = std::make_shared<ConfigArguments>();
    arguments->action = ConfigArguments::Action::Set;
    command.add_option("SETTING", arguments->key, "Name of the setting, as \"packmule config show\" lists them")->option_text(" ")->required();
    command.add_option("VALUE", arguments->value, "What it shall be")->option_text(" ");
    command.add_flag("--default", arguments->toDefault, "Back to the usual value");
    return factoryOf(arguments);
}

CommandConfig::CommandConfig(const CommandContext &context, ConfigArguments arguments) : m_context(context), m_arguments(std::move(arguments))
{
}

void CommandConfig::start()
{
    Q_EMIT finished(run());
}

int CommandConfig::run()
{
    const SettingsFile file(dataFolder());
    if (m_arguments.action == ConfigArguments::Action::Set)
        return set(file);
    const SettingsContent content = file.read();
    return m_arguments.action == ConfigArguments::Action::Get ? get(content) : show(content);
}

int CommandConfig::show(const SettingsContent &content)
{
    for (const SettingKey &key : settingKeys())
        print(content, key.name, true);
    m_context.output.flush();
    return ExitCode::kDone;
}

int CommandConfig::get(const SettingsContent &content)
{
    const QByteArray name = argumentBytes(m_arguments.key);
    if (!settingKey(name))
        return refuse(QStringLiteral("There is no setting \"%1\"; \"packmule config show\" lists them.").arg(displayName(name)), ExitCode::kUsage);
    print(content, name, false);
    m_context.output.flush();
    return ExitCode::kDone;
}

void CommandConfig::print(const SettingsContent &content, const QByteArray &name, bool withName)
{
    const SettingKey &key = *settingKey(name);
    const QString value = key.text(content.settings), title = QString::fromLatin1(name);
    const bool isChosen = content.chosen.contains(name);
    const QString origin = isChosen ? SettingsFile(dataFolder()).path() : QStringLiteral("default");
    if (m_context.output.style().isJson) {
        m_context.output.printJson({{QStringLiteral("setting"), title}, {QStringLiteral("value"), value}, {QStringLiteral("origin"), origin},
                                    {QStringLiteral("summary"), describe(key)}});
        return;
    }
    QString line = withName ? QStringLiteral("%1 = %2").arg(title, value) : value;
    if (m_arguments.origin)
        line += QStringLiteral("  (%1)").arg(origin);
    m_context.output.printLine(line);
}

int CommandConfig::set(const SettingsFile &file)
{
    const QByteArray name = argumentBytes(m_arguments.key);
    if (!settingKey(name))
        return refuse(QStringLiteral("There is no setting \"%1\"; \"packmule config show\" lists them.").arg(displayName(name)), ExitCode::kUsage);
    if (m_arguments.toDefault == m_arguments.value.has_value())
        return refuse(QStringLiteral("config set needs a value, or --default, and not both."), ExitCode::kUsage);
    SettingsChange change;
    change.values.insert(name, QString());
    if (m_arguments.value) {
        AppSettings trial;
        const QString value = QString::fromUtf8(argumentBytes(*m_arguments.value));
        if (const auto assigned = assignSetting(trial, name, value); !assigned)
            return refuse(assigned.error().detail, ExitCode::kUsage);
        const QString text = settingKey(name)->text(trial);
        change.values.insert(name, text.isNull() ? QStringLiteral("") : text);
    }
    const auto content = file.apply(change);
    if (!content)
        return refuse(content.error().detail, ExitCode::kConfiguration);
    return ExitCode::kDone;
}

int CommandConfig::refuse(const QString &sentence, int exitCode)
{
    m_context.output.error(sentence);
    return exitCode;
}

}  // namespace packmule
