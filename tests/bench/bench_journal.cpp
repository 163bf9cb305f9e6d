// How many small files a second can the journal remember? Two saves each, `slots` files in flight at once.
// "awaited": both saves are waited for, so the disk's flush is in every file's way. "recorded": they join the
// next group and nobody waits, as is right for small files (a crash costs the file sent again).
//
//   bench_journal [FILES] [SLOTS] [awaited|recorded] [FOLDER]

#include "core/journal/SqliteJournal.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>

#include <cstdio>
#include <functional>
#include <map>

#include <sys/resource.h>

using namespace packmule;

namespace {

TransferRecord fileRecord(TransferId id, TransferState state)
{
    TransferRecord record;
    record.id = id;
    record.run = 1;
    record.connectionId = QByteArrayLiteral("0123456789abcdef0123456789abcdef");
    record.sourcePath = "/home/somebody/photos/2026/november/" + QByteArray::number(id) + ".jpg";
    record.source = {.device = 2050, .inode = quint64(id), .size = ByteCount(4096), .modifiedNs = 1'700'000'000'123'456'789, .changedNs = 1, .isRacy = false};
    record.object = {"bucket", "photos/" + QByteArray::number(id) + ".jpg"};
    record.state = state;
    record.token = "0123456789abcdef0123456789abcdef";
    return record;
}

struct Bench {
    Journal &journal;
    TransferId files;
    bool isRecorded = false;
    TransferId next = 1, finished = 0;
    qint64 commits = 0;
    std::map<TransferId, CallHandle> inFlight{};

    void beginNext()
    {
        if (next > files)
            return;
        const TransferId id = next++;
        if (isRecorded) {
            // The scan's row: written long before the file's turn, many to a group.
            journal.record({SaveTransfer{fileRecord(id, TransferState::Queued)}});
            ++commits;
            end(id);
            return;
        }
        inFlight[id] = journal.commit({SaveTransfer{fileRecord(id, TransferState::Sending)}}, [this, id](const Result<void> &) {
            ++commits;
            end(id);
        });
    }
    void conclude(TransferId id)
    {
        ++commits;
        inFlight.erase(id);
        if (++finished == files)
            QCoreApplication::exit(0);
        else
            beginNext();
    }
    void end(TransferId id)
    {
        TransferRecord record = fileRecord(id, TransferState::Done);
        record.eTag = "9a0364b9e99bb480dd25e1f0284c8555";
        record.checksum = {.algorithm = ChecksumAlgorithm::Crc64Nvme, .rawBytes = "12345678", .isComposite = false};
        if (isRecorded) {
            journal.record({SaveTransfer{record}});
            QMetaObject::invokeMethod(qApp, [this, id] { conclude(id); }, Qt::QueuedConnection);
            return;
        }
        inFlight[id] = journal.commit({SaveTransfer{record}}, [this, id](const Result<void> &) { conclude(id); });
    }
};

double cpuSeconds()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval &time) { return double(time.tv_sec) + double(time.tv_usec) / 1e6; };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long peakKilobytes()
{
    rusage usage = {};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

}  // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    const TransferId files = arguments.value(1, QStringLiteral("10000")).toLongLong();
    const int slotCount = arguments.value(2, QStringLiteral("4")).toInt();
    const QTemporaryDir folder(arguments.value(4, QStringLiteral("/tmp")) + QStringLiteral("/bench-journal-XXXXXX"));
    auto journal = openJournal(folder.filePath(QStringLiteral("journal.db")));
    if (!journal) {
        std::fprintf(stderr, "%s\n", qPrintable(journal.error().detail));
        return 1;
    }
    const bool isRecorded = arguments.value(3) == QStringLiteral("recorded");
    Bench bench{.journal = **journal, .files = files, .isRecorded = isRecorded};
    const long before = peakKilobytes();
    const double cpuBefore = cpuSeconds();
    QElapsedTimer clock;
    clock.start();
    for (int i = 0; i < slotCount; ++i)
        bench.beginNext();
    QCoreApplication::exec();
    // Everything counts only when it is on the disk.
    (*journal)->close([] { QCoreApplication::exit(0); });
    QCoreApplication::exec();
    const double seconds = double(clock.nsecsElapsed()) / 1e9;
    const double cpu = cpuSeconds() - cpuBefore;
    std::printf("%lld files, %d slots, %s: %.2f s, %.0f files/s, %.0f rows/s, %.1f us CPU a row, peak +%ld KiB\n",
                static_cast<long long>(files), slotCount, isRecorded ? "recorded" : "awaited", seconds, double(files) / seconds, double(bench.commits) / seconds,
                cpu * 1e6 / double(bench.commits), peakKilobytes() - before);
    return 0;
}
