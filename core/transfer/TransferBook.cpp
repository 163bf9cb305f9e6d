#include "core/transfer/TransferBook.h"

#include <QJsonDocument>

#include <limits>
#include <utility>

namespace packmule {

namespace {

/// Does the row say more than "this file is to go there"? (Why an attempt failed is in the journal, and not needed here.)
bool isBegun(const TransferRecord &record)
{
    const bool isPlain = record.state == TransferState::Queued || record.state == TransferState::NeedsAttention;
    const bool hasToken = record.state == TransferState::NeedsAttention && !record.token.isEmpty();  // --no-overwrite knows its own by it
    return !isPlain || hasToken || !record.uploadId.isEmpty() || record.createStarted || record.partSize.value() > 0;
}

void setCommand(OpenRun &run, const PutCommand &command)
{
    run.command = command;
    run.namedSourceOptions = command.options;
    run.namedSourceOptions.followSymlinks = true;
    run.sources = QSet<QByteArray>(command.sources.begin(), command.sources.end());
}

/// A row whose command cannot be read any more (salvaged) still knows where it goes.
PutCommand commandFor(const TransferRecord &record, const QList<ConnectionRecord> &connections)
{
    PutCommand command;
    command.bucket = record.object.bucket;
    command.connection.id = record.connectionId;
    for (const ConnectionRecord &connection : connections) {
        if (connection.id == record.connectionId)
            command.connection = connection;
    }
    return command;
}

}  // namespace

void TransferBook::take(JournalContents contents)
{
    m_highestTransfer = contents.highestTransfer;
    m_highestRun = contents.highestRun;
    m_highestOrphan = contents.highestOrphan;
    for (RunRecord &record : contents.openRuns) {
        const auto command = PutCommand::fromJson(QJsonDocument::fromJson(record.commandJson).object());
        OpenRun &run = m_runs[record.id];
        run.record = std::move(record);
        if (command)
            setCommand(run, *command);
        else
            run.record.scanComplete = true;  // cannot be walked again
    }
    for (TransferRecord &record : contents.liveTransfers) {
        const bool isKnown = m_runs.contains(record.run);
        OpenRun &run = m_runs[record.run];
        if (!isKnown || run.command.bucket.isEmpty()) {
            setCommand(run, commandFor(record, contents.connections));
            run.record.id = record.run;
            run.record.scanComplete = true;
        }
        QueuedTransfer transfer{.id = record.id, .run = record.run, .sourcePath = record.sourcePath, .key = record.object.key,
                                .source = record.source, .isPaused = record.isPaused,
                                .needsAttention = record.state == TransferState::NeedsAttention, .position = record.position, .begun = {}};
        if (isBegun(record))
            transfer.begun = std::make_unique<TransferRecord>(std::move(record));
        ++run.live;
        m_queue.add(std::move(transfer), endpointOf(run), run.command.bucket);
    }
}

OpenRun *TransferBook::findRun(RunId id)
{
    const auto found = m_runs.find(id);
    return found == m_runs.end() ? nullptr : &found->second;
}

OpenRun *TransferBook::findRunOfCommand(const QByteArray &identity)
{
    for (auto run = m_runs.rbegin(); run != m_runs.rend(); ++run) {  // the newest, should there be several
        if (run->second.record.commandIdentity == identity && !run->second.record.ended)
            return &run->second;
    }
    return nullptr;
}

OpenRun &TransferBook::addRun(const PutCommand &command)
{
    OpenRun &run = m_runs[++m_highestRun];
    run.record.id = m_highestRun;
    run.record.begun = m_clock.wallNow();
    renew(run, command);
    return run;
}

void TransferBook::renew(OpenRun &run, const PutCommand &command)
{
    setCommand(run, command);
    run.record.commandIdentity = command.identity();
    run.record.commandJson = QJsonDocument(command.toJson()).toJson(QJsonDocument::Compact);
    run.record.scanComplete = false;
    run.tally = {};
    run.hasRefusals = false;
    run.hasGivenUp = false;
}

QueuedTransfer &TransferBook::addTransfer(OpenRun &run, const PlannedFile &file)
{
    ++run.live;
    QueuedTransfer transfer{.id = ++m_highestTransfer, .run = run.record.id, .sourcePath = file.sourcePath, .key = file.key,
                            .source = file.identity, .phase = QueuedTransfer::Phase::Saving,
                            .position = static_cast<qint32>(std::min<TransferId>(m_highestTransfer, std::numeric_limits<qint32>::max())), .begun = {}};
    return m_queue.add(std::move(transfer), endpointOf(run), run.command.bucket);
}

TransferRecord TransferBook::recordOf(const QueuedTransfer &transfer)
{
    if (transfer.begun) {
        TransferRecord record = *transfer.begun;
        record.connectionId = connectionOf(transfer.run);  // the same command may have come with another profile
        record.isPaused = transfer.isPaused;
        record.position = transfer.position;
        return record;
    }
    TransferRecord record;
    record.id = transfer.id;
    record.run = transfer.run;
    record.connectionId = connectionOf(transfer.run);
    record.sourcePath = transfer.sourcePath;
    record.source = transfer.source;
    record.object = {bucketOf(transfer.run), transfer.key};
    record.isPaused = transfer.isPaused;
    record.position = transfer.position;
    return record;
}

void TransferBook::keep(QueuedTransfer &transfer, const TransferRecord &record)
{
    transfer.source = record.source;
    transfer.needsAttention = record.state == TransferState::NeedsAttention;
    if (isBegun(record))
        transfer.begun = std::make_unique<TransferRecord>(record);
    else
        transfer.begun.reset();
}

void TransferBook::drop(QueuedTransfer &transfer)
{
    OpenRun *run = findRun(transfer.run);
    if (!run)
        return;
    --run->live;
    m_queue.remove(transfer.id, endpointOf(*run), run->command.bucket);
}

QueuedTransfer *TransferBook::findByKey(const OpenRun &run, const QByteArray &key)
{
    return m_queue.findByObject(endpointOf(run), {run.command.bucket, key});
}

QByteArray TransferBook::endpointOf(const OpenRun &run)
{
    const ConnectionRecord &connection = run.command.connection;
    return connection.endpointUrl.isEmpty() ? connection.region : connection.endpointUrl;
}

QByteArray TransferBook::connectionOf(RunId run)
{
    const OpenRun *found = findRun(run);
    return found ? found->command.connection.id : QByteArray();
}

QByteArray TransferBook::bucketOf(RunId run)
{
    const OpenRun *found = findRun(run);
    return found ? found->command.bucket : QByteArray();
}

}  // namespace packmule
