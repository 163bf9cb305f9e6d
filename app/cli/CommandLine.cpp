#include "app/cli/CommandLine.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/CommandTable.h"

#include <CLI/CLI.hpp>

#include <algorithm>

namespace packmule {

namespace {

constexpr char kCommandsHeading[] = "Commands";

/// @param group "queue", or "config connections" for a group within a group.
CLI::App *groupNode(CLI::App &root, const std::string &group)
{
    const auto lastSpace = group.rfind(' ');
    CLI::App &parent = lastSpace == std::string::npos ? root : *groupNode(root, group.substr(0, lastSpace));
    const std::string name = lastSpace == std::string::npos ? group : group.substr(lastSpace + 1);
    const auto existing = parent.get_subcommands([&name](const CLI::App *app) { return app->get_name() == name; });
    if (!existing.empty())
        return existing.front();
    auto *node = parent.add_subcommand(name, groupSummary(group));
    node->fallthrough();
    node->require_subcommand(0, 1);
    node->group(kCommandsHeading);
    node->usage("Usage: packmule " + group + " COMMAND [OPTIONS]");
    for (const CommandEntry &entry : commandTable()) {
        if (std::string(entry.path).starts_with(group + ' ')) {
            node->footer("Example:\n  " + std::string(entry.example) + "\n\n\"packmule " + group + " COMMAND --help\" explains one command.");
            break;
        }
    }
    return node;
}

CLI::App *commandNode(CLI::App &root, const CommandEntry &entry)
{
    const std::string path = entry.path;
    const auto space = path.rfind(' ');
    CLI::App *parent = space == std::string::npos ? &root : groupNode(root, path.substr(0, space));
    CLI::App *node = parent->add_subcommand(space == std::string::npos ? path : path.substr(space + 1), entry.summary);
    node->fallthrough();
    node->group(kCommandsHeading);
    node->footer("Example:\n  " + std::string(entry.example) + "\n\nOptions of every command: packmule --help");
    return node;
}

/// CLI11 tells of a missing subcommand, and of words that it cannot place, in its own terms and from the last to the first.
QByteArray complaint(const CLI::App &root, const CLI::App &deepest, const CLI::ParseError &error, const std::vector<std::string> &arguments)
{
    const std::vector<std::string> unplaced = root.remaining(true);
    const auto found = std::ranges::find_first_of(arguments, unplaced);
    const bool isAnOption = found != arguments.end() && found->starts_with('-');
    const QByteArray word = found == arguments.end() ? QByteArray() : '"' + argumentBytes(*found) + '"';
    const bool isGroup = !deepest.get_subcommands([](const CLI::App *) { return true; }).empty();
    if (&deepest == &root && !isAnOption && dynamic_cast<const CLI::RequiredError *>(&error))
        return word.isEmpty() ? QByteArrayLiteral("A command is needed: put, ls, resume, …") : QByteArray("There is no command " + word + '.');
    if (word.isEmpty() || !(isAnOption || dynamic_cast<const CLI::ExtrasError *>(&error)))
        return error.what();
    if (isAnOption)
        return "There is no option " + word + " here.";
    if (isGroup)
        return '"' + QByteArray::fromStdString(deepest.get_name()) + "\" has no command " + word + '.';
    return word + " is one argument too many.";
}

QByteArray usageText(const CLI::App &root, const CLI::ParseError &error, const std::vector<std::string> &arguments)
{
    const CLI::App *deepest = &root;
    QByteArray name = "packmule";
    while (!deepest->get_subcommands().empty()) {
        deepest = deepest->get_subcommands().front();
        name += ' ' + QByteArray::fromStdString(deepest->get_name());
    }
    const QByteArray what = complaint(root, *deepest, error, arguments).replace('\x01', "");
    return "packmule: " + what + "\nTry \"" + name + " --help\".\n";
}

}  // namespace

CommandLine::CommandLine() : m_root(std::make_unique<CLI::App>("A stubborn uploader: carries files to S3 and carries on after anything.", "packmule"))
{
    m_root->set_version_flag("--version", "packmule " PACKMULE_VERSION, "Print the version");
    m_root->get_formatter()->column_width(34);
    m_root->get_formatter()->label("SUBCOMMAND", "COMMAND");
    m_root->require_subcommand(1);
    m_root->footer("Example:\n  packmule put holiday.mov s3://my-bucket/films/\n\n\"packmule COMMAND --help\" explains one command.");
    declareEverywhereOptions(*m_root, m_everywhere);
    for (const CommandEntry &entry : commandTable()) {
        CLI::App *node = commandNode(*m_root, entry);
        m_commands.emplace_back(node, entry.declare(*node));
    }
}

CommandLine::~CommandLine() = default;

CommandLine::Outcome CommandLine::parse(const std::vector<std::string> &arguments)
{
    Outcome outcome;
    std::vector<std::string> reversed;
    for (auto it = arguments.rbegin(); it != arguments.rend(); ++it)
        reversed.push_back(shieldedArgument(*it));
    try {
        m_root->parse(reversed);
    } catch (const CLI::Success &success) {
        std::ostringstream text, ignored;
        m_root->exit(success, text, ignored);
        outcome.forStdout = QByteArray::fromStdString(text.str());
        return outcome;
    } catch (const CLI::ParseError &error) {
        outcome.exitCode = ExitCode::kUsage;
        outcome.forStderr = usageText(*m_root, error, arguments);
        return outcome;
    }
    for (auto &[node, factory] : m_commands) {
        if (node->parsed()) {
            outcome.factory = factory;
            return outcome;
        }
    }
    // Only a group was named: its default runs, if it has one.
    CLI::App *group = m_root->get_subcommands().front();
    std::string name = group->get_name();
    while (!group->get_subcommands().empty()) {
        group = group->get_subcommands().front();
        name += ' ' + group->get_name();
    }
    for (const CommandEntry &entry : commandTable()) {
        const std::string path = entry.path;
        if (entry.isGroupDefault && path.substr(0, path.rfind(' ')) == name) {
            CLI::App *node = group->get_subcommand(path.substr(path.rfind(' ') + 1));
            outcome.factory = std::find_if(m_commands.begin(), m_commands.end(), [node](const auto &row) { return row.first == node; })->second;
            return outcome;
        }
    }
    outcome.exitCode = ExitCode::kUsage;
    outcome.forStderr = "packmule: " + QByteArray::fromStdString(name) + " needs a command.\nTry \"packmule " + QByteArray::fromStdString(name)
        + " --help\".\n";
    return outcome;
}

}  // namespace packmule
