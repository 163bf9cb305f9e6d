// How long does the list take, and how long does it hold up a commit?
//
//   bench_list [ROWS] [FOLDER]
//
// Runs of one file, of 20 and of 2,000, all done; every answer is timed from its question, while another save is committed
// again and again.

#include "core/journal/SqliteJournal.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <optional>
#include <random>

#include <sys/resource.h>
#include <sys/time.h>

using namespace packmule;

namespace {

TransferRecord doneRecord(TransferId id, RunId run, std::mt19937 &random)
{
    TransferRecord record;
    record.id = id;
    record.run = run;
    record.connectionId = QByteArrayLiteral("0123456789abcdef0123456789abcdef");
    record.sourcePath = "/home/somebody/photos/2026/november/" + QByteArray::number(random()) + ".jpg";
    record.source = {.device = 2050, .inode = quint64(id), .size = ByteCount(random() % 1'000'000'000), .modifiedNs = 1'700'000'000'123'456'789, .changedNs = 1, .isRacy = false};
    record.object = {"bucket", "photos/" + QByteArray::number(id) + ".jpg"};
    record.state = TransferState::Done;
    record.token = "0123456789abcdef0123456789abcdef";
    record.eTag = "9a0364b9e99bb480dd25e1f0284c8555";
    record.checksum = {.algorithm = ChecksumAlgorithm::Crc64Nvme, .rawBytes = "12345678", .isComposite = false};
    record.ended = WallTime(Milliseconds(1'700'000'000'000 + id));
    return record;
}

void fill(Journal &journal, TransferId rows)
{
    std::mt19937 random(1);
    RunId run = 0;
    int left = 0;
    JournalBatch batch;
    for (TransferId id = 1; id <= rows; ++id) {
        if (left-- == 0) {
            ++run;
            constexpr int kSizes[] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 20, 2000};
            left = kSizes[random() % std::size(kSizes)] - 1;
        }
        batch.append(SaveTransfer{doneRecord(id, run, random)});
        if (batch.size() == 256 || id == rows)
            journal.record(std::exchange(batch, {}));
    }
    journal.close([] { QCoreApplication::exit(0); });
    QCoreApplication::exec();
}

/// Commits one row after the other and remembers the longest that one took.
struct Committer {
    Journal &journal;
    TransferId id;
    bool isOn = true;
    QElapsedTimer since{};
    qint64 longestMs = 0, count = 0;
    CallHandle call{};

    void next()
    {
        since.start();
        TransferRecord record;
        record.id = id;
        record.run = id;
        record.connectionId = "c";
        record.sourcePath = "/f";
        record.object = {"b", "k"};
        call = journal.commit({SaveTransfer{record}}, [this](const Result<void> &) {
            longestMs = std::max(longestMs, since.elapsed());
            ++count;
            if (isOn)
                next();
        });
    }
};

TransferId committedId = 0;

qint64 cpuMs()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto ms = [](const timeval &time) { return qint64(time.tv_sec) * 1000 + qint64(time.tv_usec) / 1000; };
    return ms(usage.ru_utime) + ms(usage.ru_stime);
}

template<typename T>
void measure(const char *what, Journal &journal, const std::function<CallHandle(std::function<void(Result<T>)>)> &ask,
             const std::function<qsizetype(const T &)> &size)
{
    QElapsedTimer clock;
    std::optional<Result<T>> answer;
    const auto time = [&] {
        clock.start();
        const CallHandle call = ask([&](Result<T> result) {
            answer = std::move(result);
            QCoreApplication::exit(0);
        });
        QCoreApplication::exec();
        return clock.elapsed();
    };
    const qint64 cpuBefore = cpuMs(), aloneMs = time(), cpu = cpuMs() - cpuBefore;
    Committer committer{.journal = journal, .id = committedId};
    committer.next();
    const qint64 besideMs = time();
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    std::printf("%-28s %6lld ms (CPU %6lld), beside commits %6lld ms, %8lld entries, longest commit %4lld ms of %lld, peak %ld MiB\n", what,
                static_cast<long long>(aloneMs), static_cast<long long>(cpu), static_cast<long long>(besideMs),
                static_cast<long long>(answer && *answer ? size(**answer) : -1), static_cast<long long>(committer.longestMs),
                static_cast<long long>(committer.count), usage.ru_maxrss / 1024);
    committer.isOn = false;
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const TransferId rows = arguments.value(1, QStringLiteral("1000000")).toLongLong();
    const QTemporaryDir folder(arguments.value(2, QStringLiteral("/tmp")) + QStringLiteral("/bench-list-XXXXXX"));
    const QString path = folder.filePath(QStringLiteral("journal.db"));
    fill(**openJournal(path), rows);
    committedId = rows + 1;
    QElapsedTimer clock;
    clock.start();
    auto opened = openJournal(path);
    if (!opened)
        return 1;
    Journal &journal = **opened;
    std::printf("%-28s %6lld ms\n", "opened", static_cast<long long>(clock.elapsed()));
    const auto entries = [](const ListOrder &order) { return order.entries.size(); };
    const auto order = [&](const char *what, const ListQuery &query) {
        measure<ListOrder>(what, journal, [&](auto done) { return journal.listOrder(query, done); }, entries);
    };
    order("newest first, cold cache", {});
    order("newest first", {});
    order("by size", {.connectionId = {}, .search = {}, .sortBy = ListColumn::Size, .waiting = {}, .uploading = {}});
    order("by end", {.connectionId = {}, .search = {}, .sortBy = ListColumn::Ended, .waiting = {}, .uploading = {}});
    order("by name", {.connectionId = {}, .search = {}, .sortBy = ListColumn::Name, .waiting = {}, .uploading = {}});
    order("by destination", {.connectionId = {}, .search = {}, .sortBy = ListColumn::Destination, .waiting = {}, .uploading = {}});
    order("search, few hits", {.connectionId = {}, .search = QStringLiteral("77777"), .waiting = {}, .uploading = {}});
    measure<QList<TransferId>>("children of a run", journal, [&](auto done) { return journal.listChildren(12, {}, done); }, [](const QList<TransferId> &ids) { return ids.size(); });
    const auto count = [&](const char *what) {
        measure<qint64>(what, journal, [&](auto done) { return journal.countFinished(done); }, [](qint64 finished) { return finished; });
    };
    count("count, first time");
    count("count, again");
    QList<RunId> runs;
    for (RunId run = 1; run <= 500; ++run)
        runs.append(run);
    const auto sums = [&](const char *what) {
        measure<QList<FinishedSums>>(what, journal, [&](auto done) { return journal.finishedSums(runs, done); }, [](const QList<FinishedSums> &all) { return all.size(); });
    };
    sums("sums of 500 runs, first time");
    sums("sums of 500 runs, again");
    QList<TransferId> ids;
    for (TransferId id = 1; id <= 1000; ++id)
        ids.append(id * (rows / 1000));
    measure<QList<ListedTransfer>>("1,000 rows", journal, [&](auto done) { return journal.listRows(ids, done); }, [](const QList<ListedTransfer> &all) { return all.size(); });
    return 0;
}
