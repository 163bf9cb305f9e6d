#include "app/cli/CommandRm.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"

#include <CLI/CLI.hpp>

namespace packmule {

namespace {
constexpr int kParallelDeletes = 8;
}

CommandFactory declareRm(CLI::App &command)
{
    auto arguments = std::make_shared<RmArguments>();
    command.add_option("OBJECT", arguments->uris, "s3://bucket/key; with -r a prefix")->option_text("...")->required();
    command.add_flag("-r,--recursive", arguments->recursive, "Everything below the prefix; asks first");
    command.add_flag("--yes", arguments->yes, "Do not ask");
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandRm>(context, *arguments); };
}

CommandRm::CommandRm(const CommandContext &context, RmArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandRm::readArguments()
{
    for (const std::string &uri : m_arguments.uris) {
        const QByteArray argument = argumentBytes(uri);
        const auto place = m_arguments.recursive ? s3UriFrom(argument) : objectUriFrom(argument);
        if (!place)
            return std::unexpected(place.error());
        m_places.append(*place);
    }
    if (m_arguments.recursive && !m_arguments.yes && !Output::canAsk())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("rm -r deletes everything below %1. Nobody can be asked here; add --yes to do it.").arg(placesText()));
    return {};
}

QString CommandRm::placesText() const
{
    QStringList names;
    for (const ObjectAddress &place : m_places)
        names.append(s3UriText(place));
    return names.join(QLatin1String(", "));
}

void CommandRm::run()
{
    if (m_arguments.recursive && !hasConsent())
        return;
    nextPlace();
}

bool CommandRm::hasConsent()
{
    if (m_arguments.yes)
        return true;
    if (output().confirm(QStringLiteral("Delete everything below %1?").arg(placesText())))
        return true;
    output().note(QStringLiteral("Nothing was deleted."));
    Q_EMIT finished(ExitCode::kInterrupted);
    return false;
}

void CommandRm::nextPlace()
{
    if (!m_arguments.recursive) {
        m_waiting = std::exchange(m_places, {});
        deleteMore();
        return;
    }
    if (m_places.isEmpty()) {
        end();
        return;
    }
    m_prefix = m_places.takeFirst();
    m_token.clear();
    listPage();
}

void CommandRm::listPage()
{
    ask<ObjectPage>([this](auto done) { return store().listObjects(m_prefix->bucket, m_prefix->key, {}, m_token, std::move(done)); },
                    [this](Result<ObjectPage> page) {
                        if (!page) {
                            ++m_failed;
                            m_lastError = page.error();
                            report(page.error(), {{}, ObjectAddress{m_prefix->bucket, {}}});
                            m_prefix.reset();
                            nextPlace();
                            return;
                        }
                        for (const ObjectSummary &object : std::as_const(page->objects))
                            m_waiting.append({m_prefix->bucket, object.key});
                        const bool goesOn = !page->nextToken.isEmpty() && page->nextToken != m_token;
                        m_token = page->nextToken;
                        if (!goesOn)
                            m_prefix.reset();
                        deleteMore();
                    });
}

void CommandRm::deleteMore()
{
    while (m_inFlight < kParallelDeletes && !m_waiting.isEmpty())
        deleteOne(m_waiting.takeFirst());
    if (m_inFlight > 0)
        return;
    if (m_prefix)
        listPage();
    else if (m_arguments.recursive)
        nextPlace();
    else
        end();
}

void CommandRm::deleteOne(const ObjectAddress &object)
{
    ++m_inFlight;
    ask<void>([this, object](auto done) { return store().deleteObject(object, std::move(done)); }, [this, object](Result<void> result) {
        --m_inFlight;
        if (!result) {
            ++m_failed;
            m_lastError = result.error();
            report(result.error(), {{}, object});
        } else {
            ++m_deleted;
            if (isJson())
                output().printJson(event("deleted", object));
            else if (!output().style().isQuiet)
                output().printLine(QStringLiteral("deleted ") + s3UriText(object));
        }
        deleteMore();
    });
}

void CommandRm::end()
{
    if (m_failed == 0)
        Q_EMIT finished(ExitCode::kDone);
    else
        Q_EMIT finished(m_deleted > 0 ? ExitCode::kSomeFailed : exitCodeFor(*m_lastError));
}

}  // namespace packmule
