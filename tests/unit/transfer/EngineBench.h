#pragma once

#include "core/integrity/Digest.h"
#include "core/transfer/TransferEngine.h"
#include "tests/support/fakes/FakeJournal.h"
#include "tests/support/fakes/FakeObjectStore.h"
#include "tests/support/fakes/FakePartHasher.h"
#include "tests/unit/transfer/FakeUploader.h"

#include <QFile>
#include <QTemporaryDir>

#include <memory>

namespace packmule {

/// Folders in memory; the folder itself must exist on the disk, because the engine looks what a source is.
class FakeFolderScanner final : public FolderScanner
{
public:
    using Folders = std::map<QByteArray, QList<ScannedFile>>;
    using Problems = std::map<QByteArray, QList<ScanProblem>>;

    FakeFolderScanner(Scheduler &scheduler, const Folders &folders, const Problems &problems, int &batches)
        : m_scheduler(scheduler), m_folders(folders), m_problems(problems), m_batches(batches)
    {
    }
    CallHandle scan(const QByteArray &folder, bool, int batchSize, std::function<void(Result<ScanBatch>)> batch) override
    {
        const auto found = m_folders.find(folder);
        m_files = found == m_folders.end() ? QList<ScannedFile>() : found->second;
        const auto problems = m_problems.find(folder);
        m_folderProblems = problems == m_problems.end() ? QList<ScanProblem>() : problems->second;
        m_at = 0;
        m_size = batchSize;
        m_batch = std::move(batch);
        resume();
        return CallHandle([this] { m_call.cancel(); });
    }
    void resume() override
    {
        m_call = m_scheduler.after(Milliseconds{0}, [this] {
            ScanBatch batch{.files = m_files.mid(m_at, m_size), .problems = std::exchange(m_folderProblems, {}), .isLast = false};
            m_at += batch.files.size();
            batch.isLast = m_at >= m_files.size();
            ++m_batches;
            const auto deliver = m_batch;
            deliver(batch);
        });
    }

private:
    Scheduler &m_scheduler;
    const Folders &m_folders;
    const Problems &m_problems;
    int &m_batches;
    QList<ScannedFile> m_files;
    QList<ScanProblem> m_folderProblems;
    qsizetype m_at = 0;
    int m_size = 1;
    std::function<void(Result<ScanBatch>)> m_batch;
    CallHandle m_call;
};

/// Gives one fake store for every connection, or an error.
class FakeStoreProvider final : public StoreProvider
{
public:
    explicit FakeStoreProvider(FakeScheduler &scheduler) : store(std::make_shared<FakeObjectStore>(scheduler)) {}
    Result<OpenStore> open(const ConnectionRecord &connection) override
    {
        if (error)
            return std::unexpected(*error);
        OpenStore opened;
        opened.store = store;
        opened.endpoint.endpointUrl = connection.endpointUrl;
        return opened;
    }
    std::shared_ptr<FakeObjectStore> store;
    std::optional<Error> error;
};

/// One engine on fakes, and a place for real source files. restart() is kill -9 and a new process on the same journal.
class EngineBench
{
public:
    EngineBench() { begin(); }

    void begin()
    {
        EngineOptions options;
        options.makeUploader = usesRealUploaders ? UploaderFactory() : uploaders.factory();
        options.makeScanner = [this] { return std::make_unique<FakeFolderScanner>(scheduler, folders, problems, batches); };
        options.canReach = [this](const QByteArray &) { return hasRoute; };
        if (isForWindow)
            options.credentialsPatience.reset();
        engine = std::make_unique<TransferEngine>(journal, provider, hasher, clock, scheduler, std::move(options));
        QObject::connect(engine.get(), &EngineClient::eventOccurred, engine.get(), [this](const TransferEvent &event) { events.append(event); });
        QObject::connect(engine.get(), &EngineClient::runEnded, engine.get(), [this](RunId run, const RunOutcome &outcome) {
            ended.append({run, outcome});
        });
    }
    void restart()
    {
        calls.clear();
        engine.reset();
        journal.crash();
        uploaders.started.clear();
        events.clear();
        ended.clear();
        begin();
    }

    QByteArray file(const QByteArray &name, const QByteArray &content = "content")
    {
        const QByteArray path = folder() + '/' + name;
        QFile out(QFile::decodeName(path));
        if (!out.open(QIODevice::WriteOnly) || out.write(content) != content.size())
            qFatal("cannot write a source file");
        return path;
    }
    QByteArray folder() const { return QFile::encodeName(m_folder.path()); }
    /// `count` files of a folder that exist only in the scanner's eyes.
    void fill(int count)
    {
        QList<ScannedFile> files;
        files.reserve(count);
        for (int i = 0; i < count; ++i)
            files.append(scanned(QByteArray::number(i)));
        folders[folder()] = files;
    }
    ScannedFile scanned(const QByteArray &relative) const
    {
        return {.path = folder() + '/' + relative, .relativePath = relative,
                .identity = {.device = 1, .inode = qHash(relative), .size = ByteCount(4096), .modifiedNs = 1}};
    }

    PutCommand command(const QList<QByteArray> &sources, const QByteArray &destination)
    {
        PutCommand command;
        command.sources = sources;
        command.bucket = "b";
        command.destinationKey = destination;
        command.connection.id = "c1";
        command.connection.endpointUrl = "https://s3.example.net";
        return command;
    }
    PutCommand folderCommand(const QByteArray &destination = "x/")
    {
        PutCommand put = command({folder()}, destination);
        put.options.recursive = true;
        return put;
    }
    void put(const PutCommand &command)
    {
        accepted.reset();
        calls.push_back(engine->put(command, [this](const Result<RunId> &run) { accepted = run; }));
    }
    /// Puts, and lets it run until it has ended (or a day has passed).
    RunOutcome putToEnd(const PutCommand &command)
    {
        const qsizetype before = ended.size();
        put(command);
        scheduler.runUntil([&] { return ended.size() > before || (accepted && !*accepted); });
        return ended.size() > before ? ended.last().second : RunOutcome{};
    }
    std::optional<Result<int>> change(QueueVerb verb, const QList<TransferId> &ids)
    {
        std::optional<Result<int>> result;
        calls.push_back(engine->change(verb, ids, [&result](const Result<int> &changed) { result = changed; }));
        scheduler.advance(Milliseconds{5'000});
        calls.clear();  // silences the answer, should it come too late for `result`
        return result;
    }
    template<typename Body>
    QList<TransferEvent> eventsOf() const
    {
        QList<TransferEvent> found;
        for (const TransferEvent &event : events) {
            if (std::holds_alternative<Body>(event.body))
                found.append(event);
        }
        return found;
    }
    TransferState stateOf(TransferId id) { return journal.transfers.at(id).state; }

    FakeClock clock;
    FakeScheduler scheduler{clock};
    FakeJournal journal{scheduler};
    FakeStoreProvider provider{scheduler};
    FakePartHasher hasher{scheduler};
    FakeUploaders uploaders;
    FakeFolderScanner::Folders folders;
    FakeFolderScanner::Problems problems;
    int batches = 0;
    bool isForWindow = false;   ///< takes effect with restart(): credentials are awaited for ever
    bool hasRoute = true, usesRealUploaders = false;
    std::unique_ptr<TransferEngine> engine;
    std::vector<CallHandle> calls;
    std::optional<Result<RunId>> accepted;
    QList<TransferEvent> events;
    QList<std::pair<RunId, RunOutcome>> ended;

private:
    QTemporaryDir m_folder;
};

}  // namespace packmule
