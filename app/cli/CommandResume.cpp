#include "app/cli/CommandResume.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"

#include <CLI/CLI.hpp>

namespace packmule {

CommandFactory declareResume(CLI::App &command)
{
    auto arguments = std::make_shared<ResumeArguments>();
    auto *id = command.add_option("ID", arguments->id, "One transfer, by its number in \"packmule queue ls\"; everything if absent")->option_text(" ");
    command.add_flag("--all", arguments->all, "Everything unfinished (as without an ID)")->excludes(id);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandResume>(context, *arguments); };
}

CommandResume::CommandResume(const CommandContext &context, ResumeArguments arguments) : EngineCommand(context), m_arguments(std::move(arguments))
{
}

std::optional<int> CommandResume::prepare()
{
    if (context().everywhere.noJournal) {
        output().error(QStringLiteral("Without a journal there is nothing to carry on; leave --no-journal out."));
        return ExitCode::kUsage;
    }
    if (m_arguments.id.empty())
        return std::nullopt;
    bool ok = false;
    m_transfer = argumentBytes(m_arguments.id).toLongLong(&ok);
    if (ok && m_transfer > 0)
        return std::nullopt;
    output().error(QStringLiteral("\"%1\" is no transfer's number; \"packmule queue ls\" shows them.").arg(QString::fromUtf8(argumentBytes(m_arguments.id))));
    return ExitCode::kUsage;
}

void CommandResume::begin(EngineClient &engine)
{
    lendFor(m_transfer == 0 ? QList<TransferId>() : QList<TransferId>{m_transfer}, [this, &engine] {
        m_call = engine.resume(m_transfer, [this](const Result<ResumeAnswer> &answer) { takeAnswer(answer); });
    });
}

void CommandResume::takeAnswer(const Result<ResumeAnswer> &answer)
{
    if (answer && answer->count == 0 && answer->walks == 0) {
        output().note(QStringLiteral("Nothing is unfinished."));
        end(ExitCode::kDone);
        return;
    }
    if (answer) {
        followResume(*answer, m_transfer);
        return;
    }
    if (answer.error().kind != ErrorKind::NoSuchKey) {
        fail(answer.error());
        return;
    }
    output().error(QStringLiteral("%1; \"packmule queue ls\" shows what there is.").arg(answer.error().detail));
    end(ExitCode::kUsage);
}

}  // namespace packmule
