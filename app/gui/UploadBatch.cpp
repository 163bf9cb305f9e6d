#include "app/gui/UploadBatch.h"

#include "core/base/Redaction.h"
#include "core/transfer/KeyNaming.h"
#include "ui/common/ErrorText.h"

#include <QPointer>

namespace packmule {

namespace {

std::optional<WriteCondition> conditionOf(AppSettings::Conflict conflict)
{
    switch (conflict) {
    case AppSettings::Conflict::Ask: return std::nullopt;
    case AppSettings::Conflict::Skip: return WriteCondition::NoOverwrite;
    case AppSettings::Conflict::Overwrite: return WriteCondition::Always;
    case AppSettings::Conflict::IfSizeDiffers: return WriteCondition::IfSizeDiffers;
    case AppSettings::Conflict::IfNewer: return WriteCondition::IfSourceNewer;
    }
    return std::nullopt;
}

IfChanged ifChangedOf(AppSettings::WhenChanged whenChanged)
{
    switch (whenChanged) {
    case AppSettings::WhenChanged::Restart: return IfChanged::Restart;
    case AppSettings::WhenChanged::Verify: return IfChanged::Verify;
    case AppSettings::WhenChanged::Ask: return IfChanged::Fail;  // stays in the list as "needs attention", where the person decides
    }
    return IfChanged::Fail;
}

/// In the order of the question's buttons.
enum class ConflictChoice { Cancel, Skip, Overwrite, IfDifferent };

AppSettings::Conflict conflictOf(ConflictChoice choice)
{
    switch (choice) {
    case ConflictChoice::Cancel: return AppSettings::Conflict::Ask;
    case ConflictChoice::Skip: return AppSettings::Conflict::Skip;
    case ConflictChoice::Overwrite: return AppSettings::Conflict::Overwrite;
    case ConflictChoice::IfDifferent: return AppSettings::Conflict::IfSizeDiffers;
    }
    return AppSettings::Conflict::Ask;
}

}  // namespace

PutCommand putCommandFor(const UploadSources &sources, const UploadDestination &destination, const ConnectionRecord &connection,
                         const AppSettings &settings, WriteCondition condition)
{
    PutCommand command;
    command.sources = sources.all();
    command.bucket = destination.bucket;
    command.destinationKey = destination.prefix;
    if (command.sources.size() == 1 && !sources.folders.isEmpty())
        command.destinationKey += lastNameOf(sources.folders.first()) + '/';
    command.connection = connection;
    command.options.recursive = true;
    command.options.condition = condition;
    command.options.ifChanged = ifChangedOf(settings.whenChanged);
    command.options.partSize = settings.partSize;
    command.options.concurrency = settings.slots;
    for (const BandwidthPeriod &period : settings.bandwidth())
        command.options.bandwidth.entries.append({period.minuteOfDay, period.perSecond});
    return command;
}

UploadBatch::UploadBatch(const UploadServices &services, const QList<QByteArray> &paths, const std::optional<UploadDestination> &destination)
    : m_services(services), m_paths(paths), m_destination(destination)
{
}

UploadBatch::~UploadBatch() = default;

void UploadBatch::start()
{
    m_call = m_services.disk.ask<UploadSources>([paths = m_paths] { return SourceLook::at(paths); },
                                                [this](const UploadSources &sources) { takeSources(sources); });
}

void UploadBatch::takeSources(const UploadSources &sources)
{
    m_sources = sources;
    if (sources.refused == 0) {
        goOn();
        return;
    }
    QString text = sources.refusals.join(QLatin1Char('\n'));
    if (const qsizetype more = sources.refused - sources.refusals.size(); more > 0)
        text += QLatin1Char('\n') + tr("And %n more.", "files that cannot be uploaded", static_cast<int>(more));
    if (sources.isEmpty()) {
        Q_EMIT refused(tr("Nothing of this can be uploaded"), text);
        Q_EMIT over();
        return;
    }
    m_services.prompts.ask({tr("Some of this cannot be uploaded"), text, {tr("Cancel", "upload nothing"), tr("Upload the rest")}, {}},
                           [alive = QPointer(this)](const UserAnswer &answer) {
                               if (!alive)
                                   return;
                               if (answer.choice == 1)
                                   alive->goOn();
                               else
                                   Q_EMIT alive->over();
                           });
}

void UploadBatch::goOn()
{
    if (m_sources.isEmpty())
        Q_EMIT over();
    else if (m_destination)
        open();
    else
        choose();
}

void UploadBatch::choose()
{
    m_call = m_services.destinations.choose(m_sources, [this](const std::optional<UploadDestination> &destination) {
        m_destination = destination;
        if (destination)
            open();
        else
            Q_EMIT over();
    });
}

void UploadBatch::open()
{
    m_call = m_services.destinations.open(m_destination->connectionId, [this](const Result<ConnectionRecord> &connection) {
        if (!connection) {
            Q_EMIT refused(tr("The connection cannot be used"), ErrorText::cause(connection.error()) + QLatin1Char('\n') + ErrorText::advice(connection.error()));
            Q_EMIT over();
            return;
        }
        m_connection = *connection;
        if (const auto condition = conditionOf(m_services.settings().conflict))
            put(*condition);
        else
            check();
    });
}

void UploadBatch::check()
{
    Q_EMIT said(tr("Looking whether this would replace anything…"));
    const ObjectAddress prefix{m_destination->bucket, m_destination->prefix};
    m_check = std::make_unique<ConflictCheck>(m_services.store, m_services.scheduler, m_connection, prefix, m_sources, [this](const Conflicts &conflicts) {
        const Conflicts found = conflicts;
        m_check.reset();
        if (found.areNone())
            put(WriteCondition::Always);
        else
            askWhatToDo(found);
    });
}

QString UploadBatch::conflictText(const Conflicts &conflicts) const
{
    QStringList sentences;
    if (conflicts.count == 1)
        sentences << tr("%1 is in the bucket %2 already.").arg(displayName(conflicts.keys.first()), displayName(m_destination->bucket));
    else if (conflicts.count > 1)
        sentences << tr("%n objects of these names are in the bucket %1 already, among them %2.", nullptr, static_cast<int>(conflicts.count))
                         .arg(displayName(m_destination->bucket), displayName(conflicts.keys.first()));
    if (!conflicts.folders.isEmpty())
        sentences << tr("There is something below %1 already; files in your folder may have the same names.").arg(displayName(conflicts.folders.first()));
    if (conflicts.isUnknown)
        sentences << tr("Packmule could not find out for all of these files whether there are objects of the same name in the bucket %1.")
                         .arg(displayName(m_destination->bucket));
    sentences << tr("What shall happen where there is an object already?");
    return sentences.join(QLatin1Char('\n'));
}

void UploadBatch::askWhatToDo(const Conflicts &conflicts)
{
    const UserQuestion question{tr("Replace what is there?", "title of the question about conflicts"), conflictText(conflicts),
                                {tr("Cancel", "upload nothing"), tr("Skip those", "keep the objects that are there"), tr("Overwrite", "the objects that are there"),
                                 tr("Only if different", "overwrite objects whose size differs")},
                                tr("Do the same from now on")};
    const QPointer alive(this);
    m_services.prompts.ask(question, [alive](const UserAnswer &answer) {
        if (alive)
            alive->takeAnswer(answer);
    });
}

void UploadBatch::takeAnswer(const UserAnswer &answer)
{
    const auto choice = static_cast<ConflictChoice>(answer.choice);
    const auto condition = conditionOf(conflictOf(choice));
    if (!condition) {
        Q_EMIT said(tr("Nothing was uploaded."));
        Q_EMIT over();
        return;
    }
    if (answer.isRemembered)
        m_services.rememberConflict(conflictOf(choice));
    put(*condition);
}

void UploadBatch::put(WriteCondition condition)
{
    const PutCommand command = putCommandFor(m_sources, *m_destination, m_connection, m_services.settings(), condition);
    m_call = m_services.engine.put(command, [this](const Result<RunId> &run) {
        if (run) {
            Q_EMIT accepted(*run);
        } else {
            Q_EMIT refused(tr("This cannot be uploaded"), ErrorText::cause(run.error()) + QLatin1Char('\n') + ErrorText::advice(run.error()));
        }
        Q_EMIT over();
    });
}

}  // namespace packmule
