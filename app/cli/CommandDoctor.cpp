#include "app/cli/CommandDoctor.h"

#include "app/Composition.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/DoctorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"

#include <CLI/CLI.hpp>

namespace packmule {

CommandFactory declareDoctor(CLI::App &command)
{
    auto arguments = std::make_shared<DoctorArguments>();
    command.add_option("URI", arguments->uri, "s3://bucket or s3://bucket/prefix: where you want to upload to")->option_text(" ");
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandDoctor>(context, *arguments); };
}

CommandDoctor::CommandDoctor(const CommandContext &context, DoctorArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandDoctor::readArguments()
{
    if (m_arguments.uri.empty())
        return {};
    return s3UriFrom(argumentBytes(m_arguments.uri)).transform([this](const ObjectAddress &place) { m_place = place; });
}

void CommandDoctor::run()
{
    m_test = std::make_unique<ConnectionTest>(opened(), m_place, context().composition.clock(), scheduler());
    m_test->start([this](const ConnectionFinding &finding) { show(finding); }, [this] { conclude(); });
}

void CommandDoctor::show(const ConnectionFinding &finding)
{
    if (finding.outcome == ConnectionFinding::Outcome::Failed)
        ++m_failed;
    if (finding.isLast)
        m_end = finding.error;
    if (const auto line = doctorLine(finding, connection()))
        print(*line);
}

void CommandDoctor::print(const DoctorLine &line)
{
    if (isJson()) {
        QJsonObject json = event("check", m_place);
        json.insert(QLatin1String("name"), line.name);
        json.insert(QLatin1String("result"), QLatin1String(line.mark));
        json.insert(QLatin1String("text"), line.sentence);
        output().printJson(json);
        return;
    }
    output().printLine(QStringLiteral("%1  %2  %3").arg(QString::fromLatin1(line.mark).leftJustified(7), line.name.leftJustified(12), line.sentence));
    output().flush();
}

void CommandDoctor::conclude()
{
    if (m_end) {
        Q_EMIT finished(exitCodeFor(*m_end));
        return;
    }
    if (!isJson())
        output().note(m_failed == 0 ? QStringLiteral("All is well.") : m_failed == 1 ? QStringLiteral("1 check failed.") : QStringLiteral("%1 checks failed.").arg(m_failed));
    Q_EMIT finished(m_failed == 0 ? ExitCode::kDone : ExitCode::kSomeFailed);
}

}  // namespace packmule
