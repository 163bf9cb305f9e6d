#include "app/cli/CommandQueue.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QJsonObject>

namespace packmule {

namespace {

constexpr int kListPageSize = 500;

CommandFactory declareQueue(CLI::App &command, CommandQueue::Verb verb)
{
    auto arguments = std::make_shared<QueueArguments>();
    const bool changes = verb != CommandQueue::Verb::List && verb != CommandQueue::Verb::Watch;
    if (changes) {
        auto *ids = command.add_option("ID", arguments->ids, "Numbers as \"packmule queue ls\" shows them")->option_text("...");
        command.add_flag("--all", arguments->all, "Every unfinished transfer")->excludes(ids);
    }
    if (verb == CommandQueue::Verb::Remove)
        command.add_flag("--keep-upload", arguments->keepUpload, "Leave the unfinished upload on the server");
    return [arguments, verb](const CommandContext &context) { return std::make_unique<CommandQueue>(context, *arguments, verb); };
}

const char *stateName(const TransferSnapshot &snapshot)
{
    if (snapshot.record.isPaused)
        return "paused";
    switch (snapshot.record.state) {
    case TransferState::Queued: return snapshot.waiting ? "waiting" : "queued";
    case TransferState::Creating: return "creating";
    case TransferState::Sending: return snapshot.waiting ? "waiting" : "sending";
    case TransferState::Completing: return "completing";
    case TransferState::Paused: return "paused";
    case TransferState::Cancelling: return "cancelling";
    case TransferState::NeedsAttention: return "needsAttention";
    case TransferState::Done: return "done";
    case TransferState::Skipped: return "skipped";
    case TransferState::Cancelled: return "cancelled";
    }
    return "";
}

/// In a queue that nobody works on, what was under way rests.
const char *stateForPeople(const TransferSnapshot &snapshot, bool isAnybodyAtWork)
{
    const TransferState state = snapshot.record.state;
    const bool wasUnderWay = state == TransferState::Creating || state == TransferState::Sending || state == TransferState::Completing;
    return wasUnderWay && !isAnybodyAtWork && !snapshot.record.isPaused ? "interrupted" : stateName(snapshot);
}

QueueVerb queueVerb(CommandQueue::Verb verb, bool keepUpload)
{
    switch (verb) {
    case CommandQueue::Verb::Pause: return QueueVerb::Pause;
    case CommandQueue::Verb::Resume: return QueueVerb::Resume;
    case CommandQueue::Verb::Retry: return QueueVerb::Retry;
    case CommandQueue::Verb::Remove: return keepUpload ? QueueVerb::RemoveKeepingUpload : QueueVerb::Remove;
    case CommandQueue::Verb::List:
    case CommandQueue::Verb::Watch: break;
    }
    return QueueVerb::Pause;
}

QString verbPast(CommandQueue::Verb verb)
{
    switch (verb) {
    case CommandQueue::Verb::Pause: return QStringLiteral("paused");
    case CommandQueue::Verb::Resume: return QStringLiteral("resumed");
    case CommandQueue::Verb::Retry: return QStringLiteral("to be tried again");
    case CommandQueue::Verb::Remove: return QStringLiteral("removed");
    case CommandQueue::Verb::List:
    case CommandQueue::Verb::Watch: break;
    }
    return {};
}

}  // namespace

CommandFactory declareQueueLs(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::List); }
CommandFactory declareQueuePause(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::Pause); }
CommandFactory declareQueueResume(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::Resume); }
CommandFactory declareQueueRetry(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::Retry); }
CommandFactory declareQueueRemove(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::Remove); }
CommandFactory declareQueueWatch(CLI::App &command) { return declareQueue(command, CommandQueue::Verb::Watch); }

CommandQueue::CommandQueue(const CommandContext &context, QueueArguments arguments, Verb verb)
    : EngineCommand(context), m_arguments(std::move(arguments)), m_verb(verb)
{
}

std::optional<int> CommandQueue::prepare()
{
    if (context().everywhere.noJournal) {
        output().error(QStringLiteral("The queue lives in the journal; leave --no-journal out."));
        return ExitCode::kUsage;
    }
    for (const std::string &word : m_arguments.ids) {
        bool ok = false;
        const TransferId id = argumentBytes(word).toLongLong(&ok);
        if (!ok || id <= 0) {
            output().error(QStringLiteral("\"%1\" is no transfer's number; \"packmule queue ls\" shows them.").arg(displayName(argumentBytes(word))));
            return ExitCode::kUsage;
        }
        m_ids.append(id);
    }
    const bool changes = m_verb != Verb::List && m_verb != Verb::Watch;
    if (changes && m_ids.isEmpty() && !m_arguments.all) {
        output().error(QStringLiteral("Name the transfers by their numbers, or say --all."));
        return ExitCode::kUsage;
    }
    return std::nullopt;
}

void CommandQueue::begin(EngineClient &engine)
{
    switch (m_verb) {
    case Verb::List:
        listPage(0);
        return;
    case Verb::Watch:
        showEvents();
        return;
    case Verb::Pause:
        change(engine);
        return;
    case Verb::Resume:
    case Verb::Retry:
    case Verb::Remove:
        lendFor(m_ids, [this, &engine] { change(engine); });
        return;
    }
}

QString CommandQueue::howToCarryOn() const
{
    return m_verb == Verb::Watch ? QStringLiteral("No longer watching.") : EngineCommand::howToCarryOn();
}

void CommandQueue::listPage(int offset)
{
    m_call = engine().list(offset, kListPageSize, [this, offset](Result<QList<TransferSnapshot>> page) {
        if (!page) {
            fail(page.error());
            return;
        }
        for (const TransferSnapshot &snapshot : std::as_const(*page))
            print(snapshot);
        output().flush();
        if (page->size() == kListPageSize && output().isStdoutOpen())
            listPage(offset + kListPageSize);
        else
            end(ExitCode::kDone);
    });
}

void CommandQueue::print(const TransferSnapshot &snapshot)
{
    const TransferRecord &record = snapshot.record;
    if (output().style().isJson) {
        QJsonObject json{{QLatin1String("event"), QLatin1String("transfer")},
                         {QLatin1String("transfer"), record.id},
                         {QLatin1String("state"), QLatin1String(stateName(snapshot))},
                         {QLatin1String("source"), QString::fromUtf8(record.sourcePath)},
                         {QLatin1String("uri"), QStringLiteral("s3://%1/%2").arg(QString::fromUtf8(record.object.bucket), QString::fromUtf8(record.object.key))},
                         {QLatin1String("size"), record.source.size.value()},
                         {QLatin1String("confirmed"), snapshot.confirmed.value()}};
        if (!record.sourcePath.isValidUtf8())
            json.insert(QLatin1String("sourceBytes"), QString::fromLatin1(record.sourcePath.toBase64()));
        if (!record.uploadId.isEmpty())
            json.insert(QLatin1String("uploadId"), QString::fromUtf8(record.uploadId));
        if (record.error)
            json.insert(QLatin1String("error"), errorCause(*record.error));
        output().printJson(json);
        return;
    }
    const qint64 size = std::max<qint64>(record.source.size.value(), 1);
    const int percent = record.state == TransferState::Done ? 100 : static_cast<int>(std::min<qint64>(99, snapshot.confirmed.value() * 100 / size));
    QString line = QStringLiteral("%1  %2  %3 %  %4  %5 -> %6")
                       .arg(QString::number(record.id).rightJustified(6), QString::fromLatin1(stateForPeople(snapshot, session().isRemote())).leftJustified(14),
                            QString::number(percent).rightJustified(3), byteCountText(record.source.size).rightJustified(10),
                            displayName(record.sourcePath), s3UriText(record.object));
    if (record.error && record.state == TransferState::NeedsAttention)
        line += QStringLiteral("  (%1)").arg(errorCause(*record.error));
    output().printLine(line);
}

/// With nobody at work these only mark the transfers.
QString CommandQueue::whatNext() const
{
    const bool mayGo = m_verb == Verb::Resume || m_verb == Verb::Retry;
    return mayGo ? QStringLiteral(" Nothing is running; \"packmule resume\" carries everything unfinished on.") : QString();
}

void CommandQueue::change(EngineClient &engine)
{
    m_call = engine.change(queueVerb(m_verb, m_arguments.keepUpload), m_ids, [this](Result<int> count) {
        if (!count && count.error().kind == ErrorKind::NoSuchKey) {
            output().error(QStringLiteral("%1; \"packmule queue ls\" shows what there is.").arg(errorCause(Error::make(ErrorKind::InvalidRequest, count.error().detail))));
            end(ExitCode::kUsage);
            return;
        }
        if (!count) {
            fail(count.error());
            return;
        }
        if (!output().style().isJson)
            output().note(QStringLiteral("%1 %2.").arg(QString::number(*count), verbPast(m_verb)) + (session().isRemote() || (*count == 0 && !m_arguments.all) ? QString() : whatNext()));
        end(ExitCode::kDone);
    });
}

}  // namespace packmule
